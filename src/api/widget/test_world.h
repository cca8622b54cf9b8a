// One installation with one widget, for tests of the widget's routes: real rooms, no socket.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

#include "api/live.h"
#include "edge/edge.h"
#include "edge/tables.h"
#include "identity/organizations.h"
#include "knowledge/extractor.h"
#include "support/databases.h"
#include "widget/tokens.h"

namespace guildhall::api::widget_dialect {

inline constexpr const char* kShop = "https://shop.example";
inline constexpr const char* kKey = "pk_0123456789abcdef0123456789abcdef";

/// A stream that keeps what was written.
struct RecordedStream final : net::Stream {
  bool write(std::string_view more) override {
    bytes += more;
    return !has_left;
  }
  bool offer(std::string_view more) override { return write(more); }
  void finish() override { is_finished = true; }
  bool is_open() const override { return !has_left; }

  std::string bytes;
  bool is_finished = false;
  bool has_left = false;
};

/// An exchange whose answer can be read afterwards.
class RecordedExchange final : public net::Exchange {
 public:
  explicit RecordedExchange(net::Request asked) : asked_(std::move(asked)) {}
  const net::Request& request() const override { return asked_; }
  void respond(net::Response response) override {
    answer = std::move(response);
    is_answered_ = true;
  }
  std::shared_ptr<net::Stream> stream(int status, net::Headers headers) override {
    answer.status = status;
    answer.headers = std::move(headers);
    is_answered_ = true;
    streamed = std::make_shared<RecordedStream>();
    return streamed;
  }
  bool is_answered() const override { return is_answered_; }

  net::Response answer;
  std::shared_ptr<RecordedStream> streamed;

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
        gateway(runtime::Engine{
            .database = &opened, .client = &client, .indexes = &indexes, .extractor = &extractor, .default_model = std::nullopt}),
        live(opened),
        jobs(opened, {}, {}, {}),
        services{.database = opened,
                 .hasher = hasher,
                 .gateway = gateway,
                 .live = live,
                 .indexes = indexes,
                 .search_models = search_models,
                 .jobs = jobs,
                 .client = client,
                 .extractor = extractor,
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
  models::SearchModels search_models{client, std::nullopt};
  knowledge::Extractor extractor = knowledge::Extractor::in_process();
  knowledge::Indexes indexes;
  gateway::Gateway gateway;
  Live live;
  delivery::Runner jobs;
  SilentMailer mailer;
  Services services;
  RouteTable table = [] {
    RouteTable rows;
    add(rows, Dialect::widget, widget_routes());
    return rows;
  }();
};

}  // namespace guildhall::api::widget_dialect
