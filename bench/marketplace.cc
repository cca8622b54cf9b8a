// Filling a database with an agent and the many who bought it.
#include "marketplace.h"

#include <fmt/core.h>

#include "billing/invoices.h"
#include "delivery/events.h"
#include "identity/accounts.h"
#include "identity/organizations.h"
#include "load.h"
#include "market/catalogue.h"
#include "market/orders.h"
#include "registry/access.h"
#include "registry/agents.h"
#include "runtime/run.h"
#include "store/database.h"
#include "store/migrations.h"

namespace guildhall::bench {
namespace {

constexpr std::string_view kActor = "benchmark";

struct Person {
  identity::Account account;
  Scope scope;
};

Scope scope_in(store::Tx& tx, const identity::Account& account, OrganizationId organization) {
  return identity::scope_for(tx, {.account = account, .credential = identity::Credential::system, .session = std::nullopt},
                             organization, kActor);
}

Person make_person(store::Tx& tx, const std::string& name) {
  Person person;
  const std::string email = name + "@bench.example";
  person.account =
      identity::create_account(tx, {.username = email, .email = email, .full_name = name, .is_staff = false}, "no-password");
  person.scope = scope_in(tx, person.account, identity::ensure_organization(tx, person.account, kActor).id);
  return person;
}

market::Plan enterprise() {
  market::Plan plan;
  plan.name = "Enterprise";
  plan.terms.slug = "enterprise";
  plan.terms.rate_limit_per_second = Decimal(100);
  plan.terms.burst = 500;
  plan.terms.custom_pricing = true;
  return plan;
}

registry::Agent publish(store::Tx& tx, const std::string& flow_bytes) {
  Person provider = make_person(tx, "provider");
  market::register_provider(provider.scope, tx, "Benchmarks", false);
  provider.scope = scope_in(tx, provider.account, provider.scope.organization);
  market::accept_terms(provider.scope, tx);
  registry::StudioPublish request;
  request.flow_bytes = flow_bytes;
  request.flow_id = "bench";
  request.name = "Bench";
  request.description = "Published to be measured.";
  request.terms_accepted = true;
  request.auto_deploy = true;
  request.auto_publish = true;
  request.plans = {enterprise()};
  const registry::Publishing publishing{
      .catalogue = runtime::catalogue(), .review_required = false, .public_url = "http://127.0.0.1"};
  return registry::publish_from_studio(provider.scope, tx, publishing, request).agent;
}

struct Purchase {
  Person customer;
  SubscriptionId subscription;
};

Purchase buy(store::Tx& tx, const registry::Agent& agent, const std::string& name) {
  Purchase purchase{make_person(tx, name), {}};
  const Scope& scope = purchase.customer.scope;
  const auto offering = market::public_offering(tx, agent.offering.value());
  market::NewOrder order;
  order.project = identity::default_project(scope, tx).id;
  order.offering = offering.id;
  order.plan = offering.plans.at(0).id;
  order.accepts_terms = true;
  purchase.subscription = market::place_order(scope, tx, order).subscription;
  return purchase;
}

/// Opens the empty database, publishes, and lets `sell(tx, agent, name)` make each customer in a transaction of its own.
template <class Sell>
registry::Agent fill_market(const std::string& database_url, const std::string& flow_bytes, std::size_t customers,
                            const Sell& sell) {
  const SystemClock clock;
  delivery::Subscribers subscribers;
  registry::subscribe(subscribers);
  billing::subscribe(subscribers);
  const auto database = store::open_database({.url = database_url, .clock = &clock});
  store::migrate(*database);
  subscribers.attach(*database);
  const auto agent = database->write([&](store::Tx& tx) {
    market::ensure_categories(tx);
    return publish(tx, flow_bytes);
  });
  for (std::size_t i = 0; i < customers; ++i)
    database->write([&](store::Tx& tx) { sell(tx, agent, fmt::format("customer{}", i)); });
  return agent;
}

}  // namespace

Marketplace make_marketplace(const std::string& database_url, const std::string& flow_bytes, std::size_t customers) {
  Marketplace marketplace;
  const auto sell = [&](store::Tx& tx, const registry::Agent& agent, const std::string& name) {
    const Purchase purchase = buy(tx, agent, name);
    const Scope& scope = purchase.customer.scope;
    const auto keys = registry::list_keys(scope, tx, purchase.subscription);
    marketplace.keys.emplace_back(registry::claim_key(scope, tx, keys.at(0).id).plaintext.reveal());
  };
  marketplace.agent = fill_market(database_url, flow_bytes, customers, sell).agent_id;
  return marketplace;
}

std::vector<KnowledgeCustomer> make_knowledge_customers(const std::string& database_url, const std::string& flow_bytes,
                                                        std::size_t customers) {
  std::vector<KnowledgeCustomer> made;
  fill_market(database_url, flow_bytes, customers, [&](store::Tx& tx, const registry::Agent& agent, const std::string& name) {
    const Purchase purchase = buy(tx, agent, name);
    registry::NewKey key;
    key.name = "documents";
    key.scopes = {"read", "config"};
    const auto issued = registry::create_key(purchase.customer.scope, tx, purchase.subscription, key);
    made.push_back({purchase.subscription.text(), std::string(issued.plaintext.reveal())});
  });
  return made;
}

std::vector<std::string> chat_requests(const Marketplace& marketplace, bool is_streamed) {
  std::vector<std::string> requests;
  const std::string path = fmt::format("/api/v1/agents/{}/chat", marketplace.agent);
  const std::string body = fmt::format(R"({{"message":"How long does shipping to the islands take?","stream":{}}})", is_streamed);
  for (const auto& key : marketplace.keys) requests.push_back(post_request(path, key, body));
  return requests;
}

}  // namespace guildhall::bench
