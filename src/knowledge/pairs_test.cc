// Question–answer pairs: limits, other ways to ask, validity, hits; on both databases.
#include "knowledge/pairs.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "delivery/jobs.h"
#include "store/migrations.h"
#include "support/databases.h"
#include "test_base.h"

namespace guildhall::knowledge {
namespace {

struct PairWorld {
  store::Database& database;
  ManualClock& clock;
  Scope scope = test::new_organization();
  KnowledgeBaseId base = test::new_base(database, scope);
  Indexes indexes = Indexes();

  DocumentId add(const QuestionAnswer& pair) {
    const auto added = database.write([&](store::Tx& tx) { return add_question_answer(scope, tx, base, pair); });
    run_jobs();
    return added.id;
  }
  /// What the server's runner does.
  void run_jobs() {
    delivery::Runner runner(database,
                            {{"knowledge.index",
                              [&](const delivery::Job& job, std::stop_token) {
                                test::index_document(database, job.organization,
                                                     DocumentId::parse(json::text_of(job.payload, "document_id")).value());
                              }},
                             {"knowledge.validity",
                              [&](const delivery::Job& job, std::stop_token) {
                                refresh_pair(database, Extractor::in_process(), job.organization,
                                             DocumentId::parse(json::text_of(job.payload, "document_id")).value());
                              }}},
                            {}, {});
    runner.run_due();
  }
  Pair get(DocumentId id) {
    return database.read([&](store::Tx& tx) { return get_pair(scope, tx, base, id); });
  }
  bool finds(const std::string& question) { return !test::ask(database, indexes, scope, base, question).passages.empty(); }
};

void each_pair_world(const std::function<void(PairWorld&)>& body) {
  guildhall::test::for_each_database([&](store::Database& database, ManualClock& clock) {
    PairWorld world{database, clock};
    body(world);
  });
}

}  // namespace

TEST_CASE("a pair is found by any of its questions, and says which one it answers") {
  each_pair_world([](PairWorld& world) {
    world.add({.question = "Do you ship to Iceland?",
               .answer = "We do, within nine days.",
               .language = "en",
               .alternative_questions = {"Is delivery to Reykjavik possible?", "Nordic parcels"}});
    const Retrieved found = test::ask(world.database, world.indexes, world.scope, world.base, "delivery Reykjavik");
    REQUIRE(found.passages.size() == 1);
    CHECK(found.passages[0].question == "Do you ship to Iceland?");
    CHECK(found.passages[0].alternative_questions ==
          std::vector<std::string>{"Is delivery to Reykjavik possible?", "Nordic parcels"});
    CHECK(found.passages[0].text == "We do, within nine days.");
  });
}

TEST_CASE("a pair answers from its first instant until its last") {
  each_pair_world([](PairWorld& world) {
    const Timestamp now = world.clock.now();
    const DocumentId id = world.add({.question = "Winter sale?",
                                     .answer = "Twenty percent off everything.",
                                     .language = "en",
                                     .valid_from = now + seconds(100),
                                     .valid_until = now + seconds(200)});
    CHECK(world.get(id).state == DocumentState::indexed);
    CHECK_FALSE(world.finds("winter sale"));
    world.clock.set(now + seconds(100) - 1);
    world.run_jobs();
    CHECK_FALSE(world.finds("winter sale"));
    world.clock.set(now + seconds(100));
    world.run_jobs();
    CHECK(world.finds("winter sale"));
    world.clock.set(now + seconds(200) - 1);
    world.run_jobs();
    CHECK(world.finds("winter sale"));
    world.clock.set(now + seconds(200));
    world.run_jobs();
    CHECK_FALSE(world.finds("winter sale"));
  });
}

TEST_CASE("changed words replace the old ones, a deleted pair is gone") {
  each_pair_world([](PairWorld& world) {
    const DocumentId id = world.add({.question = "Where is the depot?", .answer = "In Ghent.", .language = "en"});
    world.database.write([&](store::Tx& tx) {
      update_pair(world.scope, tx, world.base, id, {.question = "Where is the depot?", .answer = "In Bruges.", .language = "en"});
    });
    CHECK(world.finds("depot"));
    world.run_jobs();
    const Retrieved found = test::ask(world.database, world.indexes, world.scope, world.base, "depot");
    REQUIRE(found.passages.size() == 1);
    CHECK(found.passages[0].text == "In Bruges.");
    world.database.write([&](store::Tx& tx) { delete_pair(world.scope, tx, world.base, id); });
    CHECK_FALSE(world.finds("depot"));
    CHECK_THROWS_AS(world.get(id), Refusal);
  });
}

TEST_CASE("hits count the answers that cited the pair") {
  each_pair_world([](PairWorld& world) {
    const DocumentId id = world.add({.question = "Opening hours?", .answer = "Nine to five.", .language = "en"});
    CHECK(world.get(id).hits == 0);
    for (int i = 0; i < 3; ++i) {
      world.database.write([&](store::Tx& tx) { count_hits(tx, world.scope.organization, {id, DocumentId::random()}); });
    }
    world.database.write([&](store::Tx& tx) { count_hits(tx, OrganizationId::random(), {id}); });
    CHECK(world.get(id).hits == 3);
    CHECK(world.get(id).last_hit_at == world.clock.now());
  });
}

TEST_CASE("pairs are listed oldest first, searched, and paged") {
  each_pair_world([](PairWorld& world) {
    for (int i = 0; i < 5; ++i) {
      world.add(
          {.question = "Question " + std::to_string(i), .answer = i == 3 ? "100% Sure_thing" : "An answer", .language = "en"});
      world.clock.advance(seconds(1));
    }
    const auto list = [&](const PairFilter& filter) {
      return world.database.read([&](store::Tx& tx) { return list_pairs(world.scope, tx, world.base, filter); });
    };
    CHECK(list({}).total == 5);
    CHECK(list({.limit = 2, .offset = 1}).pairs.at(1).content.question == "Question 2");
    CHECK(list({.search = "sure_"}).total == 1);
    CHECK(list({.search = "100%"}).total == 1);
    CHECK(list({.search = "%"}).total == 1);
    CHECK(list({.search = "QUESTION 4"}).total == 1);
  });
}

TEST_CASE("a pair past its limits is refused by field, at the limits it is taken") {
  each_pair_world([](PairWorld& world) {
    const auto field_of = [&](QuestionAnswer pair) {
      try {
        world.add(pair);
      } catch (const Refusal& refusal) {
        return refusal.fields.empty() ? std::string(name(refusal.code)) : refusal.fields.front().path;
      }
      return std::string("accepted");
    };
    QuestionAnswer pair{.question = std::string(500, 'q'), .answer = std::string(4000, 'a'), .language = "en"};
    pair.alternative_questions.assign(20, "another way");
    CHECK(field_of(pair) == "accepted");
    pair.question += 'q';
    CHECK(field_of(pair) == "question");
    pair.question = "q";
    pair.answer += 'a';
    CHECK(field_of(pair) == "answer");
    pair.answer = " ";
    CHECK(field_of(pair) == "answer");
    pair.answer = "a";
    pair.alternative_questions.emplace_back("one more");
    CHECK(field_of(pair) == "alternative_questions");
    pair.alternative_questions = {"fine", ""};
    CHECK(field_of(pair) == "alternative_questions[1]");
    pair.alternative_questions.clear();
    pair.language = "no language";
    CHECK(field_of(pair) == "language");
    pair.language = "en";
    pair.valid_from = world.clock.now();
    pair.valid_until = world.clock.now();
    CHECK(field_of(pair) == "valid_until");
  });
}

}  // namespace guildhall::knowledge
