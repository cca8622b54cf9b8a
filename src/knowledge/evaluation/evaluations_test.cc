// Question sets and evaluations in the database: owners, limits, progress, the gate.
#include "knowledge/evaluation.h"

#include <doctest/doctest.h>

#include "../limits.h"
#include "base/errors.h"
#include "delivery/events.h"
#include "delivery/jobs.h"
#include "identity/audit.h"
#include "support/databases.h"
#include "test_base.h"

namespace guildhall::knowledge {
namespace {

using guildhall::test::for_each_database;

template <class Body>
Refusal refusal_by(Body&& body) {
  try {
    body();
  } catch (const Refusal& refusal) {
    return refusal;
  }
  return {Code::internal_error, "nothing was refused"};
}

EvaluationCase asks(std::string question, bool is_required = false) {
  EvaluationCase tested;
  tested.question = std::move(question);
  tested.language = "en";
  tested.required = is_required;
  return tested;
}

/// A provider's agent with a gate of a few cases.
struct GatedAgent {
  Scope scope = test::new_organization();
  AgentId agent = AgentId::random();
  AgentVersionId live = AgentVersionId::random();
  AgentVersionId next = AgentVersionId::random();
  QuestionSet set;

  explicit GatedAgent(store::Database& database, std::vector<EvaluationCase> cases = {asks("One?", true), asks("Two?")}) {
    set = database.write([&](store::Tx& tx) {
      const auto made =
          create_question_set(scope, tx, owner(), {.name = "Gate", .knowledge_base = {}, .is_gate = true, .floors = {}});
      put_cases(scope, tx, made, cases, CaseOrigin::entered, false);
      return get_question_set(scope, tx, owner(), made.id);
    });
  }
  QuestionSetOwner owner() const { return {.subscription = {}, .agent = agent}; }

