// Retrieval: what is found, in which order, and what can never be found.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "../limits.h"
#include "base/errors.h"
#include "index/chunk_terms.h"
#include "index/index.h"
#include "index/index_cache.h"
#include "support/databases.h"
#include "test_base.h"

namespace guildhall::knowledge {
namespace {

using guildhall::test::for_each_database;
using namespace test;

void remove(store::Database& database, const Scope& scope, const Document& document) {
  database.write([&](store::Tx& tx) { delete_document(scope, tx, document.base, document.id); });
}

std::string all_text(const Retrieved& retrieved) {
  std::string text;
  for (const Passage& passage : retrieved.passages) text += passage.title + "\n" + passage.text + "\n" + passage.question + "\n";
  return text;
}

std::string words(const std::string& word, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += word + std::to_string(i) + (i % 12 == 11 ? ". " : " ");
  return text;
}

}  // namespace

TEST_CASE("a passage carries title, heading path, anchor, language and the exact text") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document document =
        add_indexed(database, scope, base, "returns.md",
                    "# Returns\n\n## Costs\n\nReturns from Denmark are free of charge.\n\n## Time\n\n" + words("filler", 70));
    Indexes indexes;
    const Retrieved found = ask(database, indexes, scope, base, "What does returning from Denmark cost?");
    REQUIRE_FALSE(found.passages.empty());
    const Passage& best = found.passages[0];
    CHECK(best.document == document.id);
    CHECK(best.title == "Returns");
    CHECK(best.heading_path == std::vector<std::string>{"Returns", "Costs"});
    CHECK(best.anchor == "costs");
    CHECK(best.language == "en");
    CHECK(best.text.starts_with("Returns from Denmark are free of charge."));
    CHECK(best.score > 0);
    CHECK(found.language == "en");
    CHECK(found.snapshot == 1);
  });
}

TEST_CASE("nothing in common gives no passage, and an empty query none either") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    Indexes indexes;
    CHECK(ask(database, indexes, scope, base, "anything").passages.empty());
    add_indexed(database, scope, base, "a.txt", "Tents and sleeping bags for the mountains.");
    CHECK(ask(database, indexes, scope, base, "quantum chromodynamics").passages.empty());
    CHECK(ask(database, indexes, scope, base, "").passages.empty());
    CHECK(ask(database, indexes, scope, base, "?!").passages.empty());
    CHECK(retrieve(scope, database, indexes, {}, {"tents", 5, ""}).passages.empty());
  });
}

TEST_CASE("requests past their limits are refused, hostile queries are answered") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    add_indexed(database, scope, base, "a.txt", "Tents and sleeping bags.");
    Indexes indexes;
    CHECK_NOTHROW(ask(database, indexes, scope, base, "tents", 1));
    CHECK_NOTHROW(ask(database, indexes, scope, base, "tents", 20));
    CHECK_THROWS_AS(ask(database, indexes, scope, base, "tents", 0), Refusal);
    CHECK_THROWS_AS(ask(database, indexes, scope, base, "tents", 21), Refusal);
    CHECK_THROWS_AS(ask(database, indexes, scope, base, "tents \xFF"), Refusal);
    CHECK(ask(database, indexes, scope, base, std::string("tents\0 x", 8)).passages.size() == 1);
    CHECK(ask(database, indexes, scope, base, "tents " + std::string(200'000, 'x')).passages.size() == 1);
  });
}

TEST_CASE("a deleted document is gone with the transaction that deletes it") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document secret = add_indexed(database, scope, base, "a.txt", "The canary lives in the cellar.");
    add_indexed(database, scope, base, "b.txt", "The parrot lives in the attic.");
    Indexes indexes;
    CHECK(all_text(ask(database, indexes, scope, base, "Where does the canary live?")).find("cellar") != std::string::npos);
    remove(database, scope, secret);
    const Retrieved after = ask(database, indexes, scope, base, "Where does the canary live?");
    CHECK(all_text(after).find("canary") == std::string::npos);
    CHECK(after.snapshot == 3);
  });
}

TEST_CASE("organizations with the same documents never see each other's") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope a = new_organization();
    const Scope b = new_organization();
    const KnowledgeBaseId base_a = new_base(database, a);
    const KnowledgeBaseId base_b = new_base(database, b);
    add_indexed(database, a, base_a, "same.txt", "Shared words about tents.\n\nCANARYA is here.");
    add_indexed(database, b, base_b, "same.txt", "Shared words about tents.\n\nCANARYB is here.");
    Indexes indexes;
    for (int round = 0; round < 2; ++round) {
      CHECK(all_text(ask(database, indexes, a, base_a, "tents canaryb canarya", 20)).find("CANARYB") == std::string::npos);
      CHECK(all_text(ask(database, indexes, b, base_b, "tents canaryb canarya", 20)).find("CANARYA") == std::string::npos);
    }
    CHECK_THROWS_AS(ask(database, indexes, a, base_b, "tents"), Refusal);
    CHECK_THROWS_AS(retrieve(a, database, indexes, {base_a, base_b}, {"tents", 5, ""}), Refusal);
    CHECK_THROWS_AS(ask(database, indexes, new_organization(), base_a, "tents"), Refusal);
  });
}

