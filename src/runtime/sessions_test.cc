// Sessions and messages on both databases.
#include <doctest/doctest.h>

#include "base/errors.h"
#include "runtime/sessions.h"
#include "support/databases.h"

namespace guildhall::runtime {
namespace {

using guildhall::test::for_each_database;

Message said(std::string sender, std::string text) {
  Message message;
  message.sender = std::move(sender);
  message.text = std::move(text);
  message.timestamp = guildhall::test::kStart;
  return message;
}

SessionKey key_in(OrganizationId organization, std::string session = "s") {
  return {.organization = organization, .owner = Uuid{{1}}, .session_id = std::move(session)};
}

Session store_all(store::Database& database, const SessionKey& key, std::vector<Message> messages, ConversationId wanted = {}) {
  return database.write([&](store::Tx& tx) {
    std::vector<Message> copy = messages;
    return store_messages(tx, key, wanted, "api", copy, "de");
  });
}

std::string texts(const std::vector<Message>& messages) {
  std::string all;
  for (const Message& message : messages) all += message.text + ";";
  return all;
}

std::string history_of(store::Database& database, const SessionKey& key, const HistoryFilter& filter = {}) {
  return database.read([&](store::Tx& tx) { return texts(history(tx, key, filter)); });
}

}  // namespace

TEST_CASE("messages are stored with their session, counted and read back whole") {
  for_each_database([](store::Database& database, ManualClock& clock) {
    const SessionKey key = key_in(OrganizationId::random());
    const ConversationId wanted = ConversationId::random();
    Message rich = said("Machine", "Hallo\n\"Welt\"");
    rich.files = {"a/b.png"};
    rich.source_id = "LLM-1";
    rich.source_display_name = "Language Model";
    rich.source_model = "stub";
    rich.usage = models::Usage{.input_tokens = 3, .output_tokens = 4, .is_estimated = true};
    rich.duration_ms = 12;
    rich.content_blocks = {json::Object{{"title", "Agent Steps"}}};
    rich.run_id = "r";
    rich.flow_id = "f";
    const Session session = store_all(database, key, {said("User", "Hi"), rich}, wanted);
    CHECK(session.id == wanted);
    CHECK(session.messages == 2);
    CHECK(session.channel == "api");
    CHECK(session.language == "de");
    CHECK(session.started_at == guildhall::test::kStart);
    clock.advance(seconds(5));
    const Session again = store_all(database, key, {said("User", "More")}, ConversationId::random());
    CHECK(again.id == wanted);
    CHECK(again.messages == 3);
    CHECK(again.updated_at == guildhall::test::kStart + seconds(5));
    const auto all = database.read([&](store::Tx& tx) { return history(tx, key, {}); });
    REQUIRE(all.size() == 3);
    CHECK(to_json(all[1])["text"] == json::Value("Hallo\n\"Welt\""));
    CHECK(all[1].files == rich.files);
    CHECK(all[1].source_display_name == "Language Model");
    CHECK(all[1].usage->total() == 7);
    CHECK(all[1].usage->is_estimated);
    CHECK(all[1].duration_ms == 12);
    CHECK(all[1].content_blocks == rich.content_blocks);
    CHECK(all[1].session_id == "s");
    CHECK(all[0].id != all[1].id);
  });
}

TEST_CASE("history: the newest n, oldest first, by sender, name and context, without errors") {
  for_each_database([](store::Database& database, ManualClock&) {
    const SessionKey key = key_in(OrganizationId::random());
    Message error = said("Machine", "boom");
    error.is_error = true;
    Message elsewhere = said("User", "ctx");
    elsewhere.context_id = "c";
    Message named = said("Machine", "m2");
    named.sender_name = "Pip";
    store_all(database, key, {said("User", "u1"), said("Machine", "m1"), error, elsewhere, said("User", "u2"), named});
    CHECK(history_of(database, key) == "u1;m1;u2;m2;");
    CHECK(history_of(database, key, {.newest = 2, .sender = {}, .sender_name = {}, .context_id = {}}) == "u2;m2;");
    CHECK(history_of(database, key, {.newest = 0, .sender = {}, .sender_name = {}, .context_id = {}}).empty());
    CHECK(history_of(database, key, {.newest = 9, .sender = "User", .sender_name = {}, .context_id = {}}) == "u1;u2;");
    CHECK(history_of(database, key, {.newest = 9, .sender = {}, .sender_name = "Pip", .context_id = {}}) == "m2;");
    CHECK(history_of(database, key, {.newest = 9, .sender = {}, .sender_name = {}, .context_id = "c"}) == "ctx;");
  });
}

TEST_CASE("equal session ids of other organizations and owners never meet") {
  for_each_database([](store::Database& database, ManualClock&) {
    const SessionKey mine = key_in(OrganizationId::random());
    const SessionKey theirs = key_in(OrganizationId::random());
    SessionKey other_owner = mine;
    other_owner.owner = Uuid{{2}};
    const Session session = store_all(database, mine, {said("User", "mine")});
    CHECK(history_of(database, theirs).empty());
    CHECK(history_of(database, other_owner).empty());
    store_all(database, theirs, {said("User", "theirs")});
    CHECK(history_of(database, mine) == "mine;");
    const Scope stranger = identity::system_scope(theirs.organization, "test");
    const Scope owner = identity::system_scope(mine.organization, "test");
    const auto code_of = [&](const Scope& scope, Uuid of) {
      try {
        database.read([&](store::Tx& tx) { return get_conversation(scope, tx, of, session.id).messages; });
      } catch (const Refusal& refusal) {
        return refusal.code;
      }
      return Code::internal_error;
    };
    CHECK(code_of(stranger, mine.owner) == Code::not_found);
    CHECK(code_of(owner, other_owner.owner) == Code::not_found);
    CHECK(database.read([&](store::Tx& tx) { return get_conversation(owner, tx, mine.owner, session.id).messages; }) == 1);
    CHECK_THROWS_AS(database.read([&](store::Tx& tx) { return messages_of(stranger, tx, session.id).size(); }), Refusal);
    CHECK(database.read([&](store::Tx& tx) { return texts(messages_of(owner, tx, session.id)); }) == "mine;");
    CHECK_FALSE(database.write([&](store::Tx& tx) { return delete_session(stranger, tx, mine); }));
    CHECK(history_of(database, mine) == "mine;");
    CHECK(database.write([&](store::Tx& tx) { return delete_session(owner, tx, mine); }));
    CHECK(history_of(database, mine).empty());
    CHECK_FALSE(database.read([&](store::Tx& tx) { return find_session(tx, mine).has_value(); }));
    CHECK(history_of(database, theirs) == "theirs;");
  });
}

TEST_CASE("a message whose id exists is updated in place and not counted twice") {
  for_each_database([](store::Database& database, ManualClock&) {
    const SessionKey key = key_in(OrganizationId::random());
    Message first = said("Machine", "draft");
    first.id = MessageId::random();
    store_all(database, key, {said("User", "u"), first});
    first.text = "final";
    CHECK(store_all(database, key, {first, said("User", "next")}).messages == 3);
    CHECK(history_of(database, key) == "u;final;next;");
  });
}

TEST_CASE("a message's id cannot reach into another session") {
  for_each_database([](store::Database& database, ManualClock&) {
    const OrganizationId organization = OrganizationId::random();
    Message mine = said("User", "mine");
    mine.id = MessageId::random();
    store_all(database, key_in(organization, "a"), {mine});
    mine.text = "overwritten";
    store_all(database, key_in(organization, "b"), {mine});
    CHECK(history_of(database, key_in(organization, "a")) == "mine;");
    CHECK(history_of(database, key_in(organization, "b")).empty());
  });
}

TEST_CASE("the oldest messages beyond 10,000 are dropped") {
  for_each_database([](store::Database& database, ManualClock&) {
    const SessionKey key = key_in(OrganizationId::random());
    std::vector<Message> many;
    for (int i = 0; i < 10'000; ++i) many.push_back(said("User", std::to_string(i)));
    CHECK(store_all(database, key, many).messages == 10'000);
    const Session session = store_all(database, key, {said("User", "x"), said("User", "y")});
    CHECK(session.messages == 10'000);
    const Scope scope = identity::system_scope(key.organization, "test");
    const auto kept = database.read([&](store::Tx& tx) { return messages_of(scope, tx, session.id); });
    CHECK(kept.size() == 10'000);
    CHECK(kept.front().text == "2");
    CHECK(kept.back().text == "y");
  });
}

TEST_CASE("sessions are listed by owner, the latest first") {
  for_each_database([](store::Database& database, ManualClock& clock) {
    const OrganizationId organization = OrganizationId::random();
    for (const char* id : {"one", "two", "three"}) {
      store_all(database, key_in(organization, id), {said("User", id)});
      clock.advance(seconds(1));
    }
    const Scope scope = identity::system_scope(organization, "test");
    const auto sessions = database.read([&](store::Tx& tx) { return list_sessions(scope, tx, Uuid{{1}}, 2); });
    REQUIRE(sessions.size() == 2);
    CHECK(sessions[0].key.session_id == "three");
    CHECK(sessions[1].key.session_id == "two");
  });
}

TEST_CASE("session ids: at most 128 printable characters") {
  for (const char* good : {"", "abc", "ünï-çødé 你好", "a b/c:d"}) CHECK_NOTHROW(check_session_id(good));
  CHECK_NOTHROW(check_session_id(std::string(128, 'x')));
  for (const std::string& bad : {std::string(129, 'x'), std::string("a\nb"), std::string("a\0b", 3), std::string("\x7F"),
                                 std::string("\xC2\x85"), std::string("\xFF")}) {
    CHECK_THROWS_AS(check_session_id(bad), Refusal);
  }
}

}  // namespace guildhall::runtime
