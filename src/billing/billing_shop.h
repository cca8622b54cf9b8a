// A provider with one offering and a customer who orders it: what tests of invoices start from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "billing/invoices.h"
#include "billing/quota.h"
#include "identity/organizations.h"
#include "market/orders.h"
#include "support/databases.h"

namespace guildhall::billing::samples {

inline market::Component component_of(std::string type, market::BillingType billing_type, std::string limit_period = "") {
  market::Component component;
  component.type = type;
  component.name = std::move(type);
  component.measured_unit = "unit";
  component.billing_type = billing_type;
  component.limit_period = std::move(limit_period);
  return component;
}

/// Plans differ by slug; a dearer one is an upgrade.
inline market::Plan plan_of(std::string slug, std::map<std::string, Decimal> prices, std::string unit = "month") {
  market::Plan plan;
  plan.name = slug;
  plan.unit = std::move(unit);
  plan.prices = std::move(prices);
  plan.terms.slug = std::move(slug);
  return plan;
}

class Shop {
 public:
  Shop(store::Database& database, ManualClock& clock, std::string_view now) : database_(database), clock_(clock) {
    subscribe(subscribers_);
    subscribers_.attach(database);
    go_to(now);
    database.write([&](store::Tx& tx) {
      market::ensure_categories(tx);
      provider_ = open_organization(tx, "provider");
      customer_ = open_organization(tx, "customer");
      market::register_provider(scope_of(provider_), tx, "sells agents", false);
    });
  }
  ~Shop() { database_.set_listener({}); }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  void go_to(std::string_view now) { clock_.set(parse_timestamp(now).value()); }
  static Scope scope_of(OrganizationId organization) { return identity::system_scope(organization, "test"); }
  Scope customer() const { return scope_of(customer_); }
  OrganizationId customer_id() const { return customer_; }
  OrganizationId provider_id() const { return provider_; }
  AgentId agent() const { return agent_; }

  market::Offering sell(std::vector<market::Component> components, std::vector<market::Plan> plans, bool is_billable = true) {
    return database_.write([&](store::Tx& tx) {
      market::Offering offering;
      offering.category = market::get_category(tx, "custom").id;
      offering.name = "Helper";
      offering.is_billable = is_billable;
      offering.agent = AgentId::random();
      agent_ = *offering.agent;
      offering.components = components;
      offering.plans = plans;
      const market::Offering made = market::create_offering(scope_of(provider_), tx, offering);
      return market::change_offering_state(scope_of(provider_), tx, made.id, market::OfferingState::active, "");
    });
  }

  SubscriptionId order(const market::Offering& offering, std::string_view plan, std::map<std::string, std::int64_t> limits = {}) {
    return database_.write([&](store::Tx& tx) {
      market::NewOrder values;
      values.project = identity::default_project(customer(), tx).id;
      values.offering = offering.id;
      values.plan = plan_named(offering, plan);
      values.limits = std::move(limits);
      return market::place_order(customer(), tx, values).subscription;
    });
  }
  void switch_plan(SubscriptionId subscription, const market::Offering& offering, std::string_view plan) {
    database_.write([&](store::Tx& tx) { market::switch_plan(customer(), tx, subscription, plan_named(offering, plan)); });
  }
  void set_limits(SubscriptionId subscription, const std::map<std::string, std::int64_t>& limits) {
    database_.write([&](store::Tx& tx) { market::update_limits(customer(), tx, subscription, limits); });
  }
  void end(SubscriptionId subscription) {
    database_.write([&](store::Tx& tx) { market::terminate(customer(), tx, subscription); });
  }
  /// The invoice of the month it is.
  Invoice running() {
    return database_.read([&](store::Tx& tx) { return running_invoice(customer(), tx, cycle_of(clock_.now())); });
  }
  /// "quantity, price" of every item.
  std::vector<std::string> lines() {
    std::vector<std::string> lines;
    for (const InvoiceItem& item : running().items) lines.push_back(item.quantity.text() + ", " + item.price().text(2));
    return lines;
  }

  static PlanId plan_named(const market::Offering& offering, std::string_view name) {
    for (const market::Plan& plan : offering.plans) {
      if (plan.name == name) return plan.id;
    }
    throw std::logic_error("no such plan");
  }

  /// A ledger row of the subscription under the plan it has now.
  UsageRecord usage(SubscriptionId subscription, std::string request_id, const Decimal& units, std::string unit = "call") {
    return database_.read([&](store::Tx& tx) {
      const market::Subscription now = market::subscription_by_id(tx, subscription).value();
      UsageRecord record;
      record.request_id = std::move(request_id);
      record.organization = customer_;
      record.project = now.project;
      record.subscription = subscription;
      record.provider = provider_;
      record.agent = agent_;
      record.plan = now.plan;
      record.status = 200;
      record.billable_unit = std::move(unit);
      record.units = units;
      return record;
    });
  }
  void append(const UsageRecord& record) {
    database_.write([&](store::Tx& tx) { append_usage(tx, record); });
  }

 private:
  OrganizationId open_organization(store::Tx& tx, const std::string& name) {
    identity::NewAccount values;
    values.username = name;
    values.email = name + "@example.org";
    const identity::Account account = identity::create_account(tx, values, "none");
    return identity::ensure_organization(tx, account, "test").id;
  }

  store::Database& database_;
  ManualClock& clock_;
  delivery::Subscribers subscribers_;
  OrganizationId provider_;
  OrganizationId customer_;
  AgentId agent_;
};

}  // namespace guildhall::billing::samples
