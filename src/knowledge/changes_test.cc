// What changes of knowledge leave behind: audit rows, texts within the base's limit, and nothing at all after the end.
#include <doctest/doctest.h>

#include <set>

#include "base/hash.h"
#include "delivery/events.h"
#include "identity/audit.h"
#include "knowledge/crawl.h"
#include "knowledge/evaluation.h"
#include "knowledge/pairs.h"
#include "knowledge/preview.h"
#include "knowledge/question_sets.h"
#include "knowledge/sources.h"
#include "limits.h"
#include "support/databases.h"
#include "test_base.h"

namespace guildhall::knowledge {
namespace {

using guildhall::test::for_each_database;
using test::add_indexed;
using test::new_base;
using test::new_organization;

std::vector<std::string> actions_of(store::Database& database, const Scope& scope) {
  std::vector<std::string> actions;
  for (const auto& row : database.read(
           [&](store::Tx& tx) { return identity::audit_rows(identity::system_scope(scope.organization, "test"), tx, 100); }))
    actions.insert(actions.begin(), row.entry.action + " " + row.entry.object_type + " " + json::write(row.entry.details));
  return actions;
}

SourceSettings page_source(const std::string& url) {
  SourceSettings settings;
  settings.url = url;
  settings.frequency = SyncFrequency::manual;
  return settings;
}

/// Carries a sync to its end: the site has no robots.txt and answers every other page with `html`.
void fetch_all(store::Database& database, ManualClock& clock, const Scope& scope, KnowledgeSourceId source,
               const std::string& html) {
  const Extractor extractor = Extractor::in_process();
  for (int i = 0; i < 20; ++i) {
    clock.advance(seconds(2));
    const auto step = database.read([&](store::Tx& tx) {
      const auto row = tx.first("SELECT sync_number, step FROM knowledge_source WHERE organization_id = $1 AND id = $2",
                                {scope.organization, source});
      return SyncStep{scope.organization, source, row->integer(0), row->integer(1)};
    });
    const auto request = database.write([&](store::Tx& tx) { return next_page(tx, step); });
    if (!request) return;
    PageResponse response;
    response.status = request->url.ends_with("/robots.txt") ? 404 : 200;
    response.content_type = "text/html";
    if (response.status == 200) response.content = html;
    store_page(database, extractor, *request, response);
  }
}

/// Makes the document as large as the base may be, but for `room` bytes.
void fill_base(store::Database& database, const Scope& scope, DocumentId document, std::int64_t room) {
  database.write([&](store::Tx& tx) {
    tx.execute("UPDATE knowledge_document SET size_bytes = $3 WHERE organization_id = $1 AND id = $2",
               {scope.organization, document, kBytesPerBaseMax - room});
  });
}

/// Tables with a row that holds `word`, in any column; on SQLite and PostgreSQL.
std::set<std::string> tables_with(store::Database& database, bool is_sqlite, const std::string& word) {
  return database.read([&](store::Tx& tx) {
    std::set<std::string> found;
    std::vector<std::pair<std::string, std::string>> columns;
    const auto rows =
        is_sqlite ? tx.query("SELECT m.name, p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'")
                  : tx.query(
                        "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns "
                        "WHERE table_schema = current_schema()");
    for (const store::Row& row : rows) columns.emplace_back(row.text(0), row.text(1));
    for (const auto& [table, column] : columns) {
      const std::string cast = "CAST(\"" + column + "\" AS TEXT)";
      // PostgreSQL writes bytes as hexadecimal digits.
      const std::string hex_word = to_hex(word);
      const bool is_there = tx.first("SELECT 1 FROM \"" + table + "\" WHERE " + cast + " LIKE $1 OR " + cast + " LIKE $2 LIMIT 1",
                                     {"%" + word + "%", "%" + hex_word + "%"})
                                .has_value();
      if (is_there) found.insert(table);
    }
    return found;
  });
}

}  // namespace

TEST_CASE("every change of knowledge by a person leaves an audit row, without what was written") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document document = add_indexed(database, scope, base, "secretcanary.txt", "A secretcanary.");
    database.write([&](store::Tx& tx) {
      delete_document(scope, tx, base, document.id);
      const auto pair =
          add_question_answer(scope, tx, base, {.question = "secretcanary?", .answer = "secretcanary", .language = "en"});
      update_pair(scope, tx, base, pair.id, {.question = "secretcanary?", .answer = "another secretcanary", .language = "de"});
      delete_pair(scope, tx, base, pair.id);
      const auto source = create_source(scope, tx, base, page_source("http://secretcanary.example/"));
      auto settings = source.settings;
      settings.frequency = SyncFrequency::daily;
      settings.chunks = BaseSettings{256, 0};
      update_source(scope, tx, base, source.id, settings);
      delete_source(scope, tx, base, source.id);
      retrain(scope, tx, base, {});
    });
    const std::vector<std::string> expected = {
        R"(knowledge_document.create knowledge_document {"content_type":"text/plain","size_bytes":15})",
        "knowledge_document.delete knowledge_document {}",
        "knowledge_pair.create knowledge_pair {}",
        R"(knowledge_pair.update knowledge_pair {"changed":["answer","language"]})",
        "knowledge_pair.delete knowledge_pair {}",
        R"(knowledge_source.create knowledge_source {"kind":"url"})",
        R"(knowledge_source.update knowledge_source {"changed":["sync_frequency","rag_chunk_size"]})",
        R"(knowledge_source.delete knowledge_source {"documents":1})",
        R"(knowledge_base.retrain knowledge_base {"chunk_size":512,"chunk_overlap":50,"documents":0})"};
    CHECK(actions_of(database, scope) == expected);
  });
}

