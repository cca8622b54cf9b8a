// Documents: states, failures, limits and who may see them.
#include <doctest/doctest.h>

#include "base/errors.h"
#include "delivery/jobs.h"
#include "limits.h"
#include "support/databases.h"
#include "test_base.h"

namespace guildhall::knowledge {
namespace {

using guildhall::test::for_each_database;
using namespace test;

template <class Body>
Code refusal_of(Body&& body) {
  try {
    body();
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
  return Code::internal_error;
}

Code add_refusal(store::Database& database, const Scope& scope, KnowledgeBaseId base, const std::string& name,
                 std::string content) {
  return refusal_of([&] { add(database, scope, base, name, std::move(content)); });
}

std::int64_t snapshot_of(store::Database& database, const Scope& scope, KnowledgeBaseId base) {
  return database.read([&](store::Tx& tx) {
    return tx.first("SELECT snapshot FROM knowledge_base WHERE organization_id = $1 AND id = $2", {scope.organization, base})
        ->integer(0);
  });
}

std::int64_t count(store::Database& database, std::string_view sql) {
  return database.read([&](store::Tx& tx) { return tx.first(sql)->integer(0); });
}

}  // namespace

TEST_CASE("a document goes from PENDING to INDEXED, with title, language and chunks") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document added =
        add(database, scope, base, "returns.md", "# Returns\n\nYou may return everything within sixty days.\n");
    CHECK(wire_name(added.state) == "PENDING");
    CHECK(added.content_type == "text/markdown");
    CHECK(added.language == "und");
    CHECK(added.chunks == 0);
    index_document(database, scope.organization, added.id);
    const Document indexed = get(database, scope, added);
    CHECK(wire_name(indexed.state) == "INDEXED");
    CHECK(indexed.title == "Returns");
    CHECK(indexed.language == "en");
    CHECK(indexed.chunks == 1);
    CHECK(indexed.size_bytes == added.size_bytes);
    CHECK(indexed.error_code.empty());
  });
}

TEST_CASE("adding a document queues its indexing with the row") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document added = add(database, scope, base, "a.txt", "text");
    database.read([&](store::Tx& tx) {
      const auto jobs = delivery::list_jobs(tx, std::nullopt, 10);
      REQUIRE(jobs.size() == 1);
      CHECK(jobs[0].job.kind == "knowledge.index");
      CHECK(json::text_of(jobs[0].job.payload, "document_id") == added.id.text());
      CHECK(jobs[0].job.organization == scope.organization);
    });
  });
}

TEST_CASE("while it is worked on a document is PROCESSING, and a worker that died is followed by one that finishes") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document added = add(database, scope, base, "a.txt", "some words to find");
    database.write([&](store::Tx& tx) {
      tx.execute("UPDATE knowledge_document SET state = 'PROCESSING' WHERE organization_id = $1 AND id = $2",
                 {scope.organization, added.id});
    });
    CHECK(wire_name(get(database, scope, added).state) == "PROCESSING");
    index_document(database, scope.organization, added.id);
    CHECK(wire_name(get(database, scope, added).state) == "INDEXED");
  });
}

TEST_CASE("what cannot be read is FAILED with a code that says why") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document empty = add_indexed(database, scope, base, "empty.txt", "");
    CHECK(wire_name(empty.state) == "FAILED");
    CHECK(empty.error_code == "empty");
    CHECK(empty.error_message.find("empty.txt") != std::string::npos);
    const Document latin = add_indexed(database, scope, base, "latin.txt", "gr\xFC\xDF Gott");
    CHECK(wire_name(latin.state) == "FAILED");
    CHECK(latin.error_code == "unsupported_encoding");
    CHECK(snapshot_of(database, scope, base) == 0);
  });
}

TEST_CASE("indexing twice changes nothing") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document document = add_indexed(database, scope, base, "a.txt", "some words to find");
    CHECK(snapshot_of(database, scope, base) == 1);
    index_document(database, scope.organization, document.id);
    CHECK(snapshot_of(database, scope, base) == 1);
    CHECK(count(database, "SELECT COUNT(*) FROM knowledge_chunk") == 1);
    CHECK_NOTHROW(index_document(database, scope.organization, DocumentId::random()));
    CHECK_NOTHROW(index_document(database, OrganizationId::random(), document.id));
  });
}

TEST_CASE("content that is not text is refused at once, and so is what is too large") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    CHECK(add_refusal(database, scope, base, "a.md", "\x89PNG\r\n\x1A\n") == Code::unsupported_media_type);
    CHECK(add_refusal(database, scope, base, "a.docx", "PK\x03\x04") == Code::unsupported_media_type);
    CHECK(add_refusal(database, scope, base, "", "text") == Code::validation_failed);
    CHECK(add_refusal(database, scope, base, std::string(256, 'a'), "text") == Code::validation_failed);
    CHECK(add_refusal(database, scope, base, "bad\xFF.txt", "text") == Code::validation_failed);
    CHECK(add_refusal(database, scope, base, "big.txt", std::string(kDocumentBytesMax + 1, 'a')) == Code::payload_too_large);
    CHECK(add(database, scope, base, "just.txt", std::string(kDocumentBytesMax, 'a')).size_bytes == kDocumentBytesMax);
    CHECK(database.read([&](store::Tx& tx) { return list_documents(scope, tx, base).size(); }) == 1);
  });
}

