// Metadata conditions, as Dify names them, and retrieval from what they let through.
#include "knowledge/filter.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "store/migrations.h"
#include "support/databases.h"
#include "test_base.h"

namespace guildhall::knowledge {
namespace {

Document sample_document() {
  Document document;
  document.id = DocumentId::random();
  document.filename = "Returns.md";
  document.title = "Returns";
  document.url = "https://shop.example/en/returns";
  document.language = "en";
  document.content_type = "text/markdown";
  document.size_bytes = 1'000;
  document.chunks = 4;
  document.uploaded_at = *parse_timestamp("2026-03-01T12:00:00Z");
  return document;
}

bool holds_for_sample(const std::string& field, std::string_view comparison, std::vector<std::string> values) {
  DocumentFilter filter;
  filter.conditions.push_back({{field}, parse_comparison(comparison, "comparison_operator"), std::move(values)});
  return matches(filter, sample_document());
}

}  // namespace

TEST_CASE("every comparison of Dify's list means what it says") {
  struct Row {
    const char* field;
    const char* comparison;
    std::vector<std::string> values;
    bool holds;
  };
  const Row rows[] = {{"url", "contains", {"/EN/"}, true},
                      {"url", "contains", {"/de/"}, false},
                      {"url", "not contains", {"/de/"}, true},
                      {"filename", "start with", {"ret"}, true},
                      {"filename", "end with", {".md"}, true},
                      {"filename", "end with", {".txt"}, false},
                      {"language", "is", {"en"}, true},
                      {"language", "is not", {"en"}, false},
                      {"language", "in", {"de", "en"}, true},
                      {"language", "not in", {"de", "en"}, false},
                      {"source_id", "empty", {}, true},
                      {"title", "empty", {}, false},
                      {"title", "not empty", {}, true},
                      {"nothing_known", "empty", {}, true},
                      {"size", "=", {"1000"}, true},
                      {"size", "≠", {"1000"}, false},
                      {"size", ">", {"999.5"}, true},
                      {"size", "<", {"1000"}, false},
                      {"chunks", "≥", {"4"}, true},
                      {"chunks", "≤", {"3"}, false},
                      {"size", ">", {"many"}, false},
                      {"title", ">", {"1"}, false},
                      {"uploaded_at", "before", {"2026-03-02"}, true},
                      {"uploaded_at", "after", {"2026-03-01T13:00:00+00:00"}, false},
                      {"uploaded_at", "after", {"yesterday"}, false},
                      {"source", "is", {"file"}, true}};
  for (const Row& row : rows) {
    CAPTURE(row.field);
    CAPTURE(row.comparison);
    CHECK(holds_for_sample(row.field, row.comparison, row.values) == row.holds);
  }
  CHECK_THROWS_AS(parse_comparison("resembles", "x"), Refusal);
}

TEST_CASE("conditions hold together with and, one of them with or, none lets all through") {
  DocumentFilter filter;
  CHECK(matches(filter, sample_document()));
  filter.conditions = {{{"language"}, ConditionOperator::is, {"en"}}, {{"title"}, ConditionOperator::is, {"Shipping"}}};
  CHECK_FALSE(matches(filter, sample_document()));
  filter.matches_any = true;
  CHECK(matches(filter, sample_document()));
  filter.conditions = {{{"title", "filename"}, ConditionOperator::end_with, {".md"}}};
  CHECK(matches(filter, sample_document()));
}

TEST_CASE("a filter finds what stands behind a hundred better passages") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = test::new_organization();
    const KnowledgeBaseId base = test::new_base(database, scope);
    for (int i = 0; i < 110; ++i) {
      test::add_indexed(database, scope, base, "good" + std::to_string(i) + ".md",
                        "# Parcels " + std::to_string(i) + "\n\nParcel parcel parcel number " + std::to_string(i * 7919) + ".");
    }
    const Document wanted = test::add_indexed(
        database, scope, base, "wanted.md",
        "# Other\n\nA long text about lamps, shelves, chairs, tables and the one parcel that nobody remembers.");
    Indexes indexes;
    RetrieveRequest request;
    request.query = "parcel";
    DocumentFilter filter;
    filter.conditions = {{{"filename"}, ConditionOperator::is, {"wanted.md"}}};
    request.documents = database.read([&](store::Tx& tx) { return matching_documents(scope, tx, base, filter); });
    REQUIRE(request.documents->size() == 1);
    const Retrieved found = retrieve(scope, database, indexes, {base}, request);
    REQUIRE(found.passages.size() == 1);
    CHECK(found.passages[0].document == wanted.id);
    filter.conditions.assign(21, {{"title"}, ConditionOperator::not_empty, {}});
    CHECK_THROWS_AS(database.read([&](store::Tx& tx) { return matching_documents(scope, tx, base, filter); }), Refusal);
  });
}

}  // namespace guildhall::knowledge
