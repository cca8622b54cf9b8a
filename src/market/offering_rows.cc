// From rows to offerings: a page takes four queries, however many offerings it has.
#include "offering_rows.h"

#include <map>
#include <stdexcept>

#include "base/errors.h"
#include "delivery/events.h"
#include "identity/organizations.h"
#include "list_query.h"

namespace guildhall::market {
namespace {

json::Object object_at(const store::Row& row, std::size_t i) {
  const json::Value value = row.json(i);
  return value.is_object() ? value.get_object() : json::Object{};
}

Offering bare_offering(const store::Row& row) {
  const auto state = parse_offering_state(row.text(9));
  if (!state) throw std::logic_error("a stored offering has an unknown state");
  Offering offering;
  offering.id = row.id<OfferingId>(0);
  offering.organization = row.id<OrganizationId>(1);
  offering.category = row.id<CategoryId>(2);
  offering.category_title = row.text(3);
  offering.slug = row.text(4);
  offering.name = row.text(5);
  offering.description = row.text(6);
  offering.full_description = row.text(7);
  offering.type = row.text(8);
  offering.state = *state;
  offering.paused_reason = row.text(10);
  offering.is_shared = row.boolean(11);
  offering.is_billable = row.boolean(12);
  offering.agent = row.optional_id<AgentId>(13);
  offering.backend_id = row.text(14);
  offering.terms_of_service = row.text(15);
  offering.attributes = object_at(row, 16);
  offering.options = object_at(row, 17);
  offering.plugin_options = object_at(row, 18);
  offering.created_at = row.timestamp(19);
  return offering;
}

PlanTerms terms_of_row(const store::Row& row) {
  PlanTerms terms;
  terms.slug = row.text(9);
  terms.price_minor = row.integer(10);
  terms.currency = row.text(11);
  terms.billing_period = row.text(12);
  terms.billable_unit = row.text(13);
  terms.monthly_quota = row.optional_integer(14);
  terms.rate_limit_per_second = row.decimal(15);
  terms.burst = row.optional_integer(16);
  terms.bills_overage = row.boolean(17);
  terms.overage_price = row.decimal(18);
  terms.overage_cap_percent = row.integer(19);
  const json::Value features = row.json(20);
  if (features.is_array()) {
    for (const json::Value& feature : features.get_array()) {
      if (feature.is_string()) terms.features.emplace_back(json::view(feature.get_string()));
    }
  }
  terms.custom_pricing = row.boolean(21);
  terms.display_order = row.integer(22);
  return terms;
}

Plan bare_plan(const store::Row& row) {
  Plan plan;
  plan.id = row.id<PlanId>(0);
  plan.offering = row.id<OfferingId>(1);
  plan.name = row.text(2);
  plan.description = row.text(3);
  plan.unit = row.text(4);
  plan.max_amount = row.optional_integer(5);
  plan.is_archived = row.boolean(6);
  plan.article_code = row.text(7);
  plan.backend_id = row.text(8);
  plan.terms = terms_of_row(row);
  plan.created_at = row.timestamp(23);
  return plan;
}

template <class IdType>
std::vector<store::Param> params_of(const std::vector<IdType>& ids) {
  return {ids.begin(), ids.end()};
}

}  // namespace

Component component_of_row(const store::Row& row) {
  const auto billing_type = parse_billing_type(row.text(6));
  if (!billing_type) throw std::logic_error("a stored component has an unknown billing type");
  Component component;
  component.id = row.id<ComponentId>(0);
  component.offering = row.id<OfferingId>(1);
  component.type = row.text(2);
  component.name = row.text(3);
  component.description = row.text(4);
  component.measured_unit = row.text(5);
  component.billing_type = *billing_type;
  component.limit_period = row.text(7);
  component.unit_factor = row.integer(8);
  component.limit_amount = row.optional_integer(9);
  component.min_value = row.optional_integer(10);
  component.max_value = row.optional_integer(11);
  component.max_available_limit = row.optional_integer(12);
  component.default_limit = row.optional_integer(13);
  component.is_boolean = row.boolean(14);
  component.article_code = row.text(15);
  return component;
}

std::vector<Plan> plans_of_rows(store::Tx& tx, const store::Rows& rows) {
  std::vector<Plan> plans;
  std::map<PlanId, std::size_t> index;
  std::vector<PlanId> ids;
  for (const store::Row& row : rows) {
    plans.push_back(bare_plan(row));
    index[plans.back().id] = plans.size() - 1;
    ids.push_back(plans.back().id);
  }
  if (ids.empty()) return plans;
  const std::string in_plans = " IN (" + placeholders(1, ids.size()) + ")";
  for (const store::Row& row :
       tx.query("SELECT plan_id, component_type, price, future_price, quota FROM plan_component WHERE plan_id" + in_plans,
                params_of(ids))) {
    Plan& plan = plans.at(index.at(row.id<PlanId>(0)));
    if (const auto price = row.optional_decimal(2)) plan.prices[row.text(1)] = *price;
    if (const auto price = row.optional_decimal(3)) plan.future_prices[row.text(1)] = *price;
    if (const auto quota = row.optional_integer(4)) plan.quotas[row.text(1)] = *quota;
  }
  for (const store::Row& row : tx.query("SELECT s.plan_id, count(*) FROM subscription s WHERE s.plan_id" + in_plans + " AND " +
                                            std::string(kLive) + " GROUP BY s.plan_id",
                                        params_of(ids))) {
    plans.at(index.at(row.id<PlanId>(0))).subscriptions_count = row.integer(1);
  }
  return plans;
}

std::vector<Offering> offerings_of_rows(store::Tx& tx, const store::Rows& rows) {
  std::vector<Offering> offerings;
  std::map<OfferingId, std::size_t> index;
  std::vector<OfferingId> ids;
  std::map<OrganizationId, std::string> names;
  for (const store::Row& row : rows) {
    offerings.push_back(bare_offering(row));
    Offering& offering = offerings.back();
    index[offering.id] = offerings.size() - 1;
    ids.push_back(offering.id);
    std::string& name = names[offering.organization];
    if (name.empty()) name = identity::get_organization(identity::system_scope(offering.organization, "market"), tx).name;
    offering.organization_name = name;
  }
  if (ids.empty()) return offerings;
  const std::string in_offerings = " IN (" + placeholders(1, ids.size()) + ")";
  for (const store::Row& row :
       tx.query("SELECT " + std::string(kComponentColumns) + " FROM offering_component WHERE offering_id" + in_offerings +
                    " ORDER BY position, component_id",
                params_of(ids))) {
    Component component = component_of_row(row);
    offerings.at(index.at(component.offering)).components.push_back(std::move(component));
  }
  for (Plan& plan : plans_of_rows(tx, tx.query("SELECT " + std::string(kPlanColumns) + " FROM plan p WHERE p.offering_id" +
                                                   in_offerings + " ORDER BY p.display_order, p.created_at, p.plan_id",
                                               params_of(ids)))) {
    offerings.at(index.at(plan.offering)).plans.push_back(std::move(plan));
  }
  return offerings;
}

Offering offering_to_change(const Scope& scope, store::Tx& tx, OfferingId id) {
  Offering offering = get_offering(scope, tx, id);
  require(scope, Right::provide_agents);
  return offering;
}

Offering offering_to_edit(const Scope& scope, store::Tx& tx, OfferingId id) {
  Offering offering = offering_to_change(scope, tx, id);
  if (offering.state == OfferingState::archived) {
    throw Refusal(Code::validation_failed, "offering '" + offering.name + "' is archived; take it back to Draft to edit it");
  }
  return offering;
}

void tell_about_offering(const Scope& scope, store::Tx& tx, const Offering& offering, std::string_view action,
                         json::Object details) {
  identity::audit(
      scope, tx, {.action = std::string(action), .object_type = "offering", .object_id = offering.id.text(), .details = details});
  json::Object payload = std::move(details);
  payload["offering"] = offering.id.text();
  payload["provider"] = offering.organization.text();
  payload["organization"] = offering.organization.text();
  payload["change"] = action;
  payload["state"] = wire_name(offering.state);
  if (offering.agent) payload["agent"] = offering.agent->text();
  delivery::emit(
      tx, {.type = "offering.changed", .organization = offering.organization, .subject = offering.id.uuid, .payload = payload});
}

}  // namespace guildhall::market
