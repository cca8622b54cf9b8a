// Streams of conversations: everything once and in order, whoever comes when; what is not kept goes to those who are there.
#include "api/live.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>

#include "live/utf16.h"
#include "net/events.h"
#include "support/databases.h"

namespace guildhall::api {
namespace {

/// A stream whose bytes can be waited for.
struct WatchedStream final : net::Stream {
  bool write(std::string_view more) override { return offer(more); }
  bool offer(std::string_view more) override {
    const std::lock_guard lock(mutex);
    reader.feed(more, [&](const net::SseEvent& event) { events.push_back(event); });
    grown.notify_all();
    return !is_finished;
  }
  void finish() override {
    const std::lock_guard lock(mutex);
    is_finished = true;
    grown.notify_all();
  }
  bool is_open() const override {
    const std::lock_guard lock(mutex);
    return !is_finished;
  }
  /// Waits until there are as many events, for at most ten seconds; their names, with the number of those that have one.
  std::vector<std::string> names(std::size_t count) {
    std::unique_lock lock(mutex);
    grown.wait_for(lock, std::chrono::seconds(10), [&] { return events.size() >= count; });
    std::vector<std::string> all;
    for (const auto& event : events) all.push_back(event.event + (event.id.empty() ? "" : " " + event.id));
    return all;
  }
  bool waits_for_end() {
    std::unique_lock lock(mutex);
    return grown.wait_for(lock, std::chrono::seconds(10), [&] { return is_finished; });
  }

  mutable std::mutex mutex;
  std::condition_variable grown;
  net::SseReader reader;
  std::vector<net::SseEvent> events;
  bool is_finished = false;
};

struct LiveWorld {
  explicit LiveWorld(store::Database& opened) : database(opened), live(opened) {}

  void say(const std::string& text) {
    database.write([&](store::Tx& tx) {
      runtime::LogEntry entry;
      entry.message.text = text;
      runtime::append_entry(tx, {organization, owner, conversation.text()}, conversation, "widget", std::move(entry));
    });
    live.changed(organization, conversation);
  }
  std::shared_ptr<WatchedStream> follow(std::int64_t after, std::int64_t ends_at_us = 0, bool is_staff = false) {
    auto stream = std::make_shared<WatchedStream>();
    Reader reader;
    reader.organization = organization;
    reader.conversation = conversation;
    reader.after = after;
    reader.stream = stream;
    reader.view = [](const runtime::LogEntry& entry) {
      return net::sse_event(entry.message.text, "said", std::to_string(entry.sequence));
    };
    reader.is_staff = is_staff;
    reader.ends_at_us = ends_at_us;
    live.follow(std::move(reader));
    return stream;
  }

  store::Database& database;
  OrganizationId organization = OrganizationId::random();
  Uuid owner = SubscriptionId::random().uuid;
  ConversationId conversation = ConversationId::random();
  Live live;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("text is measured as JavaScript measures it") {
  CHECK(utf16_units("") == 0);
  CHECK(utf16_units("abc") == 3);
  CHECK(utf16_units("Grüße") == 5);
  CHECK(utf16_units("日本") == 2);
  CHECK(utf16_units("a🎒b") == 4);
}

TEST_CASE("a reader gets what it lacks and then what happens, each entry once and in order") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    LiveWorld world(database);
    world.say("one");
    world.say("two");
    const auto early = world.follow(0);
    CHECK(early->names(2) == Names{"said 1", "said 2"});
    const auto late = world.follow(1);
    world.say("three");
    CHECK(early->names(3) == Names{"said 1", "said 2", "said 3"});
    CHECK(late->names(2) == Names{"said 2", "said 3"});
    CHECK(world.live.readers() == 2);
  });
}

TEST_CASE("more entries than fit into one read arrive all the same") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    LiveWorld world(database);
    for (int i = 0; i < 450; ++i) world.say("x");
    const auto names = world.follow(0)->names(450);
    REQUIRE(names.size() == 450);
    CHECK(names[449] == "said 450");
  });
}

TEST_CASE("text that is being written reaches those who come late as a whole") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    LiveWorld world(database);
    const auto first = world.follow(0);
    const MessageId message = MessageId::random();
    world.live.writing(world.conversation, message, "Grüße ");
    world.live.writing(world.conversation, message, "aus");
    CHECK(first->names(2) == Names{"message.delta", "message.delta"});
    CHECK(json::integer_of(json::parse_or_refuse(first->events[1].data), "offset") == 6);
    CHECK(world.live.partial_text(world.conversation) == "Grüße aus");
    const auto late = world.follow(0);
    REQUIRE(late->names(1) == Names{"message.snapshot"});
    CHECK(json::text_of(json::parse_or_refuse(late->events[0].data), "text") == "Grüße aus");
    world.live.written(world.conversation);
    CHECK(world.live.partial_text(world.conversation).empty());
  });
}

TEST_CASE("typing is told to the other side alone") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    LiveWorld world(database);
    const auto visitor = world.follow(0);
    const auto staff = world.follow(0, 0, true);
    world.live.typing(world.conversation, true, "Ana");
    world.live.typing(world.conversation, false, "");
    CHECK(visitor->names(1) == Names{"typing"});
    CHECK(staff->names(1) == Names{"typing"});
    CHECK(json::text_of(json::parse_or_refuse(visitor->events[0].data), "name") == "Ana");
    CHECK(json::text_of(json::parse_or_refuse(staff->events[0].data), "name").empty());
  });
}

TEST_CASE("a poll ends with the first entries, or when its time is over") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    LiveWorld world(database);
    const auto poll = world.follow(0, monotonic_us() + 60 * kMicrosecondsPerSecond);
    world.say("one");
    CHECK(poll->waits_for_end());
    CHECK(poll->names(1) == Names{"said 1"});
    const auto empty = world.follow(1, monotonic_us());
    CHECK(empty->waits_for_end());
    CHECK(empty->events.empty());
  });
}

TEST_CASE("a stopped answer is told so; another conversation's is not") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    LiveWorld world(database);
    const auto token = world.live.answering(world.conversation);
    world.live.stop(ConversationId::random());
    CHECK_FALSE(token.stop_requested());
    world.live.stop(world.conversation);
    CHECK(token.stop_requested());
  });
}

TEST_CASE("the inbox of an organization hears of its conversations only; a drain sends everybody away") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    LiveWorld world(database);
    const auto own = std::make_shared<WatchedStream>();
    const auto other = std::make_shared<WatchedStream>();
    world.live.follow_inbox(world.organization, own, 0);
    world.live.follow_inbox(OrganizationId::random(), other, 0);
    world.say("one");
    CHECK(own->names(2) == Names{"ping", "inbox"});
    world.live.drain();
    CHECK(own->waits_for_end());
    CHECK(other->waits_for_end());
    CHECK(other->names(2) == Names{"ping", "reconnect"});
    CHECK(world.live.readers() == 0);
  });
}

}  // namespace guildhall::api