TEST_CASE("a sync asked for by a person is in the audit trail once, one under way is not asked for again") {
  for_each_database([](store::Database& database, ManualClock& clock) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const auto source =
        database.write([&](store::Tx& tx) { return create_source(scope, tx, base, page_source("http://shop.example/")); });
    fetch_all(database, clock, scope, source.id, "<h1>Shop</h1><p>Open at nine.</p>");
    for (int i = 0; i < 2; ++i) database.write([&](store::Tx& tx) { request_sync(scope, tx, base, source.id, false); });
    CHECK(actions_of(database, scope) == std::vector<std::string>{R"(knowledge_source.create knowledge_source {"kind":"url"})",
                                                                  "knowledge_source.sync knowledge_source {}"});
  });
}

TEST_CASE("a page that has grown past the base's limit keeps the text it had, and the report names the way out") {
  for_each_database([](store::Database& database, ManualClock& clock) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document big = add_indexed(database, scope, base, "big.txt", "big");
    const auto source =
        database.write([&](store::Tx& tx) { return create_source(scope, tx, base, page_source("http://shop.example/")); });
    const std::string small = "<h1>Shop</h1><p>Open at nine.</p>";
    const std::string grown = "<h1>Shop</h1><p>Open at ten.</p><p>" + std::string(500, 'a') + "</p>";
    fetch_all(database, clock, scope, source.id, small);
    const auto page = [&] {
      return database.read([&](store::Tx& tx) { return start_document(scope, tx, base, source.id).value(); });
    };
    test::index_document(database, scope.organization, page().id);
    REQUIRE(page().state == DocumentState::indexed);
    const auto old_bytes = static_cast<std::int64_t>(small.size());
    const auto report_of_sync = [&](std::int64_t room) {
      fill_base(database, scope, big.id, old_bytes + room);
      database.write([&](store::Tx& tx) { request_sync(scope, tx, base, source.id, false); });
      fetch_all(database, clock, scope, source.id, grown);
      return database.read([&](store::Tx& tx) { return sync_report(scope, tx, base, source.id, std::nullopt); });
    };
    const auto growth = static_cast<std::int64_t>(grown.size()) - old_bytes;

    const SyncReport refused = report_of_sync(growth - 1);
    REQUIRE(refused.entries.size() == 1);
    CHECK(refused.entries[0].outcome == "failed");
    CHECK(refused.entries[0].reason == "knowledge_limit");
    CHECK(advice_for("knowledge_limit").find("delete documents") != std::string::npos);
    CHECK(page().state == DocumentState::indexed);
    CHECK(page().size_bytes == old_bytes);

    const SyncReport taken = report_of_sync(growth);
    REQUIRE(taken.entries.size() == 1);
    CHECK(taken.entries[0].outcome == "changed");
    CHECK(page().size_bytes == static_cast<std::int64_t>(grown.size()));
  });
}

