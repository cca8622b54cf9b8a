// Reading offerings with their components and plans; private to market.
#pragma once

#include <string_view>
#include <vector>

#include "identity/audit.h"
#include "market/catalogue.h"

namespace guildhall::market {

inline constexpr std::string_view kOfferingColumns =
    "o.offering_id, o.organization_id, o.category_id, c.title, o.slug, o.name, o.description, o.full_description, o.type, "
    "o.state,"
    " o.paused_reason, o.is_shared, o.is_billable, o.agent_id, o.backend_id, o.terms_of_service, o.attributes, o.options,"
    " o.plugin_options, o.created_at";
inline constexpr std::string_view kOfferingFrom = "offering o JOIN category c ON c.category_id = o.category_id";

/// A subscription that counts: neither terminated nor erred while creating. `s` is the table.
inline constexpr std::string_view kLive = "s.state <> 'Terminated' AND NOT (s.state = 'Erred' AND s.activated_at IS NULL)";

/// With components, plans, counts and the organization's name.
std::vector<Offering> offerings_of_rows(store::Tx& tx, const store::Rows& rows);
std::vector<Plan> plans_of_rows(store::Tx& tx, const store::Rows& rows);
Component component_of_row(const store::Row& row);

inline constexpr std::string_view kComponentColumns =
    "component_id, offering_id, type, name, description, measured_unit, billing_type, limit_period, unit_factor, limit_amount,"
    " min_value, max_value, max_available_limit, default_limit, is_boolean, article_code";
inline constexpr std::string_view kPlanColumns =
    "p.plan_id, p.offering_id, p.name, p.description, p.unit, p.max_amount, p.is_archived, p.article_code, p.backend_id, p.slug,"
    " p.price_minor, p.currency, p.billing_period, p.billable_unit, p.monthly_quota, p.rate_limit_per_second, p.burst,"
    " p.bills_overage, p.overage_price, p.overage_cap_percent, p.features, p.custom_pricing, p.display_order, p.created_at";

/// The offering if it is the scope's organization's, and the right to change it; Refusal(not_found), then (permission_denied).
Offering offering_to_change(const Scope& scope, store::Tx& tx, OfferingId id);
/// As above, and Refusal(validation_failed) for an archived one.
Offering offering_to_edit(const Scope& scope, store::Tx& tx, OfferingId id);
/// The audit row and the event "offering.changed" of one change.
void tell_about_offering(const Scope& scope, store::Tx& tx, const Offering& offering, std::string_view action,
                         json::Object details);

}  // namespace guildhall::market