  Evaluation start(store::Tx& tx, AgentVersionId version) const {
    return start_evaluation(scope, tx, get_question_set(scope, tx, owner(), set.id),
                            {.agent = agent, .version = version, .version_number = "1.0.0", .config = {}, .base = {}});
  }
  /// Answers every case; those named fail.
  Evaluation evaluated(store::Database& database, AgentVersionId version, const std::vector<std::string>& failing = {}) const {
    const auto evaluation = database.write([&](store::Tx& tx) { return start(tx, version); });
    while (const auto pending = database.read([&](store::Tx& tx) { return next_case(tx, evaluation); })) {
      Observation seen;
      seen.outcome = std::find(failing.begin(), failing.end(), pending->tested.question) == failing.end() ? "answer" : "refused";
      seen.answer = "An answer.";
      const auto result = judge(pending->id, pending->tested, seen);
      database.write([&](store::Tx& tx) { record_result(tx, evaluation, pending->ordinal, result); });
    }
    return database.write([&](store::Tx& tx) {
      continue_evaluation(tx, evaluation, 1);
      return get_evaluation(scope, tx, owner(), evaluation.id);
    });
  }
  Refusal promotion(store::Database& database) const {
    return refusal_by([&] { database.write([&](store::Tx& tx) { require_gate(tx, scope.organization, agent, next, live); }); });
  }
};

QuestionSetValues named(std::string name) {
  return {std::move(name), {}, false, {}};
}

QuestionSetValues with_floors(Floors floors) {
  return {"x", {}, false, floors};
}

Observation answers() {
  Observation seen;
  seen.outcome = "answer";
  return seen;
}

std::string first_reason(const Refusal& refusal) {
  if (!refusal.details.contains("gates")) return "none";
  return std::string(json::text_of(refusal.details.at("gates").get_array().at(0), "reason"));
}

}  // namespace

TEST_CASE("cases are counted once per question, changed in place, replaced when asked") {
  for_each_database([](store::Database& database, ManualClock&) {
    GatedAgent world(database);
    CHECK(world.set.cases == 2);
    const auto put = [&](const std::vector<EvaluationCase>& cases, bool replaces) {
      return database.write(
          [&](store::Tx& tx) { return put_cases(world.scope, tx, world.set, cases, CaseOrigin::imported, replaces); });
    };
    const auto set_now = [&] {
      return database.read([&](store::Tx& tx) { return get_question_set(world.scope, tx, world.owner(), world.set.id); });
    };
    CHECK(put({asks("ONE?", true)}, false).changed == 1);  // the same question, written otherwise
    CHECK(set_now().revision == world.set.revision + 1);
    CHECK(put({asks("Two?")}, false).unchanged == 1);
    CHECK(set_now().revision == world.set.revision + 1);
    const auto replaced_all = put({asks("Three?"), asks("Two?")}, true);
    CHECK(replaced_all.added == 1);
    CHECK(replaced_all.removed == 1);
    CHECK(set_now().cases == 2);
    const auto cases = database.read([&](store::Tx& tx) { return list_cases(world.scope, tx, world.set, 0, 10); });
    REQUIRE(cases.size() == 2);
    CHECK(cases[0].tested.question == "Two?");
    CHECK(cases[0].origin == CaseOrigin::entered);
    CHECK(cases[1].origin == CaseOrigin::imported);
    database.write([&](store::Tx& tx) { delete_case(world.scope, tx, world.set, cases[0].id); });
    CHECK(set_now().cases == 1);
    CHECK(refusal_by([&] {
            database.write([&](store::Tx& tx) { delete_case(world.scope, tx, world.set, cases[0].id); });
          }).code == Code::not_found);
  });
}

TEST_CASE("a case without a language gets the one its question is written in") {
  for_each_database([](store::Database& database, ManualClock&) {
    EvaluationCase tested = asks("Wie lange kann ich eine Bestellung zurückgeben?");
    tested.language.clear();
    GatedAgent world(database, {tested});
    const auto cases = database.read([&](store::Tx& tx) { return all_cases(world.scope, tx, world.set); });
    CHECK(cases.at(0).language == "de");
  });
}

TEST_CASE("nobody else's sets, cases and evaluations are found") {
  for_each_database([](store::Database& database, ManualClock&) {
    GatedAgent world(database);
    const auto evaluation = world.evaluated(database, world.live);
    const Scope stranger = test::new_organization();
    const auto refused = [&](auto&& body) { return refusal_by([&] { database.write(body); }).code; };
    CHECK(refused([&](store::Tx& tx) { get_question_set(stranger, tx, world.owner(), world.set.id); }) == Code::not_found);
    CHECK(refused([&](store::Tx& tx) { get_evaluation(stranger, tx, world.owner(), evaluation.id); }) == Code::not_found);
    CHECK(refused([&](store::Tx& tx) { delete_case(stranger, tx, world.set, case_id(asks("One?"))); }) == Code::not_found);
    const QuestionSetOwner other{.subscription = {}, .agent = AgentId::random()};
    CHECK(refused([&](store::Tx& tx) { get_question_set(world.scope, tx, other, world.set.id); }) == Code::not_found);
    CHECK(refused([&](store::Tx& tx) { get_evaluation(world.scope, tx, other, evaluation.id); }) == Code::not_found);
    database.read([&](store::Tx& tx) { CHECK(list_question_sets(stranger, tx, world.owner()).empty()); });
    Scope reader = world.scope;
    reader.rights = Rights{Right::read_subscriptions};
    CHECK(refused([&](store::Tx& tx) { world.start(tx, world.live), cancel_evaluation(reader, tx, evaluation); }) ==
          Code::permission_denied);
    CHECK(refused([&](store::Tx& tx) { delete_question_set(reader, tx, world.set); }) == Code::permission_denied);
    Scope key = world.scope;
    key.subscription = SubscriptionId::random();
    const QuestionSetOwner sibling{.subscription = SubscriptionId::random(), .agent = {}};
    CHECK(refused([&](store::Tx& tx) { create_question_set(key, tx, sibling, named("x")); }) == Code::not_found);
  });
}

TEST_CASE("a set's values are checked by name") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = test::new_organization();
    const QuestionSetOwner agent{.subscription = {}, .agent = AgentId::random()};
    const QuestionSetOwner subscription{.subscription = SubscriptionId::random(), .agent = {}};
    const auto field = [&](const QuestionSetOwner& owner, QuestionSetValues values) {
      const auto refusal =
          refusal_by([&] { database.write([&](store::Tx& tx) { create_question_set(scope, tx, owner, values); }); });
      return refusal.fields.empty() ? std::string("none") : refusal.fields.front().path;
    };
    CHECK(field(agent, named(" ")) == "name");
    CHECK(field(agent, named(std::string(121, 'x'))) == "name");
    CHECK(field(agent, named(std::string(120, 'x'))) == "none");
    CHECK(field(agent, with_floors({1.01, {}, {}, {}})) == "floors.hit_at_5");
    CHECK(field(agent, with_floors({{}, {}, {}, -0.1})) == "floors.language_match");
    CHECK(field(subscription, {"x", "mine", false, {}}) == "knowledge_base");
    CHECK(field(subscription, {"x", {}, true, {}}) == "is_gate");
    for (int i = 0; i < 19; ++i) CHECK(field(agent, named("x")) == "none");
    const auto one_more =
        refusal_by([&] { database.write([&](store::Tx& tx) { create_question_set(scope, tx, agent, named("x")); }); });
    CHECK(one_more.code == Code::conflict);
  });
}