TEST_CASE("a question-answer pair stands before a passage of the same words") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document pair = database.write([&](store::Tx& tx) {
      return add_question_answer(scope, tx, base, {"Do you ship to Iceland?", "We do not ship to Iceland yet.", ""});
    });
    index_document(database, scope.organization, pair.id);
    add_indexed(database, scope, base, "a.txt", words("other", 80));
    Indexes indexes;
    const Retrieved found = ask(database, indexes, scope, base, "Do you ship to Iceland?");
    REQUIRE(found.passages.size() == 1);
    CHECK(found.passages[0].question == "Do you ship to Iceland?");
    CHECK(found.passages[0].text == "We do not ship to Iceland yet.");
  });
}

TEST_CASE("the query's language comes first, and another language answers where it has the only evidence") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    add_indexed(database, scope, base, "en.txt",
                "You can pay with PayPal and with a credit card in our shop. The money moves at once.");
    add_indexed(database, scope, base, "de.txt",
                "Du kannst in unserem Laden mit PayPal und mit der Kreditkarte bezahlen. Das Geld wird sofort gebucht.");
    add_indexed(database, scope, base, "es.txt",
                "Las botas de montaña se pueden devolver en sesenta días sin ninguna explicación por su parte.");
    Indexes indexes;
    CHECK(ask(database, indexes, scope, base, "Kann ich mit PayPal bezahlen?").passages.at(0).language == "de");
    CHECK(ask(database, indexes, scope, base, "Can I pay with PayPal?").passages.at(0).language == "en");
    CHECK(retrieve(scope, database, indexes, {base}, {"PayPal", 5, "de"}).passages.at(0).language == "de");
    CHECK(ask(database, indexes, scope, base, "How can I return botas?").passages.at(0).language == "es");
  });
}

TEST_CASE("between chunks that hold as much of a question, the one whose document holds more of it comes first") {
  BaseIndex index;
  const std::vector<std::string> no_path;
  const char* others[] = {"Nothing here speaks of it.", "This lamp is sold with a shade.", "Nothing there speaks of it."};
  for (const char* other : others) {
    const DocumentId document = DocumentId::random();
    std::int64_t ordinal = 0;
    for (const char* text : {"The adapter is replaced when its cable breaks.", other}) {
      IndexEntry entry;
      entry.chunk = ChunkId::random();
      entry.document = document;
      entry.ordinal = ordinal++;
      entry.tokens = 8;
      entry.language = "en";
      index.add(entry, terms_of({"", no_path, "", text, "en"}));
    }
  }
  index.finish();
  const std::vector<Hit> hits = index.search({"Who replaces the adapter cable of my lamp shade?", "en", 10});
  REQUIRE(hits.size() >= 4);
  const auto is_of_lamp = [&](const Hit& hit) { return hit.entry == 2 || hit.entry == 3; };
  CHECK(is_of_lamp(hits[0]));
  CHECK(is_of_lamp(hits[1]));
  CHECK(hits[0].evidence <= 1);
}

TEST_CASE("every passage carries what the index found of the question, and among how many chunks") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    add_indexed(database, scope, base, "a.txt", "Tents and sleeping bags for the mountains.");
    add_indexed(database, scope, base, "b.txt", "Boots for snow and ice.");
    Indexes indexes;
    const Passage tents = ask(database, indexes, scope, base, "tents for mountains").passages.at(0);
    REQUIRE(tents.evidence);
    CHECK(*tents.evidence > 0.3);
    CHECK(*tents.evidence <= 1);
    CHECK(tents.base_chunks == 2);
  });
}

TEST_CASE("near copies are shown once, as the newest") {
  for_each_database([](store::Database& database, ManualClock& clock) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const std::string text = words("tent", 200);
    add_indexed(database, scope, base, "old.txt", text);
    clock.advance(seconds(60));
    const Document newer = add_indexed(database, scope, base, "new.txt", text + " amended");
    Indexes indexes;
    const Retrieved found = ask(database, indexes, scope, base, "tent7 tent8");
    REQUIRE(found.passages.size() == 1);
    CHECK(found.passages[0].document == newer.id);
  });
}

