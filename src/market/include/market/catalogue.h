// What is for sale: categories, service providers, offerings, components, plans (contracts/cmp.md §4, §7.1).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "identity/scope.h"
#include "store/tx.h"

namespace guildhall::market {

struct Category {
  CategoryId id;
  std::string slug;
  std::string title;
  std::string description;
  std::int64_t offering_count = 0;  ///< visible ones
};

enum class ProviderState : std::uint8_t { pending, approved, suspended };

struct ServiceProvider {
  ServiceProviderId id;
  OrganizationId organization;
  ProviderState state = ProviderState::approved;
  std::string description;
  Decimal revenue_share = Decimal::of("0.70");
  std::optional<Timestamp> terms_accepted_at;
  std::int64_t offering_count = 0;
  Timestamp created_at;
};

enum class OfferingState : std::uint8_t { draft, active, paused, archived };
std::string_view wire_name(OfferingState state);  ///< "Draft", "Active", "Paused", "Archived"
std::optional<OfferingState> parse_offering_state(std::string_view name);

enum class BillingType : std::uint8_t { fixed, usage, limit, one, few };
std::string_view wire_name(BillingType type);
std::optional<BillingType> parse_billing_type(std::string_view name);

struct Component {
  ComponentId id;
  OfferingId offering;
  std::string type;  ///< `[A-Za-z0-9_:/-]+`, unique per offering: "api_calls"
  std::string name;
  std::string description;
  std::string measured_unit;
  BillingType billing_type = BillingType::usage;
  std::string limit_period;  ///< month, quarterly, annual, total; empty
  std::int64_t unit_factor = 1;
  std::optional<std::int64_t> limit_amount;
  std::optional<std::int64_t> min_value;
  std::optional<std::int64_t> max_value;
  std::optional<std::int64_t> default_limit;
  std::string article_code;
  std::optional<std::int64_t> max_available_limit = std::nullopt;  ///< over all subscriptions of the offering
  bool is_boolean = false;                                         ///< a limit of 0 or 1
};

/// The limits an agent's plan sells (contracts/registry.md §2 Plan); absent for external offerings.
struct PlanTerms {
  std::string slug;  ///< unique per offering
  std::int64_t price_minor = 0;
  Currency currency = "EUR";
  std::string billing_period = "monthly";
  std::string billable_unit = "call";
  std::optional<std::int64_t> monthly_quota;  ///< nullopt: unlimited
  Decimal rate_limit_per_second = Decimal(5);
  std::optional<std::int64_t> burst;  ///< nullopt: ceil of the rate
  bool bills_overage = false;         ///< else refused at the limit
  Decimal overage_price;
  std::int64_t overage_cap_percent = 200;
  std::vector<std::string> features;
  bool custom_pricing = false;
  std::int64_t display_order = 0;
};

struct Plan {
  PlanId id;
  OfferingId offering;
  std::string name;
  std::string description;
  std::string unit = "month";  ///< month, quarter, half_month, day, hour, quantity
  std::optional<std::int64_t> max_amount;
  bool is_archived = false;
  std::string article_code;
  std::string backend_id;
  std::map<std::string, Decimal> prices;         ///< by component type
  std::map<std::string, Decimal> future_prices;  ///< set while the plan is in use
  std::map<std::string, std::int64_t> quotas;    ///< fixed components only
  PlanTerms terms;
  std::int64_t subscriptions_count = 0;
  Timestamp created_at;
};

struct Offering {
  OfferingId id;
  OrganizationId organization;  ///< the provider
  std::string organization_name;
  CategoryId category;
  std::string category_title;
  std::string slug;
  std::string name;
  std::string description;
  std::string full_description;
  std::string type = "Marketplace.Basic";  ///< or "Marketplace.Slurm"
  OfferingState state = OfferingState::draft;
  std::string paused_reason;
  bool is_shared = true;
  bool is_billable = true;
  std::optional<AgentId> agent;  ///< set: internal, provisioned and metered here
  std::string backend_id;
  std::string terms_of_service;
  json::Object attributes;
  json::Object options;
  json::Object plugin_options;
  std::vector<Component> components;
  std::vector<Plan> plans;
  Timestamp created_at;