TEST_CASE("an evaluation copies its cases, keeps the first result of each and ends with a report") {
  for_each_database([](store::Database& database, ManualClock&) {
    GatedAgent world(database);
    const auto evaluation = database.write([&](store::Tx& tx) { return world.start(tx, world.live); });
    CHECK(wire_name(evaluation.state) == "QUEUED");
    CHECK(evaluation.cases == 2);
    database.write([&](store::Tx& tx) { delete_case(world.scope, tx, world.set, case_id(asks("Two?"))); });
    const auto pending = database.read([&](store::Tx& tx) { return next_case(tx, evaluation); });
    REQUIRE(pending);
    Observation seen;
    seen.outcome = "answer";
    const auto result = judge(pending->id, pending->tested, seen);
    for (int twice = 0; twice < 2; ++twice)
      database.write([&](store::Tx& tx) { record_result(tx, evaluation, pending->ordinal, result); });
    const auto now = database.write([&](store::Tx& tx) {
      continue_evaluation(tx, evaluation, 1);
      return get_evaluation(world.scope, tx, world.owner(), evaluation.id);
    });
    CHECK(wire_name(now.state) == "RUNNING");
    CHECK(now.done == 1);
    CHECK_FALSE(now.report);
    database.read([&](store::Tx& tx) { CHECK(delivery::list_jobs(tx, std::nullopt, 10).size() == 2); });
    const auto last = database.read([&](store::Tx& tx) { return next_case(tx, evaluation); });
    REQUIRE(last);
    CHECK(last->tested.question == "Two?");
    database.write([&](store::Tx& tx) { record_result(tx, evaluation, last->ordinal, result); });
    const auto ended = database.write([&](store::Tx& tx) {
      continue_evaluation(tx, evaluation, 2);
      return get_evaluation(world.scope, tx, world.owner(), evaluation.id);
    });
    CHECK(wire_name(ended.state) == "DONE");
    CHECK(ended.finished_at);
    REQUIRE(ended.report);
    CHECK(ended.report->at("total").at("cases") == 2);
  });
}

TEST_CASE("a cancelled evaluation asks nothing more and keeps what it measured") {
  for_each_database([](store::Database& database, ManualClock&) {
    GatedAgent world(database);
    const auto evaluation = database.write([&](store::Tx& tx) { return world.start(tx, world.live); });
    const auto pending = database.read([&](store::Tx& tx) { return next_case(tx, evaluation); }).value();
    const auto cancelled = database.write([&](store::Tx& tx) {
      record_result(tx, evaluation, pending.ordinal, judge(pending.id, pending.tested, answers()));
      return cancel_evaluation(world.scope, tx, get_evaluation(world.scope, tx, world.owner(), evaluation.id));
    });
    CHECK(wire_name(cancelled.state) == "CANCELLED");
    CHECK(cancelled.done == 1);
    database.write([&](store::Tx& tx) {
      CHECK_FALSE(next_case(tx, evaluation));
      continue_evaluation(tx, evaluation, 1);
      CHECK(wire_name(cancel_evaluation(world.scope, tx, cancelled).state) == "CANCELLED");
      CHECK(list_results(world.scope, tx, evaluation, {}).total == 1);
      CHECK(wire_name(get_evaluation(world.scope, tx, world.owner(), evaluation.id).state) == "CANCELLED");
    });
  });
}

