// Checking plans: units, terms, prices and quotas (contracts/cmp.md §4, contracts/registry.md §2).
#include "plan_checks.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/errors.h"
#include "checks.h"

namespace guildhall::market {
namespace {

constexpr std::array<std::string_view, 6> kUnits{"month", "quarter", "half_month", "day", "hour", "quantity"};
constexpr std::array<std::string_view, 2> kBillingPeriods{"monthly", "yearly"};
constexpr std::array<std::string_view, 5> kBillableUnits{"call", "message", "conversation", "token", "resolution"};

void check_choice(const char* field, std::string_view value, std::span<const std::string_view> choices) {
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    throw invalid_field(field, "\"" + std::string(prefix_bytes(value, 40)) + "\" is not a valid choice.");
  }
}

const Component* component_named(const Offering& offering, const std::string& type) {
  for (const Component& component : offering.components) {
    if (component.type == type) return &component;
  }
  return nullptr;
}

void check_terms(const PlanTerms& terms) {
  check_text("slug", terms.slug, 60);
  if (terms.price_minor < 0) throw invalid_field("price_cents", "a price is not negative");
  if (terms.currency.size() != 3 ||
      !std::all_of(terms.currency.begin(), terms.currency.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    throw invalid_field("currency", "a currency is three capital letters");
  }
  check_choice("billing_period", terms.billing_period, kBillingPeriods);
  check_choice("billable_unit", terms.billable_unit, kBillableUnits);
  if (terms.monthly_quota.value_or(0) < 0) throw invalid_field("monthly_quota", "a quota is not negative");
  if (terms.rate_limit_per_second <= Decimal(0) || terms.rate_limit_per_second > Decimal(kRatePerSecondMax)) {
    throw invalid_field("rate_limit_per_second", "a rate is above 0 and at most 100 per second");
  }
  if (terms.burst.value_or(1) < 1) throw invalid_field("burst", "a burst is at least 1");
  if (terms.overage_price.is_negative()) throw invalid_field("overage_price", "a price is not negative");
  if (terms.overage_cap_percent < 100) throw invalid_field("overage_cap_percent", "a cap is at least 100 percent");
  if (terms.features.size() > kFeaturesMax) throw invalid_field("features", "a plan has at most 50 features");
  for (const std::string& feature : terms.features) check_text("features", feature, kNameBytesMax, true);
}

}  // namespace

void check_plan(const Offering& offering, const Plan& values) {
  check_text("name", values.name, kNameBytesMax, true);
  check_text("description", values.description, kDescriptionBytesMax);
  check_text("article_code", values.article_code, 30);
  check_text("backend_id", values.backend_id, kNameBytesMax);
  check_choice("unit", values.unit, kUnits);
  if (values.max_amount.value_or(1) < 1) throw invalid_field("max_amount", "a plan is for one subscription at least");
  check_terms(values.terms);
  check_prices(offering, values.prices);
  check_quotas(offering, values.quotas);
}

void check_prices(const Offering& offering, const std::map<std::string, Decimal>& prices) {
  for (const auto& [type, price] : prices) {
    if (component_named(offering, type) == nullptr) throw invalid_field("prices", "the offering has no component '" + type + "'");
    if (price.is_negative()) throw invalid_field("prices", "the price of '" + type + "' is not negative");
  }
}

void check_quotas(const Offering& offering, const std::map<std::string, std::int64_t>& quotas) {
  for (const auto& [type, quota] : quotas) {
    const Component* component = component_named(offering, type);
    if (component == nullptr) throw invalid_field("quotas", "the offering has no component '" + type + "'");
    if (component->billing_type != BillingType::fixed) throw invalid_field("quotas", "'" + type + "' is not a fixed component");
    if (quota < 0) throw invalid_field("quotas", "the quota of '" + type + "' is not negative");
  }
}

}  // namespace guildhall::market
