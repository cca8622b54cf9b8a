// The plans of an agent, and the prices their terms mean for the offering's components.
#include "registry/plans.h"

#include <algorithm>
#include <tuple>

#include "agent_rows.h"
#include "base/errors.h"
#include "base/text.h"
#include "limits.h"
#include "listing.h"

namespace guildhall::registry {
namespace {

constexpr std::string_view kFee = "plan_fee";
constexpr std::string_view kOverage = "api_calls_overage";

/// The fee is per month, whatever the period it is agreed for.
Decimal monthly_fee(const market::PlanTerms& terms) {
  const Decimal price = Decimal::of_units(terms.price_minor, 2);
  return terms.billing_period == "yearly" ? divided(price, Decimal(12), Decimal::kPlaces, Rounding::half_even) : price;
}

/// The plan as the market keeps it: everything but name, description and terms follows from those.
market::Plan priced(const market::Plan& values) {
  market::Plan plan;
  plan.name = values.name;
  plan.description = values.description;
  plan.terms = values.terms;
  if (values.terms.price_minor < 0 || values.terms.price_minor > kPriceMinorMax) {
    throw invalid_field("price_cents", "a price is 0 to " + std::to_string(kPriceMinorMax) + " cents");
  }
  if (values.terms.monthly_quota.value_or(0) > kPlanQuotaMax) throw invalid_field("monthly_quota", "a quota is at most 10^12");
  if (values.terms.overage_cap_percent > kOverageCapPercentMax) {
    throw invalid_field("overage_cap_percent", "a cap is at most 10000 percent");
  }
  plan.prices[std::string(kFee)] = monthly_fee(values.terms);
  plan.quotas[std::string(kFee)] = 1;
  for (const char* counted : {"api_calls", "tokens_input", "tokens_output"}) plan.prices[counted] = Decimal();
  if (values.terms.bills_overage) plan.prices[std::string(kOverage)] = values.terms.overage_price;
  return plan;
}

bool is_same_terms(const market::PlanTerms& a, const market::PlanTerms& b) {
  return a.price_minor == b.price_minor && a.currency == b.currency && a.billing_period == b.billing_period &&
         a.billable_unit == b.billable_unit && a.monthly_quota == b.monthly_quota &&
         a.rate_limit_per_second == b.rate_limit_per_second && a.burst == b.burst && a.bills_overage == b.bills_overage &&
         a.overage_price == b.overage_price && a.overage_cap_percent == b.overage_cap_percent && a.features == b.features &&
         a.custom_pricing == b.custom_pricing && a.display_order == b.display_order;
}

bool is_same_plan(const market::Plan& a, const market::Plan& b) {
  return a.name == b.name && a.description == b.description && is_same_terms(a.terms, b.terms);
}

const market::Plan* plan_named(const market::Offering& offering, std::string_view slug) {
  for (const market::Plan& plan : offering.plans) {
    if (plan.terms.slug == slug) return &plan;
  }
  return nullptr;
}

/// "starter", or the first of "starter-2", "starter-3" … that the offering does not have.
std::string free_slug(const market::Offering& offering, const std::string& wanted) {
  std::string slug = wanted;
  for (int n = 2; plan_named(offering, slug) != nullptr; ++n) slug = wanted + "-" + std::to_string(n);
  return slug;
}

void require_overage_component(const Scope& scope, store::Tx& tx, const market::Offering& offering, const market::Plan& plan) {
  if (!plan.terms.bills_overage) return;
  for (const market::Component& component : offering.components) {
    if (component.type == kOverage) return;
  }
  market::Component component;
  component.type = kOverage;
  component.name = "API calls above the quota";
  component.measured_unit = "calls";
  component.billing_type = market::BillingType::usage;
  market::add_component(scope, tx, offering.id, component);
}

void remember_plan(store::Tx& tx, const Agent& agent, std::string_view slug, PlanId plan) {
  tx.execute(
      "INSERT INTO agent_plan (organization_id, agent_id, slug, plan_id) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (organization_id, agent_id, slug) DO UPDATE SET plan_id = $4",
      {agent.organization, agent.id, slug, plan});
}

std::optional<PlanId> remembered_plan(store::Tx& tx, const Agent& agent, std::string_view slug) {
  const auto row = tx.first("SELECT plan_id FROM agent_plan WHERE organization_id = $1 AND agent_id = $2 AND slug = $3",
                            {agent.organization, agent.id, slug});
  return row ? std::optional(row->id<PlanId>(0)) : std::nullopt;
}

std::string public_slug(store::Tx& tx, const Agent& agent, const market::Plan& plan) {
  const auto row = tx.first("SELECT slug FROM agent_plan WHERE organization_id = $1 AND agent_id = $2 AND plan_id = $3",
                            {agent.organization, agent.id, plan.id});
  return row ? row->text(0) : plan.terms.slug;
}

/// A new plan of the agent under `public_name`, which from now on means this one.
market::Plan insert_plan(const Scope& scope, store::Tx& tx, const Agent& agent, const market::Plan& values,
                         const std::string& public_name) {
  const Scope own = scope_of(scope, agent);
  const market::Offering offering = ensure_offering(scope, tx, agent);
  market::Plan plan = priced(values);
  plan.terms.slug = free_slug(offering, public_name);
  require_overage_component(own, tx, offering, plan);
  plan = market::add_plan(own, tx, offering.id, plan);
  remember_plan(tx, agent, public_name, plan.id);
  return plan;
}

PlanChange apply_change(const Scope& scope, store::Tx& tx, const Agent& agent, const market::Plan& before,
                        const market::Plan& values) {
  if (!before.is_archived && is_same_plan(before, values)) return {.plan = before, .is_successor = false};
  const std::string public_name = public_slug(tx, agent, before);
  if (before.is_archived || before.subscriptions_count > 0) {
    market::Plan successor = insert_plan(scope, tx, agent, values, public_name);
    if (!before.is_archived) market::archive_plan(scope_of(scope, agent), tx, before.id);
    return {.plan = std::move(successor), .is_successor = true};
  }
  market::Plan changed = priced(values);
  changed.id = before.id;
  changed.unit = before.unit;
  changed.max_amount = before.max_amount;
  changed.article_code = before.article_code;
  changed.backend_id = before.backend_id;
  changed.terms.slug = before.terms.slug;
  require_overage_component(scope_of(scope, agent), tx, ensure_offering(scope, tx, agent), changed);
  return {.plan = market::update_plan(scope_of(scope, agent), tx, changed), .is_successor = false};
}

std::string wanted_slug(const market::Plan& values) {
  return slug(values.terms.slug.empty() ? values.name : values.terms.slug, 50);
}

/// The plan when it is one of the agent's.
market::Plan plan_of(store::Tx& tx, const Agent& agent, PlanId id) {
  const auto offering = market::offering_of_agent(tx, agent.organization, agent.id);
  if (offering) {
    for (const market::Plan& plan : offering->plans) {
      if (plan.id == id) return plan;
    }
  }
  throw not_found("plan");
}

void require_not_retired(const Agent& agent) {
  if (agent.state == AgentState::retired) {
    throw Refusal(Code::conflict, "the agent '" + agent.name + "' is RETIRED; its plans no longer change");
  }
}

/// The market names a field of one plan; the caller sent a list.
Refusal named_in_list(Refusal refusal, std::size_t i) {
  for (FieldError& field : refusal.fields) field.path = "plans[" + std::to_string(i) + "]." + field.path;
  return refusal;
}

}  // namespace

void sync_plans(const Scope& scope, store::Tx& tx, const Agent& agent, const std::vector<market::Plan>& plans) {
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    try {
      if (trimmed(plans[i].name).empty()) throw invalid_field("name", "a plan needs a name");
      const std::string name = wanted_slug(plans[i]);
      if (std::find(seen.begin(), seen.end(), name) != seen.end())
        throw invalid_field("slug", "the plan '" + name + "' is named twice");
      seen.push_back(name);
      const auto known = remembered_plan(tx, agent, name);
      if (known) {
        apply_change(scope, tx, agent, plan_of(tx, agent, *known), plans[i]);
      } else {
        insert_plan(scope, tx, agent, plans[i], name);
      }
    } catch (const Refusal& refusal) {
      throw named_in_list(refusal, i);
    }
  }
}