TEST_CASE("two evaluations may be open, and 20,000 cases a day are asked") {
  for_each_database([](store::Database& database, ManualClock& clock) {
    GatedAgent world(database);
    const auto start = [&] {
      return refusal_by([&] { database.write([&](store::Tx& tx) { world.start(tx, world.live); }); }).code;
    };
    CHECK(start() == Code::internal_error);
    CHECK(start() == Code::internal_error);
    CHECK(start() == Code::rate_limited);
    clock.advance(kMicrosecondsPerDay);
    database.write([&](store::Tx& tx) {
      tx.execute("UPDATE evaluation SET state = 'DONE', created_at = $1, cases_done = $2",
                 {tx.now() - 1, (kEvaluationCasesPerDayMax - 2) / 2});
    });
    CHECK(start() == Code::internal_error);
    CHECK(start() == Code::rate_limited);
    GatedAgent empty(database, {});
    CHECK(refusal_by([&] { database.write([&](store::Tx& tx) { empty.start(tx, empty.live); }); }).code ==
          Code::validation_failed);
  });
}

TEST_CASE("a set keeps its newest twenty evaluations") {
  for_each_database([](store::Database& database, ManualClock& clock) {
    GatedAgent world(database, {asks("One?")});
    for (int i = 0; i < 22; ++i) {
      clock.advance(seconds(1));
      world.evaluated(database, world.live);
    }
    database.read([&](store::Tx& tx) {
      CHECK(list_evaluations(world.scope, tx, world.set).size() == 20);
      CHECK(tx.first("SELECT COUNT(*) FROM evaluation_result")->integer(0) == 20);
    });
  });
}

TEST_CASE("the gate wants both versions measured on the cases as they are") {
  for_each_database([](store::Database& database, ManualClock&) {
    GatedAgent world(database);
    CHECK(world.promotion(database).code == Code::gate_failed);
    CHECK(first_reason(world.promotion(database)) == "not_evaluated");
    world.evaluated(database, world.next);
    CHECK(first_reason(world.promotion(database)) == "not_evaluated");
    world.evaluated(database, world.live);
    CHECK(world.promotion(database).code == Code::internal_error);
    database.write([&](store::Tx& tx) { put_cases(world.scope, tx, world.set, {asks("Three?")}, CaseOrigin::entered, false); });
    CHECK(first_reason(world.promotion(database)) == "not_evaluated");
  });
}