TEST_CASE("neighbouring chunks of a section are shown as one passage, without repeating their overlap") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    database.write([&](store::Tx& tx) { return retrain(scope, tx, base, {256, 40}); });
    const Document document =
        add_indexed(database, scope, base, "long.txt", "common " + words("alpha", 230) + "\n\ncommon " + words("beta", 230));
    CHECK(document.chunks == 2);
    Indexes indexes;
    const Retrieved found = ask(database, indexes, scope, base, "common alpha3 beta7");
    REQUIRE(found.passages.size() == 1);
    const std::string& text = found.passages[0].text;
    CHECK(text.find("alpha229") != std::string::npos);
    CHECK(text.find("alpha229") == text.rfind("alpha229"));
    CHECK(text.find("alpha0") < text.find("beta0"));
  });
}

TEST_CASE("several bases of one organization answer together") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId one = new_base(database, scope, "one");
    const KnowledgeBaseId two = new_base(database, scope, "two");
    add_indexed(database, scope, one, "a.txt", "Tents are waterproof.");
    add_indexed(database, scope, two, "b.txt", "Tents are light.");
    Indexes indexes;
    CHECK(retrieve(scope, database, indexes, {one, two}, {"tents", 5, ""}).passages.size() == 2);
    CHECK(retrieve(scope, database, indexes, {one}, {"tents", 5, ""}).passages.size() == 1);
  });
}

TEST_CASE("readers always see one snapshot while documents come and go") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    Indexes indexes;
    // Each generation is a pair of documents switched together; a mixed answer would hold two generations.
    std::vector<Document> current;
    const auto switch_to = [&](int generation) {
      const std::string mark = "generation" + std::to_string(generation);
      std::string text = "common " + mark + " " + words(mark + "w", 40);
      const Document added = add(database, scope, base, mark + ".txt", text);
      index_document(database, scope.organization, added.id);
      if (!current.empty()) remove(database, scope, current.back());
      current = {added};
    };
    switch_to(0);
    std::atomic<bool> is_done{false};
    std::atomic<int> bad{0};
    std::atomic<int> answers{0};
    const auto read_until_done = [&] {
      while (!is_done) {
        const Retrieved found = ask(database, indexes, scope, base, "common", 20);
        const auto expected = static_cast<std::size_t>(found.snapshot % 2 == 1 ? 1 : 2);
        if (found.passages.size() != expected) ++bad;
        ++answers;
      }
    };
    std::thread first(read_until_done);
    std::thread second(read_until_done);
    for (int generation = 1; generation <= 15; ++generation) switch_to(generation);
    is_done = true;
    first.join();
    second.join();
    CHECK(bad == 0);
    CHECK(answers > 0);
  });
}

TEST_CASE("indexes beyond the limit leave, least recently used first, and are built again when asked for") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    Indexes indexes(1);
    std::vector<KnowledgeBaseId> bases;
    for (int i = 0; i < 3; ++i) {
      bases.push_back(new_base(database, scope, "base" + std::to_string(i)));
      add_indexed(database, scope, bases.back(), "a.txt", "Tents number " + std::to_string(i));
    }
    for (int round = 0; round < 2; ++round) {
      for (const KnowledgeBaseId& base : bases) {
        CHECK(ask(database, indexes, scope, base, "tents").passages.size() == 1);
        CHECK(indexes.state().count() == 1);
      }
    }
    Indexes roomy;
    for (const KnowledgeBaseId& base : bases) ask(database, roomy, scope, base, "tents");
    CHECK(roomy.state().count() == 3);
    CHECK(roomy.state().bytes() > 0);
  });
}

TEST_CASE("one thread builds an index, and a build that fails lets the next one try") {
  Indexes::State state(1024 * 1024);
  const auto organization = OrganizationId::random();
  const auto base = KnowledgeBaseId::random();
  using Built = std::shared_ptr<const BaseIndex>;
  const auto failing = [](const Built&) -> Built { throw Refusal(Code::database_unavailable, "down"); };
  CHECK_THROWS_AS(state.get(organization, base, 1, failing), Refusal);
  std::atomic<int> builds{0};
  const auto build = [&](const Built&) {
    ++builds;
    auto index = std::make_shared<BaseIndex>();
    index->finish();
    return Built(index);
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 8; ++i) readers.emplace_back([&] { state.get(organization, base, 1, build); });
  for (std::thread& reader : readers) reader.join();
  CHECK(builds == 1);
  state.get(organization, base, 2, build);
  CHECK(builds == 2);
  state.get(organization, base, 1, build);
  state.get(organization, base, 2, build);
  CHECK(builds == 3);
}

TEST_CASE("chunks written by other analysers are analysed again") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    add_indexed(database, scope, base, "a.md", "# Tents\n\nThey are waterproof.");
    database.write([&](store::Tx& tx) {
      tx.execute("UPDATE knowledge_chunk SET analyser = 0, terms = $2 WHERE organization_id = $1",
                 {scope.organization, store::Param::Bytes{"old"}});
    });
    Indexes indexes;
    CHECK(ask(database, indexes, scope, base, "waterproof tent").passages.size() == 1);
  });
}

}  // namespace guildhall::knowledge