TEST_CASE("a base takes its limit of documents and of bytes, and not one more") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document first = add(database, scope, base, "a.txt", "text");
    const auto set_size = [&](std::int64_t bytes) {
      database.write([&](store::Tx& tx) {
        tx.execute("UPDATE knowledge_document SET size_bytes = $3 WHERE organization_id = $1 AND id = $2",
                   {scope.organization, first.id, bytes});
      });
    };
    set_size(kBytesPerBaseMax - 4);
    CHECK(add_refusal(database, scope, base, "b.txt", "12345") == Code::knowledge_limit);
    CHECK_NOTHROW(add(database, scope, base, "b.txt", "1234"));
    set_size(0);
    database.write([&](store::Tx& tx) {
      for (std::int64_t i = 0; i < kDocumentsPerBaseMax - 2; ++i) {
        tx.execute(
            "INSERT INTO knowledge_document (organization_id, id, base_id, source, filename, title, url, content_type, language, "
            "state, "
            "revision, blob_sha256, size_bytes, chunks, error_code, error_message, uploaded_at) "
            "VALUES ($1, $2, $3, 'file', 'x', 'x', '', 'text/plain', 'und', 'PENDING', 1, '', 0, 0, '', '', 0)",
            {scope.organization, DocumentId::random(), base});
      }
    });
    CHECK(add_refusal(database, scope, base, "c.txt", "x") == Code::knowledge_limit);
  });
}

TEST_CASE("a base at its limit of chunks fails the next document") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document first = add_indexed(database, scope, base, "a.txt", "some words");
    database.write([&](store::Tx& tx) {
      tx.execute("UPDATE knowledge_document SET chunks = $3 WHERE organization_id = $1 AND id = $2",
                 {scope.organization, first.id, kChunksPerBaseMax - 1});
    });
    CHECK(wire_name(add_indexed(database, scope, base, "b.txt", "more words").state) == "INDEXED");
    const Document past = add_indexed(database, scope, base, "c.txt", "still more words");
    CHECK(wire_name(past.state) == "FAILED");
    CHECK(past.error_code == "knowledge_limit");
  });
}

TEST_CASE("a question-answer pair is checked and becomes one chunk") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const auto add_pair = [&](QuestionAnswer pair) {
      return database.write([&](store::Tx& tx) { return add_question_answer(scope, tx, base, pair); });
    };
    const Document pair = add_pair({"Do you ship to Iceland?", "Not yet.", ""});
    index_document(database, scope.organization, pair.id);
    const Document indexed = get(database, scope, pair);
    CHECK(indexed.chunks == 1);
    CHECK(indexed.language == "en");
    CHECK(wire_name(indexed.source) == "qa");
    CHECK_NOTHROW(add_pair({std::string(500, 'q'), std::string(4000, 'a'), "en"}));
    CHECK(refusal_of([&] { add_pair({std::string(501, 'q'), "a", ""}); }) == Code::validation_failed);
    CHECK(refusal_of([&] { add_pair({"q", std::string(4001, 'a'), ""}); }) == Code::validation_failed);
    CHECK(refusal_of([&] { add_pair({" ", "a", ""}); }) == Code::validation_failed);
    CHECK(refusal_of([&] { add_pair({"q", "a\xFF", ""}); }) == Code::validation_failed);
    CHECK(refusal_of([&] { add_pair({"q", "a", "<b>"}); }) == Code::validation_failed);
  });
}

TEST_CASE("training again puts every document back to PENDING with the new settings") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    std::string text;
    for (int i = 0; i < 400; ++i) text += "word" + std::to_string(i) + (i % 10 == 9 ? ". " : " ");
    const Document document = add_indexed(database, scope, base, "a.txt", text);
    CHECK(document.chunks == 1);
    const auto train = [&](BaseSettings settings) {
      return database.write([&](store::Tx& tx) { return retrain(scope, tx, base, settings); });
    };
    CHECK(refusal_of([&] { train({255, 50}); }) == Code::validation_failed);
    CHECK(refusal_of([&] { train({2049, 50}); }) == Code::validation_failed);
    CHECK(refusal_of([&] { train({512, 201}); }) == Code::validation_failed);
    CHECK(refusal_of([&] { train({256, 128}); }) == Code::validation_failed);
    CHECK(train({256, 127}) == 1);
    CHECK(wire_name(get(database, scope, document).state) == "PENDING");
    // What was indexed before serves until the switch.
    Indexes indexes;
    CHECK(ask(database, indexes, scope, base, "word7").passages.size() == 1);
    index_document(database, scope.organization, document.id);
    CHECK(get(database, scope, document).chunks >= 2);
    CHECK(snapshot_of(database, scope, base) == 2);
  });
}