TEST_CASE("a failing required case is listed, and an owner's reason lets the version pass") {
  for_each_database([](store::Database& database, ManualClock&) {
    GatedAgent world(database);
    world.evaluated(database, world.live);
    world.evaluated(database, world.next, {"One?"});
    const auto refusal = world.promotion(database);
    CHECK(refusal.code == Code::gate_failed);
    const auto& gate = refusal.details.at("gates").get_array().at(0);
    CHECK(json::text_of(gate, "reason") == "failed");
    CHECK(json::text_of(gate.at("failures").get_array().at(0), "reason") == "required_case");
    CHECK(json::text_of(gate.at("cases").get_array().at(0), "question") == "One?");
    Scope manager = world.scope;
    manager.rights = Rights{Right::provide_agents};
    const auto override_as = [&](const Scope& scope, std::string_view reason) {
      return refusal_by(
                 [&] { database.write([&](store::Tx& tx) { override_gate(scope, tx, world.agent, world.next, reason); }); })
          .code;
    };
    CHECK(override_as(manager, "because") == Code::permission_denied);
    CHECK(override_as(world.scope, "  ") == Code::validation_failed);
    CHECK(override_as(world.scope, std::string(1'001, 'x')) == Code::validation_failed);
    CHECK(world.promotion(database).code == Code::gate_failed);
    CHECK(override_as(world.scope, "the question is out of date") == Code::internal_error);
    CHECK(world.promotion(database).code == Code::internal_error);
    database.read(
        [&](store::Tx& tx) { CHECK(identity::audit_rows(world.scope, tx, 1).at(0).entry.action == "evaluation.override_gate"); });
  });
}

TEST_CASE("a promotion and a publication ask the gate inside their own transaction") {
  ManualClock clock(guildhall::test::kStart);
  delivery::Subscribers subscribers;
  subscribe_evaluation(subscribers);
  auto database = store::open_database({.url = "sqlite::memory:", .clock = &clock});
  store::migrate(*database);
  subscribers.attach(*database);
  GatedAgent world(*database);
  const auto tell = [&](std::string type, json::Object payload) {
    return refusal_by([&] {
             database->write([&](store::Tx& tx) {
               tx.execute("UPDATE question_set SET name = 'touched'");
               delivery::emit(
                   tx, {.type = type, .organization = world.scope.organization, .subject = world.agent.uuid, .payload = payload});
             });
           })
        .code;
  };
  const std::string next = world.next.text();
  CHECK(tell("agent.version_promoted", {{"version_id", next}, {"previous_version_id", world.live.text()}}) == Code::gate_failed);
  CHECK(tell("agent.state_changed", {{"from", "DEPLOYED"}, {"to", "LISTED"}, {"version_id", next}}) == Code::gate_failed);
  database->read([&](store::Tx& tx) { CHECK(get_question_set(world.scope, tx, world.owner(), world.set.id).name == "Gate"); });
  CHECK(tell("agent.version_promoted", {{"version_id", next}, {"previous_version_id", ""}}) == Code::internal_error);
  CHECK(tell("agent.version_promoted",
             {{"version_id", next}, {"previous_version_id", world.live.text()}, {"is_rollback", true}}) == Code::internal_error);
  CHECK(tell("agent.state_changed", {{"from", "LISTED"}, {"to", "ACTIVE"}, {"version_id", next}}) == Code::internal_error);
  CHECK(tell("agent.deleted", {}) == Code::internal_error);
  database->read([&](store::Tx& tx) { CHECK(list_question_sets(world.scope, tx, world.owner()).empty()); });
}

TEST_CASE("the end of a subscription takes its question sets along") {
  ManualClock clock(guildhall::test::kStart);
  delivery::Subscribers subscribers;
  subscribe_evaluation(subscribers);
  auto database = store::open_database({.url = "sqlite::memory:", .clock = &clock});
  store::migrate(*database);
  subscribers.attach(*database);
  const Scope scope = test::new_organization();
  const QuestionSetOwner owner{.subscription = SubscriptionId::random(), .agent = {}};
  database->write([&](store::Tx& tx) {
    const auto set = create_question_set(scope, tx, owner, named("Mine"));
    put_cases(scope, tx, set, {asks("One?")}, CaseOrigin::entered, false);
    delivery::emit(tx, {.type = "subscription.terminated",
                        .organization = scope.organization,
                        .subject = owner.subscription->uuid,
                        .payload = {{"subscription", owner.subscription->text()}}});
  });
  database->read([&](store::Tx& tx) {
    CHECK(list_question_sets(scope, tx, owner).empty());
    CHECK(tx.first("SELECT COUNT(*) FROM evaluation_case")->integer(0) == 0);
  });
}

TEST_CASE("cases are made from headings and pairs, the same each time, and not from what names nothing") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = test::new_organization();
    const auto base = test::new_base(database, scope);
    // Sections under 64 tokens would join their next sibling and lose their heading.
    std::string body = "\n\n";
    for (int i = 0; i < 6; ++i) body += "You may return every order within sixty days after it was delivered to your door. ";
    body += "\n\n";
    test::add_indexed(database, scope, base, "returns.md",
                      "# Returning an order" + body + "## Overview" + body + "## Refund by card" + body);
    test::add_indexed(database, scope, base, "other.md", "# Refund by card" + body + "# Gift card balance" + body);
    const auto pair = database.write([&](store::Tx& tx) {
      return add_question_answer(scope, tx, base,
                                 {.question = "Do you ship abroad?", .answer = "To all of Europe.", .language = "en"});
    });
    test::index_document(database, scope.organization, pair.id);
    const auto generate = [&](std::size_t limit) {
      return database.read([&](store::Tx& tx) { return cases_from_documents(scope, tx, base, limit); });
    };
    const auto cases = generate(100);
    CHECK(cases == generate(100));
    CHECK(generate(1).size() == 1);
    const auto has = [&](std::string_view question) {
      return std::any_of(cases.begin(), cases.end(), [&](const EvaluationCase& each) { return each.question == question; });
    };
    CHECK(has("Returning an order"));
    CHECK(has("Gift card balance"));
    CHECK(has("Do you ship abroad?"));
    for (const EvaluationCase& each : cases)
      if (each.question == "Returning an order") CHECK(each.gold == std::vector<Gold>{{"returns.md", each.question, {}, {}}});
    CHECK_FALSE(has("Overview"));        // one word, asks nothing
    CHECK_FALSE(has("Refund by card"));  // stands over sections of two documents
    CHECK_THROWS_AS(database.read([&](store::Tx& tx) { return cases_from_documents(test::new_organization(), tx, base, 1); }),
                    Refusal);
  });
}

}  // namespace guildhall::knowledge
