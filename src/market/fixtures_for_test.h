// A marketplace for tests: an approved provider with an internal and two external offerings, and a customer with every role.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/errors.h"
#include "delivery/events.h"
#include "identity/organizations.h"
#include "market/catalogue.h"
#include "market/orders.h"

namespace guildhall::market::test {

/// internal_error stands for "was not refused".
inline Code refusal_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
  return Code::internal_error;
}

inline identity::Account person(store::Tx& tx, const std::string& name, bool is_staff = false) {
  return identity::create_account(tx, {.username = name, .email = name + "@example.org", .full_name = name, .is_staff = is_staff},
                                  "no-password");
}

inline Scope scope_of(store::Tx& tx, const identity::Account& account, OrganizationId organization,
                      std::optional<ProjectId> project = std::nullopt) {
  return identity::scope_for(tx, {.account = account, .credential = identity::Credential::session, .session = std::nullopt},
                             organization, "r-1", project);
}

inline OrganizationId company(store::Tx& tx, const identity::Account& owner, const std::string& name) {
  identity::Organization values;
  values.name = name;
  return identity::create_organization(tx, owner, values, "r-1").id;
}

inline ProjectId project_in(const Scope& scope, store::Tx& tx, const std::string& name) {
  identity::Project values;
  values.name = name;
  return identity::create_project(scope, tx, values).id;
}

inline Component component_of(const std::string& type, BillingType billing_type) {
  Component component;
  component.type = type;
  component.name = type;
  component.billing_type = billing_type;
  return component;
}

inline Plan plan_of(const std::string& name, std::int64_t price_minor = 0, std::optional<std::int64_t> quota = std::nullopt) {
  Plan plan;
  plan.name = name;
  plan.terms.price_minor = price_minor;
  plan.terms.monthly_quota = quota;
  return plan;
}

inline Offering offering_of(store::Tx& tx, const std::string& name) {
  Offering offering;
  offering.name = name;
  offering.category = get_category(tx, "custom").id;
  return offering;
}

struct Market {
  identity::Account provider_owner, owner;
  OrganizationId provider, customer;
  ProjectId project;
  Scope selling, buying;  ///< the owners of both sides
  Offering internal, basic, slurm;
};

/// Each offering has the components seats (limit, 1 to 10), fee (fixed), setup (one), change (few), calls (usage) and the
/// plans Free (0, 100 calls), Starter (29.00, 1000) and Enterprise (custom).
inline Offering sold_offering(const Scope& selling, store::Tx& tx, const std::string& name, const std::string& type,
                              bool internal) {
  Offering offering = offering_of(tx, name);
  offering.type = type;
  if (internal) offering.agent = AgentId::random();
  Component seats = component_of("seats", BillingType::limit);
  seats.min_value = 1;
  seats.max_value = 10;
  seats.default_limit = 1;
  offering.components = {seats, component_of("fee", BillingType::fixed), component_of("setup", BillingType::one),
                         component_of("change", BillingType::few), component_of("calls", BillingType::usage)};
  Plan starter = plan_of("Starter", 2900, 1000);
  starter.prices = {{"seats", Decimal(2)}, {"fee", Decimal(10)}, {"setup", Decimal(100)}, {"change", Decimal(50)}};
  Plan enterprise = plan_of("Enterprise", 0);
  enterprise.terms.custom_pricing = true;
  offering.plans = {plan_of("Free", 0, 100), starter, enterprise};
  const OfferingId id = create_offering(selling, tx, offering).id;
  return change_offering_state(selling, tx, id, OfferingState::active, {});
}

inline Market make_market(store::Tx& tx) {
  Market market;
  ensure_categories(tx);
  market.provider_owner = person(tx, "seller");
  market.owner = person(tx, "buyer");
  market.provider = company(tx, market.provider_owner, "Seller");
  market.customer = company(tx, market.owner, "Buyer");
  register_provider(scope_of(tx, market.provider_owner, market.provider), tx, "We sell.", false);
  market.selling = scope_of(tx, market.provider_owner, market.provider);
  market.buying = scope_of(tx, market.owner, market.customer);
  market.project = project_in(market.buying, tx, "Default");
  market.internal = sold_offering(market.selling, tx, "Assistant", "Marketplace.Basic", true);
  market.basic = sold_offering(market.selling, tx, "Hosting", "Marketplace.Basic", false);
  market.slurm = sold_offering(market.selling, tx, "Cluster", "Marketplace.Slurm", false);
  return market;
}

inline const Plan& plan_named(const Offering& offering, const std::string& name) {
  for (const Plan& plan : offering.plans) {
    if (plan.name == name) return plan;
  }
  throw std::logic_error("no plan " + name);
}

inline NewOrder order_for(const Market& market, const Offering& offering, const std::string& plan = "Free") {
  NewOrder order;
  order.project = market.project;
  order.offering = offering.id;
  order.plan = plan_named(offering, plan).id;
  return order;
}

/// Types of the organization's events since, in the order they happened.
inline std::vector<std::string> event_types(store::Tx& tx, OrganizationId organization, const std::string& prefix) {
  std::vector<std::string> types;
  for (const auto& stored : delivery::events_of(tx, organization, {}, 1000)) {
    if (stored.event.type.starts_with(prefix)) types.push_back(stored.event.type);
  }
  return types;
}

/// Thrown at the end of a write to try something without keeping it.
struct RolledBack {};

template <class Body>
void try_out(store::Database& database, Body&& body) {
  try {
    database.write([&](store::Tx& tx) {
      body(tx);
      throw RolledBack{};
    });
  } catch (const RolledBack&) {
  }
}

}  // namespace guildhall::market::test
