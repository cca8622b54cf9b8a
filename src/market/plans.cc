// Plans of an offering and their prices.
#include "base/errors.h"
#include "checks.h"
#include "market/catalogue.h"
#include "offering_rows.h"
#include "plan_checks.h"

namespace guildhall::market {
namespace {

std::string features_text(const PlanTerms& terms) {
  json::Array features;
  for (const std::string& feature : terms.features) features.emplace_back(feature);
  return json::write(features);
}

/// The slug of a new or edited plan: as wanted when free, made from the name otherwise.
std::string plan_slug(store::Tx& tx, const Offering& offering, const Plan& values) {
  const auto is_taken = [&](const std::string& text) {
    return tx
        .first("SELECT 1 FROM plan WHERE organization_id = $1 AND offering_id = $2 AND slug = $3 AND plan_id <> $4",
               {offering.organization, offering.id, text, values.id})
        .has_value();
  };
  if (!values.terms.slug.empty()) {
    if (is_taken(values.terms.slug)) throw invalid_field("slug", "the offering has a plan '" + values.terms.slug + "' already");
    return values.terms.slug;
  }
  std::string text = slug(values.name, 50);
  if (is_taken(text)) text += "-" + values.id.hex().substr(0, 8);
  return text;
}

void write_price(store::Tx& tx, const Offering& offering, PlanId plan, const std::string& type, const Decimal& price,
                 bool in_use) {
  if (in_use) {
    tx.execute(
        "INSERT INTO plan_component (organization_id, plan_id, component_type, price, future_price, quota)"
        " VALUES ($1, $2, $3, NULL, $4, NULL)"
        " ON CONFLICT (organization_id, plan_id, component_type) DO UPDATE SET future_price = excluded.future_price",
        {offering.organization, plan, type, price});
  } else {
    tx.execute(
        "INSERT INTO plan_component (organization_id, plan_id, component_type, price, future_price, quota)"
        " VALUES ($1, $2, $3, $4, NULL, NULL)"
        " ON CONFLICT (organization_id, plan_id, component_type) DO UPDATE SET price = excluded.price, future_price = NULL",
        {offering.organization, plan, type, price});
  }
}

void write_quota(store::Tx& tx, const Offering& offering, PlanId plan, const std::string& type, std::int64_t quota) {
  tx.execute(
      "INSERT INTO plan_component (organization_id, plan_id, component_type, price, future_price, quota)"
      " VALUES ($1, $2, $3, NULL, NULL, $4)"
      " ON CONFLICT (organization_id, plan_id, component_type) DO UPDATE SET quota = excluded.quota",
      {offering.organization, plan, type, quota});
}

/// A fixed component costs its price once when nothing else is said.
void write_amounts(store::Tx& tx, const Offering& offering, const Plan& values) {
  for (const auto& [type, price] : values.prices) write_price(tx, offering, values.id, type, price, false);
  for (const Component& component : offering.components) {
    const auto quota = values.quotas.find(component.type);
    if (quota != values.quotas.end()) {
      write_quota(tx, offering, values.id, component.type, quota->second);
    } else if (component.billing_type == BillingType::fixed && values.prices.contains(component.type)) {
      write_quota(tx, offering, values.id, component.type, 1);
    }
  }
}

/// The plan's offering when the scope may edit it; a plan of another organization is not found.
Offering offering_of_plan(const Scope& scope, store::Tx& tx, PlanId id) {
  const auto row = tx.first("SELECT offering_id FROM plan WHERE organization_id = $1 AND plan_id = $2", {scope.organization, id});
  if (!row) throw not_found("plan");
  return offering_to_edit(scope, tx, row->id<OfferingId>(0));
}

Plan refuse_archived(Plan plan) {
  if (plan.is_archived) throw Refusal(Code::validation_failed, "plan '" + plan.name + "' is archived; add another one");
  return plan;
}

}  // namespace

Plan plan_by_id(store::Tx& tx, PlanId id) {
  auto plans = plans_of_rows(tx, tx.query("SELECT " + std::string(kPlanColumns) + " FROM plan p WHERE p.plan_id = $1", {id}));
  if (plans.empty()) throw not_found("plan");
  return std::move(plans.front());
}

Plan add_plan(const Scope& scope, store::Tx& tx, OfferingId offering_id, const Plan& values) {
  const Offering offering = offering_to_edit(scope, tx, offering_id);
  check_plan(offering, values);
  if (offering.plans.size() >= kPlansMax) throw invalid_field("plans", "an offering has at most 50 plans");
  Plan plan = values;
  plan.id = PlanId::random();
  const PlanTerms& terms = plan.terms;
  tx.execute(
      "INSERT INTO plan (organization_id, offering_id, plan_id, name, description, unit, max_amount, is_archived, article_code,"
      " backend_id, slug, price_minor, currency, billing_period, billable_unit, monthly_quota, rate_limit_per_second, burst,"
      " bills_overage, overage_price, overage_cap_percent, features, custom_pricing, display_order, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, "
      "$24)",
      {scope.organization,
       offering_id,
       plan.id,
       plan.name,
       plan.description,
       plan.unit,
       plan.max_amount,
       plan.article_code,
       plan.backend_id,
       plan_slug(tx, offering, plan),
       terms.price_minor,
       terms.currency,
       terms.billing_period,
       terms.billable_unit,
       terms.monthly_quota,
       terms.rate_limit_per_second,
       terms.burst,
       terms.bills_overage,
       terms.overage_price,
       terms.overage_cap_percent,
       features_text(terms),
       terms.custom_pricing,
       terms.display_order,
       tx.now()});
  write_amounts(tx, offering, plan);
  tell_about_offering(scope, tx, offering, "plan.create", {{"plan", plan.id.text()}});
  return plan_by_id(tx, plan.id);
}

Plan update_plan(const Scope& scope, store::Tx& tx, const Plan& values) {
  const Offering offering = offering_of_plan(scope, tx, values.id);
  const Plan before = refuse_archived(plan_by_id(tx, values.id));
  check_plan(offering, values);
  if (before.subscriptions_count > 0) {
    throw Refusal(Code::validation_failed, "plan '" + before.name + "' has subscribers; add another plan and archive this one");
  }
  const PlanTerms& terms = values.terms;
  tx.execute(
      "UPDATE plan SET name = $3, description = $4, unit = $5, max_amount = $6, article_code = $7, backend_id = $8, slug = $9,"
      " price_minor = $10, currency = $11, billing_period = $12, billable_unit = $13, monthly_quota = $14, rate_limit_per_second "
      "= $15,"
      " burst = $16, bills_overage = $17, overage_price = $18, overage_cap_percent = $19, features = $20, custom_pricing = $21,"
      " display_order = $22 WHERE organization_id = $1 AND plan_id = $2",
      {scope.organization,
       values.id,
       values.name,
       values.description,
       values.unit,
       values.max_amount,
       values.article_code,
       values.backend_id,
       plan_slug(tx, offering, values),
       terms.price_minor,
       terms.currency,
       terms.billing_period,
       terms.billable_unit,
       terms.monthly_quota,
       terms.rate_limit_per_second,
       terms.burst,
       terms.bills_overage,
       terms.overage_price,
       terms.overage_cap_percent,
       features_text(terms),
       terms.custom_pricing,
       terms.display_order});
  tx.execute("DELETE FROM plan_component WHERE organization_id = $1 AND plan_id = $2", {scope.organization, values.id});
  write_amounts(tx, offering, values);
  tell_about_offering(scope, tx, offering, "plan.update", {{"plan", values.id.text()}});
  return plan_by_id(tx, values.id);
}

Plan archive_plan(const Scope& scope, store::Tx& tx, PlanId id) {
  const Offering offering = offering_of_plan(scope, tx, id);
  refuse_archived(plan_by_id(tx, id));
  tx.execute("UPDATE plan SET is_archived = TRUE WHERE organization_id = $1 AND plan_id = $2", {scope.organization, id});
  tell_about_offering(scope, tx, offering, "plan.archive", {{"plan", id.text()}});
  return plan_by_id(tx, id);
}

Plan update_prices(const Scope& scope, store::Tx& tx, PlanId id, const std::map<std::string, Decimal>& prices) {
  const Offering offering = offering_of_plan(scope, tx, id);
  const Plan plan = refuse_archived(plan_by_id(tx, id));
  check_prices(offering, prices);
  for (const auto& [type, price] : prices) write_price(tx, offering, id, type, price, plan.subscriptions_count > 0);
  for (const Component& component : offering.components) {
    const bool needs_amount = component.billing_type == BillingType::fixed && !plan.quotas.contains(component.type);
    if (needs_amount && prices.contains(component.type)) write_quota(tx, offering, id, component.type, 1);
  }
  tell_about_offering(scope, tx, offering, "plan.update_prices", {{"plan", id.text()}, {"in_use", plan.subscriptions_count > 0}});
  return plan_by_id(tx, id);
}

Plan update_quotas(const Scope& scope, store::Tx& tx, PlanId id, const std::map<std::string, std::int64_t>& quotas) {
  const Offering offering = offering_of_plan(scope, tx, id);
  refuse_archived(plan_by_id(tx, id));
  check_quotas(offering, quotas);
  for (const auto& [type, quota] : quotas) write_quota(tx, offering, id, type, quota);
  tell_about_offering(scope, tx, offering, "plan.update_quotas", {{"plan", id.text()}});
  return plan_by_id(tx, id);
}

std::int64_t apply_future_prices(store::Tx& tx) {
  return tx.execute("UPDATE plan_component SET price = future_price, future_price = NULL WHERE future_price IS NOT NULL");
}

}  // namespace guildhall::market
