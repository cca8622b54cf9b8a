// Conversations between visitors, an agent and people: who has the word, exactly once, on both databases.
#include <doctest/doctest.h>

#include "base/errors.h"
#include "delivery/events.h"
#include "support/conversations.h"
#include "support/databases.h"
#include "support/handover.h"
#include "support/inbox.h"

namespace guildhall::support {
namespace {

struct SupportWorld {
  store::Database& database;
  ManualClock& clock;
  Scope scope = identity::system_scope(OrganizationId::random(), "test");
  Place place{.subscription = SubscriptionId::random(),
              .project = ProjectId::random(),
              .conversation = ConversationId::random(),
              .channel = "widget",
              .widget = "wgt_shop"};
  HandoverSettings settings = HandoverSettings();

  Heard say(const std::string& text, Uuid client_id = Id<struct ClientTag>::random().uuid) {
    VisitorMessage message;
    message.client_id = client_id;
    message.text = text;
    message.language = "en";
    return database.write([&](store::Tx& tx) { return hear(scope, tx, place, settings, message); });
  }
  /// What the gateway does in the settlement of a run that said `text`.
  Settled answer(const Turn& turn, const std::string& text, models::Outcome outcome = models::Outcome::answer) {
    return database.write([&](store::Tx& tx) {
      runtime::RunResult result;
      result.outcome = outcome;
      std::vector<runtime::Message> said(2);
      said[0].sender = "User";
      said[0].text = turn.text;
      said[1].text = text;
      said[1].id = MessageId::random();
      said[1].timestamp = tx.now();
      Settled settled = settle_turn(tx, turn, settings, said, &result);
      runtime::store_messages(tx, {scope.organization, turn.subscription.uuid, turn.session_id}, turn.conversation, turn.channel,
                              said);
      return settled;
    });
  }
  Conversation now() {
    return database.read([&](store::Tx& tx) { return get_conversation(scope, tx, place.conversation); });
  }
  std::vector<runtime::LogEntry> log() {
    return database.read(
        [&](store::Tx& tx) { return runtime::entries_after(tx, scope.organization, place.conversation, 0, 1'000); });
  }
  Scope person(AccountId account) const {
    Scope staff = scope;
    staff.account = account;
    return staff;
  }
  template <class Body>
  auto write(Body&& body) {
    return database.write(body);
  }
  void advance() {
    database.write([&](store::Tx& tx) { advance_due(tx, 100, [&](const Conversation&) { return settings; }); });
  }
};

void each_support_world(const std::function<void(SupportWorld&)>& body) {
  test::for_each_database([&](store::Database& database, ManualClock& clock) {
    SupportWorld world{database, clock};
    body(world);
  });
}

/// "visitor:…", "agent:…", "platform:…", "human:…", "state:…", "superseded": what the conversation shows.
std::vector<std::string> shown(const std::vector<runtime::LogEntry>& log) {
  std::vector<std::string> lines;
  for (const auto& entry : log) {
    if (entry.kind == runtime::EntryKind::state) {
      lines.push_back("state:" + std::string(json::text_of(entry.message.shown, "state")));
    } else if (entry.kind != runtime::EntryKind::message) {
      lines.emplace_back(wire_name(entry.kind));
    } else if (entry.message.sender == "User") {
      lines.push_back("visitor:" + entry.message.text);
    } else {
      lines.push_back(std::string(json::text_of(entry.message.shown, "speaker")) + ":" + entry.message.text);
    }
  }
  return lines;
}

Code refused_with(const std::function<void()>& act) {
  try {
    act();
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
  return Code::internal_error;
}

}  // namespace

TEST_CASE("a visitor's message is heard once, and its answer follows it without a gap") {
  each_support_world([](SupportWorld& world) {
    const Uuid client = Id<struct ClientTag>::random().uuid;
    const Heard first = world.say("How much is shipping?", client);
    REQUIRE(first.turn);
    CHECK(first.is_new);
    CHECK(first.entry.sequence == 1);
    CHECK(first.turn->text == "How much is shipping?");
    CHECK(first.turn->is_first);
    const Heard again = world.say("How much is shipping?", client);
    CHECK_FALSE(again.is_new);
    CHECK_FALSE(again.turn);
    CHECK(again.entry.sequence == 1);
    CHECK(again.entry.message.id == first.entry.message.id);

    CHECK_FALSE(world.answer(*first.turn, "4.90 €").next);
    const auto log = world.log();
    CHECK(shown(log) == std::vector<std::string>{"visitor:How much is shipping?", "agent:4.90 €"});
    CHECK(log[1].sequence == 2);
    CHECK(json::text_of(log[1].message.shown, "outcome") == "answer");
    CHECK(world.now().turns == 1);
    CHECK(world.now().topic == "How much is shipping?");
  });
}

TEST_CASE("what a visitor says while an answer is under way is answered after it, all together") {
  each_support_world([](SupportWorld& world) {
    const Heard first = world.say("Do you ship to Iceland?");
    CHECK_FALSE(world.say("and to Norway?").turn);
    CHECK_FALSE(world.say("by plane?").turn);
    const Settled settled = world.answer(*first.turn, "Yes.");
    REQUIRE(settled.next);
    CHECK(settled.next->text == "and to Norway?\nby plane?");
    CHECK(settled.next->through == 3);
    CHECK_FALSE(world.answer(*settled.next, "Both.").next);
    CHECK(shown(world.log()) == std::vector<std::string>{"visitor:Do you ship to Iceland?", "visitor:and to Norway?",
                                                         "visitor:by plane?", "agent:Yes.", "agent:Both."});
    CHECK_FALSE(world.now().answering_until);
  });
}

TEST_CASE("an answer that comes after a person took over is dropped, and the log says so") {
  each_support_world([](SupportWorld& world) {
    const Heard heard = world.say("Where is my order?");
    const Scope ana = world.person(AccountId::random());
    world.write([&](store::Tx& tx) { return claim(ana, tx, world.place.conversation, "Ana"); });
    CHECK(world.answer(*heard.turn, "I do not know.").is_superseded);
    CHECK(shown(world.log()) == std::vector<std::string>{"visitor:Where is my order?", "state:human",
                                                         "platform:Ana has joined the conversation.", "superseded"});
    CHECK(world.now().epoch == 2);
    CHECK(world.now().state == State::human);
    CHECK(world.now().assignee_name == "Ana");
    CHECK_FALSE(world.say("Hello?").turn);
  });
}

TEST_CASE("a keyword, the visitor's wish and the agent's verdict each hand over once, announced by one text") {
  each_support_world([](SupportWorld& world) {
    world.settings.keywords = {"complaint", "talk to agent"};
    CHECK(world.say("we are in compliance").turn);
    world.place.conversation = ConversationId::random();
    CHECK_FALSE(world.say("I have a COMPLAINT!").turn);
    CHECK(shown(world.log()) == std::vector<std::string>{"visitor:I have a COMPLAINT!", "state:handover_requested",
                                                         "state:waiting_human",
                                                         "platform:I have asked a person to join. They will answer here."});
    CHECK(world.now().cause == "keyword");
    CHECK(world.now().epoch == 2);
    CHECK_FALSE(world.say("complaint again").turn);
    CHECK(world.log().size() == 5);

    world.place.conversation = ConversationId::random();
    const Heard asked = world.say("Can I talk to somebody?");
    world.answer(*asked.turn, "I will ask a person to take over.", models::Outcome::handover);
    CHECK(world.now().state == State::waiting_human);
    CHECK(world.now().cause == "explicit_request");
    CHECK(world.log().size() == 4);
  });
}

TEST_CASE("refusals in a row offer a person; an answer in between starts the count again") {
  each_support_world([](SupportWorld& world) {
    world.settings.unanswered_threshold = 2;
    const auto turn = [&](models::Outcome outcome) {
      const Heard heard = world.say("Question " + std::to_string(world.log().size()));
      world.answer(*heard.turn, "…", outcome);
      return json::bool_of(world.log().back().message.shown, "offers_person");
    };
    CHECK_FALSE(turn(models::Outcome::refused));
    CHECK_FALSE(turn(models::Outcome::answer));
    CHECK_FALSE(turn(models::Outcome::refused));
    CHECK(turn(models::Outcome::refused));
    CHECK(world.now().refusals == 2);
  });
}

TEST_CASE("one person has a conversation: the second claim loses, a reply of the owner is shown once") {
  each_support_world([](SupportWorld& world) {
    world.settings.keywords = {"human"};
    world.say("human please");
    const Scope ana = world.person(AccountId::random());
    const Scope ben = world.person(AccountId::random());
    const ConversationId id = world.place.conversation;
    world.clock.advance(seconds(42));
    world.write([&](store::Tx& tx) { return claim(ana, tx, id, "Ana"); });
    CHECK(refused_with([&] { world.write([&](store::Tx& tx) { return claim(ben, tx, id, "Ben"); }); }) == Code::conflict);
    CHECK(refused_with([&] {
            world.write([&](store::Tx& tx) { return reply(ben, tx, id, "Ben", Id<struct ClientTag>::random().uuid, "Hi"); });
          }) == Code::conflict);
    const Uuid client = Id<struct ClientTag>::random().uuid;
    const auto said = world.write([&](store::Tx& tx) { return reply(ana, tx, id, "Ana", client, "Hello, Ana here."); });
    const auto again = world.write([&](store::Tx& tx) { return reply(ana, tx, id, "Ana", client, "Hello, Ana here."); });
    CHECK(again.sequence == said.sequence);
    CHECK(shown(world.log()).back() == "human:Hello, Ana here.");
    const Conversation before = world.now();
    const auto queue = world.database.read([&](store::Tx& tx) { return queue_state(tx, before); });
    CHECK(queue.waiting == 0);
    CHECK(queue.median_wait_s == 42);

    world.write([&](store::Tx& tx) { return transfer(ana, tx, id, *ben.account, "Ben"); });
    CHECK(world.now().assignee == ben.account);
    CHECK(world.now().epoch == 3);
    const auto back = world.write([&](store::Tx& tx) { return return_to_agent(ben, tx, id); });
    CHECK(back.epoch == 4);
    CHECK(shown(world.log()).back() == "platform:You are talking to the assistant again.");
    CHECK(world.say("And now?").turn->epoch == 4);
  });
}

TEST_CASE("nobody comes: the fallback is said once and the conversation stays in the inbox") {
  each_support_world([](SupportWorld& world) {
    world.settings.keywords = {"human"};
    world.settings.fallback_message = "Call us at 555.";
    world.say("human");
    world.clock.advance(seconds(299));
    world.advance();
    CHECK(world.now().state == State::waiting_human);
    CHECK(world.log().size() == 4);
    world.clock.advance(seconds(1));
    world.advance();
    world.clock.advance(days(3));
    world.advance();
    CHECK(shown(world.log()).back() == "platform:Call us at 555.");
    CHECK(world.log().size() == 6);
    CHECK(world.now().state == State::waiting_human);
    const Conversation waiting = world.now();
    world.write([&](store::Tx& tx) { cancel_handover(tx, waiting); });
    CHECK(world.now().state == State::bot);
    CHECK(world.now().epoch == 3);
  });
}

TEST_CASE("a person who falls silent loses the conversation to the queue, and then to the agent") {
  each_support_world([](SupportWorld& world) {
    const Scope ana = world.person(AccountId::random());
    world.say("Hello");
    world.write([&](store::Tx& tx) { return claim(ana, tx, world.place.conversation, "Ana"); });
    world.say("Are you there?");
    world.clock.advance(seconds(30 * 60));
    world.advance();
    CHECK(world.now().state == State::waiting_human);
    CHECK_FALSE(world.now().assignee);
    world.clock.advance(seconds(300));
    world.advance();
    CHECK(world.now().state == State::bot);
    CHECK(shown(world.log()).back() == "platform:You are talking to the assistant again.");
  });
}

TEST_CASE("an idle conversation closes by itself; within a week it goes on, later it does not") {
  each_support_world([](SupportWorld& world) {
    const Heard heard = world.say("Hello");
    world.answer(*heard.turn, "Hello!");
    world.clock.advance(seconds(24 * 3'600));
    world.advance();
    CHECK(world.now().state == State::resolved);
    world.clock.advance(days(7));
    CHECK(world.say("One more thing").turn->epoch == 2);
    CHECK(world.now().state == State::bot);
    const Conversation open = world.now();
    world.write([&](store::Tx& tx) { close_by_visitor(tx, open); });
    world.clock.advance(days(7) + 1);
    CHECK(refused_with([&] { world.say("Hello again"); }) == Code::conflict);
  });
}

TEST_CASE("a run lost in a crash is found, with every word that has no answer") {
  each_support_world([](SupportWorld& world) {
    world.say("One");
    world.say("Two");
    const auto lost = [&] { return world.write([&](store::Tx& tx) { return lost_turns(tx, 10); }); };
    CHECK(lost().empty());
    world.write([&](store::Tx& tx) { release_turns(tx); });
    const auto turns = lost();
    REQUIRE(turns.size() == 1);
    CHECK(turns[0].text == "One\nTwo");
    CHECK(lost().empty());
    world.write([&](store::Tx& tx) { fail_turn(tx, turns[0]); });
    CHECK(shown(world.log()).back() ==
          "platform:I could not answer just now. Please try again in a moment, or ask for a person.");
    CHECK_FALSE(world.now().answering_until);
  });
}

TEST_CASE("what visitors may not say is refused before anything is stored") {
  each_support_world([](SupportWorld& world) {
    CHECK(refused_with([&] { world.say("   "); }) == Code::validation_failed);
    CHECK(refused_with([&] { world.say(std::string(4'001, 'a')); }) == Code::validation_failed);
    CHECK(refused_with([&] { world.say("\xff"); }) == Code::validation_failed);
    CHECK(world.log().empty());
    CHECK(world.say(std::string(4'000, 'a')).is_new);
    world.write([&](store::Tx& tx) { return set_blocked(world.scope, tx, world.place.conversation, true); });
    CHECK(refused_with([&] { world.say("Hello"); }) == Code::permission_denied);
    CHECK(world.log().size() == 1);
  });
}

TEST_CASE("feedback and rating are entries of the log; a rating can be changed for a day") {
  each_support_world([](SupportWorld& world) {
    const Heard heard = world.say("Hello");
    world.answer(*heard.turn, "Hello!");
    const MessageId answer = *world.log()[1].message.id;
    const auto judged = [&](const std::function<void(store::Tx&, const Conversation&)>& judge) {
      const Conversation conversation = world.now();
      world.write([&](store::Tx& tx) { judge(tx, conversation); });
    };
    judged([&](store::Tx& tx, const Conversation& conversation) { give_feedback(tx, conversation, answer, -1, "wrong"); });
    CHECK(refused_with([&] {
            judged([&](store::Tx& tx, const Conversation& conversation) {
              give_feedback(tx, conversation, *heard.entry.message.id, 1, "");
            });
          }) == Code::not_found);
    CHECK(refused_with([&] {
            judged([&](store::Tx& tx, const Conversation& conversation) { rate(tx, conversation, 6, ""); });
          }) == Code::validation_failed);
    judged([&](store::Tx& tx, const Conversation& conversation) { rate(tx, conversation, 2, "slow"); });
    world.clock.advance(days(1));
    judged([&](store::Tx& tx, const Conversation& conversation) { rate(tx, conversation, 5, "better"); });
    CHECK(world.now().rating == 5);
    world.clock.advance(1);
    CHECK(refused_with([&] {
            judged([&](store::Tx& tx, const Conversation& conversation) { rate(tx, conversation, 1, ""); });
          }) == Code::conflict);
    CHECK(shown(world.log()) == std::vector<std::string>{"visitor:Hello", "agent:Hello!", "feedback", "rating", "rating"});
  });
}

TEST_CASE("the inbox shows the longest waiting first, keeps projects apart and notes out of the log") {
  each_support_world([](SupportWorld& world) {
    world.settings.keywords = {"human"};
    world.say("Hello");
    const ConversationId talking = world.place.conversation;
    world.clock.advance(seconds(1));
    world.place.conversation = ConversationId::random();
    world.say("human one");
    const ConversationId first = world.place.conversation;
    world.clock.advance(seconds(1));
    world.place.conversation = ConversationId::random();
    world.place.project = ProjectId::random();
    world.say("human two");
    const ConversationId second = world.place.conversation;
    const auto listed = [&](const Scope& scope, const InboxFilter& filter) {
      std::vector<ConversationId> ids;
      for (const auto& item : world.database.read([&](store::Tx& tx) { return inbox(scope, tx, filter); }).items)
        ids.push_back(item.conversation.id);
      return ids;
    };
    CHECK(listed(world.scope, {}) == std::vector{first, second, talking});
    InboxFilter with_agent;
    with_agent.states = {State::bot};
    CHECK(listed(world.scope, with_agent) == std::vector{talking});
    InboxFilter two;
    two.search = "TWO";
    CHECK(listed(world.scope, two) == std::vector{second});
    two.search = "%";
    CHECK(listed(world.scope, two).empty());
    Scope elsewhere = world.scope;
    elsewhere.project = world.place.project;
    CHECK(listed(elsewhere, {}) == std::vector{second});
    CHECK(refused_with([&] { world.write([&](store::Tx& tx) { return claim(elsewhere, tx, first, "Eve"); }); }) ==
          Code::not_found);
    CHECK(listed(identity::system_scope(OrganizationId::random(), "other"), {}).empty());

    world.write([&](store::Tx& tx) { return add_note(world.scope, tx, second, "Ana", "Ask for the invoice number."); });
    const auto kept = world.database.read([&](store::Tx& tx) { return notes(world.scope, tx, second); });
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].after == 4);
    CHECK(world.log().size() == 4);
  });
}

TEST_CASE("canned answers have one text per shortcut and language; presence ends by itself") {
  each_support_world([](SupportWorld& world) {
    const auto put = [&](CannedAnswer answer) {
      return world.write([&](store::Tx& tx) { return put_canned_answer(world.scope, tx, answer); });
    };
    const CannedAnswer hello = put({.id = {}, .shortcut = "hello", .text = "Hello!", .language = "en"});
    put({.id = {}, .shortcut = "hello", .text = "Hallo!", .language = "de"});
    CHECK(refused_with([&] { put({.id = {}, .shortcut = "hello", .text = "Hi", .language = "en"}); }) == Code::conflict);
    put({.id = hello.id, .shortcut = "hello", .text = "Good day!", .language = "en"});
    const auto all = world.database.read([&](store::Tx& tx) { return canned_answers(world.scope, tx); });
    REQUIRE(all.size() == 2);
    CHECK(all[1].text == "Good day!");
    world.write([&](store::Tx& tx) { delete_canned_answer(world.scope, tx, hello.id); });
    CHECK(refused_with([&] { world.write([&](store::Tx& tx) { delete_canned_answer(world.scope, tx, hello.id); }); }) ==
          Code::not_found);

    world.write([&](store::Tx& tx) { set_presence(world.person(AccountId::random()), tx, "Ana", true); });
    const auto present = [&] { return world.database.read([&](store::Tx& tx) { return people_present(world.scope, tx); }); };
    CHECK(present().size() == 1);
    world.clock.advance(seconds(60));
    CHECK(present().empty());
  });
}

TEST_CASE("outside the hours the visitor learns when somebody is back, and nobody's clock runs") {
  each_support_world([](SupportWorld& world) {
    world.settings.keywords = {"human"};
    // Monday 09:00 UTC is 10:00 in Berlin.
    world.settings.hours =
        opening_hours(json::parse_or_refuse(R"({"zone":"Europe/Berlin","week":{"mon":[["11:00","17:00"]]}})"), "hours");
    world.say("human");
    CHECK(world.now().is_after_hours);
    CHECK(shown(world.log()).back().find("2026-03-02T10:00:00Z") != std::string::npos);
    world.clock.advance(days(2));
    world.advance();
    CHECK(world.log().size() == 4);
  });
}

}  // namespace guildhall::support
