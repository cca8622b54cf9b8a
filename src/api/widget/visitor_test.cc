// Who may talk to a widget: the rules of contracts/support-partner.md §4.6, through the routes themselves and without a socket.
#include "widget/visitor.h"

#include <doctest/doctest.h>

#include <string>

#include "widget/limits.h"
#include "widget/test_world.h"

namespace guildhall::api::widget_dialect {
namespace {

std::string code_of(const net::Response& response) {
  const json::Value body = json::parse_or_refuse(response.body);
  const json::Object* error = json::find_object(body, "error");
  return error == nullptr ? "" : std::string(json::text_of(*error, "code"));
}

struct Opened {
  std::string session_token;
  std::string resume_token;
  std::string conversation;
};

Opened opened(const net::Response& response) {
  REQUIRE(response.status == 200);
  const json::Value body = json::parse_or_refuse(response.body);
  return {std::string(json::text_of(body, "session_token")), std::string(json::text_of(body, "resume_token")),
          std::string(json::text_of(*json::find(body, "conversation"), "id"))};
}

TEST_CASE("a page of an allowed origin gets a session, and the answer names that one origin") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    WidgetWorld world(database);
    for (const std::string origin : {"https://shop.example", "https://www.shop.example", "http://localhost:5173"}) {
      const auto answer = world.open(origin);
      CHECK(answer.status == 200);
      CHECK(answer.headers.get_or("access-control-allow-origin", "") == origin);
      CHECK(answer.headers.get_or("vary", "") == "Origin");
      CHECK_FALSE(answer.headers.has("access-control-allow-credentials"));
    }
    const json::Value body = json::parse_or_refuse(world.open(kShop, {{"widget_id", "wgt_shop"}}).body);
    CHECK(json::text_of(*json::find(body, "config"), "primary_color") == "#1f5a46");
    CHECK(json::text_of(*json::find(body, "config"), "position") == "bottom-left");
    CHECK(json::integer_of(body, "seq") == 0);
  });
}

TEST_CASE("any other origin is refused and may not even read the refusal") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    WidgetWorld world(database);
    for (const std::string origin :
         {"", "null", "https://evil.example", "http://shop.example", "https://a.b.shop.example",
          "https://shop.example.evil.example", "https://shop.example:8443", "shop.example", "https://shop.example/", "*"}) {
      const auto answer = world.open(origin);
      CHECK_MESSAGE(answer.status == 403, origin);
      CHECK(code_of(answer) == "origin_not_allowed");
      CHECK_FALSE(answer.headers.has("access-control-allow-origin"));
    }
  });
}

TEST_CASE("an unknown widget looks like a foreign origin") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    WidgetWorld world(database);
    for (json::Object body :
         {json::Object{}, json::Object{{"widget_key", "pk_unknown"}}, json::Object{{"widget_key", "wgt_shop' OR '1'='1"}}}) {
      const auto answer = world.open(kShop, body);
      CHECK(answer.status == 403);
      CHECK(code_of(answer) == "origin_not_allowed");
    }
  });
}

TEST_CASE("a session token opens its own conversation from its own origin, for fifteen minutes") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    WidgetWorld world(database);
    const Opened session = opened(world.open(kShop));
    CHECK(world.history(session.conversation, session.session_token, kShop).status == 200);
    CHECK(world.history(session.conversation, session.session_token, "").status == 200);

    const auto foreign = world.history(session.conversation, session.session_token, "https://www.shop.example");
    CHECK(foreign.status == 403);
    CHECK_FALSE(foreign.headers.has("access-control-allow-origin"));
    CHECK(world.history(ConversationId::random().text(), session.session_token, kShop).status == 404);
    CHECK(world.history(session.conversation, "", kShop).status == 401);
    CHECK(world.history(session.conversation, "wt_forged.signature", kShop).status == 401);
    CHECK(world.history(session.conversation, session.resume_token, kShop).status == 401);
    CHECK(world.history(session.conversation, kKey, kShop).status == 401);

    clock.advance(kSessionTokenLifeUs);
    const auto expired = world.history(session.conversation, session.session_token, kShop);
    CHECK(expired.status == 401);
    CHECK(code_of(expired) == "token_invalid");
    CHECK(expired.headers.get_or("access-control-allow-origin", "") == kShop);
  });
}

TEST_CASE("a resume token goes on with its conversation from its own origin, for thirty days") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    WidgetWorld world(database);
    const Opened first = opened(world.open(kShop));
    const auto resumed = [&](const std::string& origin, const std::string& token) {
      return opened(world.open(origin, {{"widget_key", kKey}, {"resume_token", token}})).conversation;
    };
    CHECK(resumed(kShop, first.resume_token) == first.conversation);
    CHECK(resumed("https://www.shop.example", first.resume_token) != first.conversation);
    CHECK(resumed(kShop, first.session_token) != first.conversation);
    CHECK(resumed(kShop, "") != first.conversation);
    clock.advance(kResumeTokenLifeUs);
    CHECK(resumed(kShop, first.resume_token) != first.conversation);
  });
}

TEST_CASE("a widget that is switched off, or whose domains change, stops sessions under way") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    WidgetWorld world(database);
    const Opened session = opened(world.open(kShop));
    database.write([](store::Tx& tx) { tx.execute("UPDATE widget SET is_active = FALSE WHERE public_id = 'wgt_shop'"); });
    CHECK(world.history(session.conversation, session.session_token, kShop).status == 403);
    CHECK(world.open(kShop).status == 403);
  });
}

TEST_CASE("one address opens sixty sessions a minute, and the refusal says when to try again") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    WidgetWorld world(database);
    // The bucket refills while this runs, so a slow machine passes a few more.
    std::int64_t passed = 0;
    net::Response answer = world.open(kShop);
    for (; answer.status == 200 && passed < 100 * kSessionsPerMinuteOfAddress; ++passed) answer = world.open(kShop);
    CHECK(passed >= kSessionsPerMinuteOfAddress);
    CHECK(answer.status == 429);
    CHECK(answer.headers.has("retry-after"));
    CHECK(answer.headers.get_or("access-control-allow-origin", "") == kShop);
  });
}

}  // namespace
}  // namespace guildhall::api::widget_dialect
