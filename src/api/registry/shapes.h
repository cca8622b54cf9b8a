// JSON shapes several registry routes share.
#pragma once

#include "billing/ledger.h"
#include "edge/access_target.h"
#include "edge/call.h"
#include "edge/describe.h"
#include "market/orders.h"
#include "registry/access.h"
#include "registry/agents.h"
#include "registry/plans.h"

namespace guildhall::api::registry_dialect {

/// A page of a list: `page` from 1, `page_size` 25, at most 100.
struct Paging {
  std::size_t page = 1;
  std::size_t size = 25;
  std::size_t offset() const { return (page - 1) * size; }
};
Paging paging_of(const Call& call);
/// {"count","next","previous","results"} with absolute links.
json::Object list_of(const Call& call, const Paging& paging, std::int64_t total, json::Array results);

json::Object agent_json(const registry::Agent& agent);
json::Object version_json(const registry::AgentVersion& version);
json::Object plan_json(const market::Plan& plan);
json::Object key_json(const registry::AccessKey& key);
/// Usage of a month, from the ledger (contracts/registry.md §8). Needs read_usage.
json::Object usage_json(const Scope& scope, store::Tx& tx, const market::Subscription& subscription, const Cycle& cycle);
json::Object widget_json(const Call& call, const registry::Widget& widget);
/// What a publish warns of after its smoke run: nothing, or one warning (contracts/registry.md §13).
json::Array smoke_warnings(Call& call, const Scope& scope, AgentId agent);
json::Array strings(const std::vector<std::string>& values);
json::Value optional_time(const std::optional<Timestamp>& value);

/// A plan as requests write it (contracts/registry.md §2).
struct PlanIn {
  std::string name;
  std::optional<std::string> slug;
  std::optional<std::string> description;
  std::int64_t price_cents = 0;
  std::optional<std::string> currency;
  std::optional<std::string> billing_period;
  std::optional<std::string> billable_unit;
  std::optional<std::int64_t> monthly_quota;
  std::optional<Decimal> rate_limit_per_second;
  std::optional<std::int64_t> burst;
  std::optional<std::string> overage_mode;
  std::optional<Decimal> overage_price;
  std::optional<std::int64_t> overage_cap_percent;
  std::optional<std::vector<std::string>> features;
  std::optional<bool> custom_pricing;
  std::optional<std::int64_t> display_order;
};
BOOST_DESCRIBE_STRUCT(PlanIn, (),
                      (name, slug, description, price_cents, currency, billing_period, billable_unit, monthly_quota,
                       rate_limit_per_second, burst, overage_mode, overage_price, overage_cap_percent, features, custom_pricing,
                       display_order))
/// Refusal(validation_failed) naming the field under `path` ("plans[0]").
market::Plan plan_of(const PlanIn& in, const std::string& path);
std::vector<market::Plan> plans_of(const std::vector<PlanIn>& list);

/// The agent behind `{agent}` among the caller's own.
struct AgentTarget {
  Scope scope;
  registry::Agent agent;
};
AgentTarget agent_target(Call& call, store::Tx& tx);

}  // namespace guildhall::api::registry_dialect