TEST_CASE("training before the first indexing queues a second job, and the later of the two changes nothing") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document document = add(database, scope, base, "a.txt", "some words");
    database.write([&](store::Tx& tx) { retrain(scope, tx, base, {}); });
    database.read([&](store::Tx& tx) { CHECK(delivery::list_jobs(tx, std::nullopt, 10).size() == 2); });
    index_document(database, scope.organization, document.id);
    CHECK(wire_name(get(database, scope, document).state) == "INDEXED");
    index_document(database, scope.organization, document.id);
    CHECK(snapshot_of(database, scope, base) == 1);
  });
}

TEST_CASE("deleting a document takes its chunks and bytes, unless another document has the same bytes") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document one = add_indexed(database, scope, base, "one.txt", "same words");
    const Document two = add_indexed(database, scope, base, "two.txt", "same words");
    CHECK(count(database, "SELECT COUNT(*) FROM blob") == 1);
    database.write([&](store::Tx& tx) { delete_document(scope, tx, base, one.id); });
    CHECK(count(database, "SELECT COUNT(*) FROM blob") == 1);
    CHECK(count(database, "SELECT COUNT(*) FROM knowledge_chunk") == 1);
    CHECK(snapshot_of(database, scope, base) == 3);
    CHECK(refusal_of([&] { get(database, scope, one); }) == Code::not_found);
    CHECK(refusal_of([&] { database.write([&](store::Tx& tx) { delete_document(scope, tx, base, one.id); }); }) ==
          Code::not_found);
    database.write([&](store::Tx& tx) { delete_base(scope, tx, base); });
    for (const char* table : {"blob", "knowledge_chunk", "knowledge_document", "knowledge_base"}) {
      CHECK(count(database, std::string("SELECT COUNT(*) FROM ") + table) == 0);
    }
    CHECK_NOTHROW(index_document(database, scope.organization, two.id));
  });
}

TEST_CASE("a base is made once per subscription and per name") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const auto subscription = SubscriptionId::random();
    const auto of_subscription = [&](const Scope& who, SubscriptionId id) {
      return database.write([&](store::Tx& tx) { return base_of_subscription(who, tx, id); });
    };
    const KnowledgeBaseId base = of_subscription(scope, subscription);
    CHECK(of_subscription(scope, subscription) == base);
    CHECK(of_subscription(scope, SubscriptionId::random()) != base);
    CHECK(new_base(database, scope, "docs") == new_base(database, scope, "docs"));
    CHECK(new_base(database, scope, "docs") != new_base(database, new_organization(), "docs"));
    CHECK(refusal_of([&] { new_base(database, scope, " "); }) == Code::validation_failed);
    CHECK(refusal_of([&] { new_base(database, scope, std::string(121, 'n')); }) == Code::validation_failed);

    Scope key = scope;
    key.subscription = SubscriptionId::random();
    CHECK(refusal_of([&] { of_subscription(key, subscription); }) == Code::not_found);
    CHECK(refusal_of([&] { database.read([&](store::Tx& tx) { require_base(key, tx, base); }); }) == Code::not_found);
    key.subscription = subscription;
    CHECK_NOTHROW(database.read([&](store::Tx& tx) { require_base(key, tx, base); }));
  });
}

TEST_CASE("another organization's base and documents do not exist") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope owner = new_organization();
    const Scope stranger = new_organization();
    const KnowledgeBaseId base = new_base(database, owner);
    const KnowledgeBaseId own = new_base(database, stranger);
    const Document document = add_indexed(database, owner, base, "a.txt", "canary words");
    CHECK(refusal_of([&] { get(database, stranger, document); }) == Code::not_found);
    CHECK(refusal_of([&] { database.read([&](store::Tx& tx) { return list_documents(stranger, tx, base); }); }) ==
          Code::not_found);
    CHECK(add_refusal(database, stranger, base, "b.txt", "x") == Code::not_found);
    CHECK(refusal_of([&] { database.write([&](store::Tx& tx) { delete_document(stranger, tx, base, document.id); }); }) ==
          Code::not_found);
    CHECK(refusal_of([&] { database.write([&](store::Tx& tx) { delete_document(stranger, tx, own, document.id); }); }) ==
          Code::not_found);
    CHECK(refusal_of([&] { database.write([&](store::Tx& tx) { delete_base(stranger, tx, base); }); }) == Code::not_found);
    CHECK(refusal_of([&] { database.write([&](store::Tx& tx) { return retrain(stranger, tx, base, {}); }); }) == Code::not_found);
    CHECK(wire_name(get(database, owner, document).state) == "INDEXED");
  });
}

}  // namespace guildhall::knowledge
