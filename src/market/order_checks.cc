// Checking orders: customer, project, plan, limits, callback.
#include "order_checks.h"

#include "base/errors.h"
#include "checks.h"
#include "offering_rows.h"

namespace guildhall::market {
namespace {

void check_limit(const Component& component, std::int64_t value) {
  const std::string field = "limits." + component.type;
  if (component.is_boolean && value != 0 && value != 1) throw invalid_field(field, "this is 0 or 1");
  if (value < 0) throw invalid_field(field, "a limit is not negative");
  if (component.min_value && value < *component.min_value) {
    throw invalid_field(field, "the smallest limit is " + std::to_string(*component.min_value));
  }
  if (component.max_value && value > *component.max_value) {
    throw invalid_field(field, "the largest limit is " + std::to_string(*component.max_value));
  }
  if (component.limit_amount && value > *component.limit_amount) {
    throw invalid_field(field, "at most " + std::to_string(*component.limit_amount) + " per period");
  }
}

/// The sum over live subscriptions stays within what the offering has. Locks the component's row until the transaction ends.
void check_available(store::Tx& tx, const Offering& offering, const Component& component, std::int64_t value,
                     SubscriptionId except) {
  if (!component.max_available_limit) return;
  tx.execute(
      "UPDATE offering_component SET position = position WHERE organization_id = $1 AND offering_id = $2 AND component_id = $3",
      {offering.organization, offering.id, component.id});
  std::int64_t used = 0;
  for (const store::Row& row : tx.query(
           "SELECT s.limits FROM subscription s WHERE s.offering_id = $1 AND s.subscription_id <> $2 AND " + std::string(kLive),
           {offering.id, except})) {
    used += json::integer_of(row.json(0), component.type).value_or(0);
  }
  if (value > *component.max_available_limit - used) {
    throw invalid_field("limits." + component.type,
                        "only " + std::to_string(std::max<std::int64_t>(0, *component.max_available_limit - used)) + " are left");
  }
}

}  // namespace

void check_customer(store::Tx& tx, OrganizationId organization) {
  const identity::Organization customer = identity::get_organization(identity::system_scope(organization, "market"), tx);
  if (!customer.is_active) throw invalid_field("customer", "organization '" + customer.name + "' is suspended; ask the operator");
  if (customer.is_archived) throw invalid_field("customer", "organization '" + customer.name + "' is archived");
}

void check_project_runs(store::Tx& tx, const identity::Project& project) {
  if (project.end_date && *project.end_date < date_of(tx.now())) {
    throw invalid_field("project", "project '" + project.name + "' ended on " + text(*project.end_date) + "; extend it first");
  }
}

void check_plan_is_free(store::Tx& tx, const Offering& offering, const Plan& plan, SubscriptionId except) {
  if (plan.offering != offering.id) throw invalid_field("plan", "this plan belongs to another offering");
  if (plan.is_archived) throw invalid_field("plan", "plan '" + plan.name + "' is archived; choose another");
  if (!plan.max_amount) return;
  tx.execute("UPDATE plan SET is_archived = is_archived WHERE organization_id = $1 AND plan_id = $2",
             {offering.organization, plan.id});
  const auto taken = tx.first(
      "SELECT count(*) FROM subscription s WHERE s.offering_id = $1 AND (s.plan_id = $2 OR s.pending_plan_id = $2)"
      " AND s.subscription_id <> $3 AND " +
          std::string(kLive),
      {offering.id, plan.id, except});
  const auto ordered = tx.first(
      "SELECT count(*) FROM market_order o WHERE o.offering_id = $1 AND o.plan_id = $2 AND o.type = 'Update'"
      " AND o.subscription_id <> $3 AND o.old_plan_id IS NOT NULL AND o.old_plan_id <> o.plan_id"
      " AND o.state IN ('pending-consumer', 'pending-project', 'pending-start-date', 'pending-provider',"
      " 'executing')",
      {offering.id, plan.id, except});
  if (taken->integer(0) + ordered->integer(0) >= *plan.max_amount) {
    throw invalid_field("plan", "plan '" + plan.name + "' is full; choose another");
  }
}

std::map<std::string, std::int64_t> checked_limits(store::Tx& tx, const Offering& offering,
                                                   const std::map<std::string, std::int64_t>& limits, SubscriptionId except) {
  std::map<std::string, std::int64_t> checked;
  for (const Component& component : offering.components) {
    const auto given = limits.find(component.type);
    if (component.billing_type != BillingType::limit) {
      if (given != limits.end()) throw invalid_field("limits." + component.type, "this component has no limits");
      continue;
    }
    const auto value = given != limits.end() ? std::optional(given->second) : component.default_limit;
    if (!value) {
      if (component.min_value.value_or(0) > 0) throw invalid_field("limits." + component.type, "this limit is required");
      continue;
    }
    check_limit(component, *value);
    check_available(tx, offering, component, *value, except);
    checked[component.type] = *value;
  }
  for (const auto& [type, value] : limits) {
    if (!checked.contains(type)) throw invalid_field("limits." + type, "the offering has no component '" + type + "'");
  }
  return checked;
}

void check_callback_url(std::string_view url) {
  if (url.empty()) return;
  check_text("callback_url", url, kUrlBytesMax);
  const std::size_t scheme = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  const std::string_view rest = url.substr(scheme);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const bool has_bad_sign = url.find_first_of(" \t\r\n\\<>\"") != std::string_view::npos;
  if (scheme == 0 || authority.empty() || authority.find('@') != std::string_view::npos || has_bad_sign) {
    throw invalid_field("callback_url", "Enter a valid URL: http or https, a host, no user name.");
  }
}

Decimal order_cost(const Offering& offering, const Plan& plan, const std::map<std::string, std::int64_t>& limits,
                   OrderType type) {
  Decimal cost;
  for (const Component& component : offering.components) {
    const auto found = plan.prices.find(component.type);
    if (found == plan.prices.end()) continue;
    const Decimal& price = found->second;
    const auto quota = plan.quotas.find(component.type);
    const auto limit = limits.find(component.type);
    switch (component.billing_type) {
      case BillingType::fixed: cost += price * Decimal(quota == plan.quotas.end() ? 1 : quota->second); break;
      case BillingType::limit:
        if (limit != limits.end()) {
          cost +=
              divided(price * Decimal(limit->second), Decimal(component.unit_factor), Decimal::kPlaces, Rounding::toward_zero);
        }
        break;
      case BillingType::one:
        if (type == OrderType::create) cost += price;
        break;
      case BillingType::few:
        if (type == OrderType::update) cost += price;
        break;
      case BillingType::usage: break;
    }
  }
  return cost;
}

}  // namespace guildhall::market
