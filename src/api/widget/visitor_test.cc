// Who may talk to a widget: the rules of contracts/support-partner.md §4.6, through the routes themselves and without a socket.
#include "widget/visitor.h"

#include <doctest/doctest.h>

#include <string>

#include "edge/edge.h"
#include "edge/tables.h"
#include "identity/organizations.h"
#include "support/databases.h"
#include "widget/limits.h"

namespace guildhall::api::widget_dialect {
namespace {

constexpr const char* kShop = "https://shop.example";
constexpr const char* kKey = "pk_0123456789abcdef0123456789abcdef";

/// An exchange whose answer can be read afterwards.
class RecordedExchange final : public net::Exchange {
 public:
  explicit RecordedExchange(net::Request asked) : asked_(std::move(asked)) {}
  const net::Request& request() const override { return asked_; }
  void respond(net::Response response) override {
    answer = std::move(response);
    is_answered_ = true;
  }
  std::shared_ptr<net::Stream> stream(int, net::Headers) override { throw std::logic_error("no route of this test streams"); }
  bool is_answered() const override { return is_answered_; }

  net::Response answer;

 private:
  net::Request asked_;
  bool is_answered_ = false;
};

struct SilentMailer final : net::Mailer {
  void send(const net::Mail&) override { throw std::logic_error("nothing sends mail here"); }
};

/// One widget for shop.example and its subdomains on a database of its own.
struct WidgetWorld {
  explicit WidgetWorld(store::Database& opened)
      : database(opened),
        hasher(Secret("pepper")),
        client(net::ClientOptions{}),
        gateway(runtime::Engine{.database = &opened, .client = &client, .indexes = &indexes, .default_model = std::nullopt}),
        jobs(opened, {}, {}, {}),
        services{.database = opened,
                 .hasher = hasher,
                 .gateway = gateway,
                 .indexes = indexes,
                 .jobs = jobs,
                 .client = client,
                 .mailer = mailer,
                 .publishing = {},
                 .public_url = "https://guildhall.example",
                 .signing_key = Secret("signing"),
                 .version = "1"} {
    database.write([&](store::Tx& tx) {
      const auto account =
          identity::create_account(tx, {.username = "shop", .email = "shop@shop.example", .full_name = "Shop"}, "hash");
      const auto organization = identity::ensure_organization(tx, account, "test");
      tx.execute(
          "INSERT INTO widget (organization_id, widget_id, subscription_id, public_id, widget_key, name, position, theme, "
          "primary_color, domains,"
          " is_active, created_at) VALUES ($1, $2, $3, 'wgt_shop', $4, 'Shop', 'bottom-left', 'dark', '#1f5a46', $5, TRUE, $6)",
          {organization.id, WidgetId::random(), SubscriptionId::random(), kKey,
           R"(["shop.example","*.shop.example","localhost"])", tx.now()});
    });
  }

  net::Response call(net::Method method, const std::string& pattern, net::Request request) {
    for (const Route& route : table) {
      if (route.method != method || route.pattern != pattern) continue;
      request.method = method;
      request.request_id = "r1";
      request.remote_address = "192.0.2.7";
      RecordedExchange exchange(std::move(request));
      handle(route, services, exchange);
      REQUIRE(exchange.is_answered());
      return exchange.answer;
    }
    throw std::logic_error("no route " + pattern);
  }

  net::Response open(const std::string& origin, json::Object body = {{"widget_key", kKey}}) {
    net::Request request;
    if (!origin.empty()) request.headers.set("Origin", origin);
    request.body = json::write(body);
    return call(net::Method::post, "/widget/v1/sessions", std::move(request));
  }

  net::Response history(const std::string& conversation, const std::string& token, const std::string& origin) {
    net::Request request;
    if (!token.empty()) request.headers.set("Authorization", "Bearer " + token);
    if (!origin.empty()) request.headers.set("Origin", origin);
    request.parameters["conversation"] = conversation;
    return call(net::Method::get, "/widget/v1/conversations/{conversation}/messages", std::move(request));
  }

  store::Database& database;
  identity::PasswordHasher hasher;
  net::Client client;
  knowledge::Indexes indexes;
  gateway::Gateway gateway;
  delivery::Runner jobs;
  SilentMailer mailer;
  Services services;
  RouteTable table = [] {
    RouteTable rows;
    add(rows, Dialect::widget, widget_routes());
    return rows;
  }();
};

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