TEST_CASE("a pair that would grow past the base's limit is refused and stays as it was") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document big = add_indexed(database, scope, base, "big.txt", "big");
    const auto pair = database.write([&](store::Tx& tx) {
      return add_question_answer(scope, tx, base, {.question = "Why?", .answer = "So.", .language = "en"});
    });
    fill_base(database, scope, big.id, pair.size_bytes);
    const auto change = [&](const std::string& answer) {
      try {
        database.write([&](store::Tx& tx) {
          update_pair(scope, tx, base, pair.id, {.question = "Why?", .answer = answer, .language = "en"});
        });
      } catch (const Refusal& refusal) {
        return std::string(name(refusal.code));
      }
      return std::string("taken");
    };
    CHECK(change("So it is.") == "knowledge_limit");
    CHECK(database.read([&](store::Tx& tx) { return get_pair(scope, tx, base, pair.id).content.answer; }) == "So.");
    CHECK(change("Ha.") == "taken");
  });
}

TEST_CASE("after a subscription's end no table holds a word of what it knew or measured") {
  for_each_database([](store::Database& database, ManualClock& clock) {
    const bool is_sqlite = database.dialect() == store::Dialect::sqlite;
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribe_evaluation(subscribers);
    subscribers.attach(database);
    const Scope scope = new_organization();
    const auto subscription = SubscriptionId::random();
    const std::string word = "endcanary";
    const auto [base, source] = database.write([&](store::Tx& tx) {
      const auto made = base_of_subscription(scope, tx, subscription);
      add_question_answer(scope, tx, made, {.question = word + " one?", .answer = word, .language = "en"});
      const auto set = create_question_set(scope, tx, {.subscription = subscription, .agent = {}},
                                           {.name = "Questions", .knowledge_base = {}, .is_gate = false, .floors = {}});
      EvaluationCase tested;
      tested.question = "Who knows " + word + "?";
      put_cases(scope, tx, set, {tested}, CaseOrigin::entered, /*replaces=*/false);
      start_evaluation(scope, tx, get_question_set(scope, tx, {.subscription = subscription, .agent = {}}, set.id),
                       {.agent = AgentId::random(),
                        .version = AgentVersionId::random(),
                        .version_number = "1.0.0",
                        .config = {},
                        .base = made});
      return std::make_pair(made, create_source(scope, tx, made, page_source("http://shop.example/" + word)).id);
    });
    fetch_all(database, clock, scope, source, "<title>" + word + "</title><h1>" + word + "</h1><p>The " + word + ".</p>");
    add_indexed(database, scope, base, word + ".txt", "A text with the " + word + ".");
    for (const auto& document : database.read([&](store::Tx& tx) { return list_documents(scope, tx, base); }))
      test::index_document(database, scope.organization, document.id);
    const auto before = tables_with(database, is_sqlite, word);
    for (const char* table : {"knowledge_document", "knowledge_chunk", "knowledge_pair", "knowledge_source", "knowledge_page",
                              "evaluation_case", "evaluation_result", "blob"})
      CHECK_MESSAGE(before.contains(table), table, " never held the word, so its absence proves nothing");
    database.write([&](store::Tx& tx) {
      delivery::emit(tx, {.type = "subscription.terminated",
                          .organization = scope.organization,
                          .subject = subscription.uuid,
                          .payload = {{"subscription", subscription.text()}}});
    });
    for (const auto& table : tables_with(database, is_sqlite, word)) FAIL_CHECK("a row of ", table, " still holds the word");
  });
}

TEST_CASE("a deleted agent takes the knowledge it brought along with it") {
  for_each_database([](store::Database& database, ManualClock&) {
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribers.attach(database);
    const Scope scope = new_organization();
    const auto agent = AgentId::random();
    const KnowledgeBaseId base = new_base(database, scope, base_name_of_agent(agent));
    const KnowledgeBaseId other = new_base(database, scope, base_name_of_agent(AgentId::random()));
    add_indexed(database, scope, base, "guide.txt", "guidecanary");
    database.write([&](store::Tx& tx) {
      delivery::emit(tx, {.type = "agent.deleted", .organization = scope.organization, .subject = agent.uuid, .payload = {}});
    });
    database.read([&](store::Tx& tx) {
      CHECK_FALSE(find_base_named(scope, tx, base_name_of_agent(agent)));
      CHECK_THROWS_AS(list_documents(scope, tx, base), Refusal);
      CHECK_NOTHROW(list_documents(scope, tx, other));
    });
  });
}

}  // namespace guildhall::knowledge