std::vector<market::Plan> plans_of_agent(const Scope& scope, store::Tx& tx, AgentId id) {
  const Agent agent = agent_to_read(scope, tx, id);
  auto offering = market::offering_of_agent(tx, agent.organization, agent.id);
  if (!offering) return {};
  std::sort(offering->plans.begin(), offering->plans.end(), [](const market::Plan& a, const market::Plan& b) {
    return std::tie(a.terms.display_order, a.created_at, a.id) < std::tie(b.terms.display_order, b.created_at, b.id);
  });
  return std::move(offering->plans);
}

market::Plan add_agent_plan(const Scope& scope, store::Tx& tx, AgentId id, const market::Plan& values) {
  const Agent agent = agent_to_change(scope, tx, id);
  require_not_retired(agent);
  const std::string name = wanted_slug(values);
  if (!values.terms.slug.empty() && remembered_plan(tx, agent, name)) {
    throw invalid_field("slug", "the agent has a plan '" + name + "' already; change that one");
  }
  std::string free = name;
  for (int n = 2; remembered_plan(tx, agent, free); ++n) free = name + "-" + std::to_string(n);
  market::Plan plan = insert_plan(scope, tx, agent, values, free);
  record_agent(scope, tx, "agent.add_plan", agent, {{"plan", plan.id.text()}, {"slug", free}});
  return plan;
}

PlanChange change_agent_plan(const Scope& scope, store::Tx& tx, AgentId id, PlanId plan_id, const market::Plan& values) {
  const Agent agent = agent_to_change(scope, tx, id);
  require_not_retired(agent);
  const market::Plan before = plan_of(tx, agent, plan_id);
  if (before.is_archived)
    throw Refusal(Code::conflict, "the plan '" + before.name + "' is closed; change its successor or add a plan");
  const PlanChange change = apply_change(scope, tx, agent, before, values);
  if (change.is_successor || !is_same_plan(before, change.plan)) {
    record_agent(scope, tx, "agent.change_plan", agent,
                 {{"plan", plan_id.text()}, {"becomes", change.plan.id.text()}, {"is_successor", change.is_successor}});
  }
  return change;
}

void deactivate_agent_plan(const Scope& scope, store::Tx& tx, AgentId id, PlanId plan_id) {
  const Agent agent = agent_to_change(scope, tx, id);
  const market::Plan plan = plan_of(tx, agent, plan_id);
  if (plan.is_archived) return;
  const bool is_visible =
      agent.state == AgentState::listed || agent.state == AgentState::active || agent.state == AgentState::paused;
  if (is_visible) {
    const market::Offering offering = ensure_offering(scope, tx, agent);
    const bool is_last = std::none_of(offering.plans.begin(), offering.plans.end(),
                                      [&](const market::Plan& other) { return other.id != plan_id && !other.is_archived; });
    if (is_last)
      throw Refusal(Code::plan_required, "'" + plan.name + "' is the last plan of a visible agent; add another one first");
  }
  market::archive_plan(scope_of(scope, agent), tx, plan_id);
  record_agent(scope, tx, "agent.deactivate_plan", agent, {{"plan", plan_id.text()}});
}

}  // namespace guildhall::registry