  bool is_internal() const { return agent.has_value(); }
  /// Active plans that can be ordered.
  bool has_live_plan() const;
};

std::vector<Category> list_categories(store::Tx& tx);
/// By UUID text or slug; Refusal(not_found).
Category get_category(store::Tx& tx, std::string_view reference);
/// Creates the standard categories that are missing: customer_support, sales, hr, it_support, education, custom.
void ensure_categories(store::Tx& tx);

/// One per organization. Needs manage_organization there; audited; approved at once unless `requires_approval`.
ServiceProvider register_provider(const Scope& scope, store::Tx& tx, std::string_view description, bool requires_approval);
std::optional<ServiceProvider> find_provider(store::Tx& tx, OrganizationId organization);
ServiceProvider get_provider(store::Tx& tx, ServiceProviderId id);
std::vector<ServiceProvider> list_providers(store::Tx& tx);
/// Operators only. Suspending takes the right to provide away with this commit; offerings stay as they are.
ServiceProvider set_provider_state(const Scope& scope, store::Tx& tx, ServiceProviderId id, ProviderState state);
/// Remembers the acceptance of the publishing terms.
void accept_terms(const Scope& scope, store::Tx& tx);

struct OfferingFilter {
  std::string name;  ///< contains
  std::string name_exact;
  std::string keyword;  ///< in name or description
  std::optional<CategoryId> category;
  std::optional<OrganizationId> organization;
  std::vector<OfferingState> states;
  std::string type;
  std::size_t offset = 0;
  std::size_t limit = 10;
  std::string order;  ///< created, -created, name, -name
};
struct OfferingPage {
  std::vector<Offering> items;
  std::int64_t total = 0;
};

/// Shared ones that are Active or Paused: what anybody may see.
OfferingPage public_offerings(store::Tx& tx, const OfferingFilter& filter);
Offering public_offering(store::Tx& tx, OfferingId id);
/// All of the scope's organization.
OfferingPage provider_offerings(const Scope& scope, store::Tx& tx, const OfferingFilter& filter);
Offering get_offering(const Scope& scope, store::Tx& tx, OfferingId id);
std::optional<Offering> offering_of_agent(store::Tx& tx, OrganizationId provider, AgentId agent);
/// By id alone: for events and billing, which hold an id they were given by this room.
Offering offering_by_id(store::Tx& tx, OfferingId id);
Plan plan_by_id(store::Tx& tx, PlanId id);

/// In Draft, with components and plans. Needs provide_agents. Refusal(validation_failed) names the field.
Offering create_offering(const Scope& scope, store::Tx& tx, const Offering& values);
/// Name, description, category, attributes, options, flags. Archived: Refusal(validation_failed).
Offering update_offering(const Scope& scope, store::Tx& tx, const Offering& values);
/// §7.1: Refusal(invalid_transition) "Offering state is invalid." for any pair the table does not have.
Offering change_offering_state(const Scope& scope, store::Tx& tx, OfferingId id, OfferingState to,
                               std::string_view paused_reason);
/// Draft without subscriptions, else Refusal(permission_denied).
void delete_offering(const Scope& scope, store::Tx& tx, OfferingId id);

Component add_component(const Scope& scope, store::Tx& tx, OfferingId offering, const Component& values);
/// Everything but type and billing type. Refusal(not_found) for an unknown component.
Component update_component(const Scope& scope, store::Tx& tx, const Component& values);
/// Refusal(validation_failed) while the offering has any subscription.
void remove_component(const Scope& scope, store::Tx& tx, OfferingId offering, ComponentId component);
/// A fixed component with a price and no quota gets the quota 1.
Plan add_plan(const Scope& scope, store::Tx& tx, OfferingId offering, const Plan& values);
/// Refusal(validation_failed) while subscriptions use it.
Plan update_plan(const Scope& scope, store::Tx& tx, const Plan& values);
Plan archive_plan(const Scope& scope, store::Tx& tx, PlanId id);
/// Writes prices, or future prices while the plan is in use (§9.5).
Plan update_prices(const Scope& scope, store::Tx& tx, PlanId id, const std::map<std::string, Decimal>& prices);
/// Of fixed components.
Plan update_quotas(const Scope& scope, store::Tx& tx, PlanId id, const std::map<std::string, std::int64_t>& quotas);
/// The month job's first step (§9.7): future prices become prices. Returns how many; running it again changes nothing.
std::int64_t apply_future_prices(store::Tx& tx);

}  // namespace guildhall::market
