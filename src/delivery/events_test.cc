// Events: stored with what caused them, told to whom they concern.
#include "delivery/events.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "support/databases.h"

namespace guildhall::delivery {
namespace {

using store::Database;
using store::Tx;

Event sample(OrganizationId organization, std::string type = "order.completed") {
  return {std::move(type), organization, random_uuid(), json::Object{{"order", "o-1"}, {"amount", 5}}};
}

TEST_CASE("an event is in the outbox with everything it carries") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    const Event event = sample(OrganizationId::random());
    database.write([&](Tx& tx) { emit(tx, event); });
    const auto events = database.read([&](Tx& tx) { return events_of(tx, event.organization, {}, 10); });
    REQUIRE(events.size() == 1);
    CHECK(events[0].event.type == event.type);
    CHECK(events[0].event.organization == event.organization);
    CHECK(events[0].event.subject == event.subject);
    CHECK(events[0].event.payload == event.payload);
    CHECK(events[0].occurred_at == clock.now());
    CHECK_FALSE(events[0].id.is_nil());
  });
}

TEST_CASE("events older than thirty days are forgotten, in every organization and in none") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    const OrganizationId organizations[] = {OrganizationId{}, OrganizationId::random(), OrganizationId::random()};
    for (const OrganizationId organization : organizations) {
      database.write([&](Tx& tx) { emit(tx, sample(organization)); });
    }
    clock.advance(1);
    database.write([&](Tx& tx) { emit(tx, sample(organizations[2])); });
    clock.advance(days(30) - 1);
    CHECK(database.write([](Tx& tx) { return expire_events(tx); }) == 0);
    clock.advance(1);
    CHECK(database.write([](Tx& tx) { return expire_events(tx); }) == 3);
    database.read([&](Tx& tx) {
      CHECK(events_of(tx, organizations[0], {}, 10).empty());
      CHECK(events_of(tx, organizations[1], {}, 10).empty());
      CHECK(events_of(tx, organizations[2], {}, 10).size() == 1);
    });
  });
}

TEST_CASE("subscribers of the type hear it in their order and write in its transaction") {
  test::for_each_database([](Database& database, ManualClock&) {
    std::string trace;
    Subscribers subscribers;
    subscribers.on("order.completed", [&](Tx& tx, const Event& event) {
      trace += "1";
      emit(tx, {"access.granted", event.organization, event.subject, event.payload});
    });
    subscribers.on("order.failed", [&](Tx&, const Event&) { trace += "never"; });
    subscribers.on("order.completed", [&](Tx&, const Event&) { trace += "2"; });
    subscribers.attach(database);
    const Event event = sample(OrganizationId::random());
    database.write([&](Tx& tx) { emit(tx, event); });
    CHECK(trace == "12");
    const auto events = database.read([&](Tx& tx) { return events_of(tx, event.organization, {}, 10); });
    REQUIRE(events.size() == 2);
    CHECK(events[0].event.type == "order.completed");
    CHECK(events[1].event.type == "access.granted");
    CHECK(events[1].event.payload == event.payload);
  });
}

TEST_CASE("a subscriber that throws takes the event and its cause back") {
  test::for_each_database([](Database& database, ManualClock&) {
    Subscribers subscribers;
    subscribers.on("order.completed", [](Tx&, const Event&) { throw std::runtime_error("no"); });
    subscribers.attach(database);
    const Event event = sample(OrganizationId::random());
    CHECK_THROWS_AS(database.write([&](Tx& tx) { emit(tx, event); }), std::runtime_error);
    CHECK(database.read([&](Tx& tx) { return events_of(tx, event.organization, {}, 10); }).empty());
  });
}

TEST_CASE("events that cause one another in a circle are stopped") {
  test::for_each_database([](Database& database, ManualClock&) {
    Subscribers subscribers;
    subscribers.on("order.completed", [](Tx& tx, const Event& event) { emit(tx, event); });
    subscribers.attach(database);
    const Event event = sample(OrganizationId::random());
    CHECK_THROWS_AS(database.write([&](Tx& tx) { emit(tx, event); }), std::logic_error);
    CHECK_THROWS_AS(database.write([&](Tx& tx) { emit(tx, event); }), std::logic_error);
  });
}

TEST_CASE("pages of an organization's events lose none and show no one else's") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    const auto mine = OrganizationId::random();
    const auto theirs = OrganizationId::random();
    for (int i = 0; i < 7; ++i) {
      database.write([&](Tx& tx) {
        emit(tx, sample(mine, "e.n" + std::to_string(i)));
        emit(tx, sample(theirs));
      });
      if (i % 3 == 2) clock.advance(1);
    }
    database.read([&](Tx& tx) {
      auto page = events_of(tx, mine, {}, 2);
      std::string seen;
      while (!page.empty()) {
        for (const auto& stored : page) seen += stored.event.type.back();
        page = events_after(tx, page.back(), 2);
      }
      CHECK(seen == "0123456");
      CHECK(events_of(tx, mine, test::kStart, 10).size() == 4);
      CHECK(events_of(tx, mine, clock.now(), 10).empty());
    });
  });
}

TEST_CASE("a type is dotted lower case") {
  test::for_each_database([](Database& database, ManualClock&) {
    for (const char* bad : {"", "order", "Order.completed", "order.", ".order", "order..done", "order done.x"}) {
      CHECK_THROWS_AS(database.write([&](Tx& tx) { emit(tx, sample(OrganizationId::random(), bad)); }), std::logic_error);
      CHECK_THROWS_AS(Subscribers().on(bad, {}), std::logic_error);
    }
  });
}

}  // namespace
}  // namespace guildhall::delivery
