// The components of an offering: what is billed.
#include <algorithm>
#include <array>

#include "base/errors.h"
#include "checks.h"
#include "market/catalogue.h"
#include "offering_rows.h"

namespace guildhall::market {
namespace {

bool is_component_type(std::string_view text) {
  return !text.empty() && text.size() <= 50 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_:/-").find(c) != std::string_view::npos;
  });
}

void check_component(const Component& values) {
  if (!is_component_type(values.type)) throw invalid_field("type", "1 to 50 letters, digits and _ : / -");
  check_text("name", values.name, kNameBytesMax, true);
  check_text("description", values.description, kDescriptionBytesMax);
  check_text("measured_unit", values.measured_unit, 30);
  check_text("article_code", values.article_code, 30);
  constexpr std::array<std::string_view, 5> kPeriods{"", "month", "quarterly", "annual", "total"};
  if (std::find(kPeriods.begin(), kPeriods.end(), values.limit_period) == kPeriods.end()) {
    throw invalid_field("limit_period", "a period is month, quarterly, annual or total");
  }
  if (values.unit_factor < 1) throw invalid_field("unit_factor", "a factor is at least 1");
  if (values.limit_amount.value_or(0) < 0) throw invalid_field("limit_amount", "a limit is not negative");
  if (values.min_value.value_or(0) < 0) throw invalid_field("min_value", "a limit is not negative");
  if (values.max_available_limit.value_or(0) < 0) throw invalid_field("max_available_limit", "a limit is not negative");
  if (values.max_value && *values.max_value < values.min_value.value_or(0)) {
    throw invalid_field("max_value", "the largest value is not below the smallest");
  }
  if (values.default_limit &&
      (*values.default_limit < values.min_value.value_or(0) || (values.max_value && *values.default_limit > *values.max_value))) {
    throw invalid_field("default_limit", "the default lies between the smallest and the largest value");
  }
}

std::string period_of(const Component& values) {
  return values.billing_type == BillingType::limit && values.limit_period.empty() ? "month" : values.limit_period;
}

Component load_component(store::Tx& tx, OrganizationId organization, OfferingId offering, ComponentId id) {
  const auto row = tx.first("SELECT " + std::string(kComponentColumns) +
                                " FROM offering_component WHERE organization_id = $1 AND offering_id = $2 AND component_id = $3",
                            {organization, offering, id});
  if (!row) throw not_found("component");
  return component_of_row(*row);
}

}  // namespace

Component add_component(const Scope& scope, store::Tx& tx, OfferingId offering_id, const Component& values) {
  const Offering offering = offering_to_edit(scope, tx, offering_id);
  check_component(values);
  if (offering.components.size() >= kComponentsMax) throw invalid_field("components", "an offering has at most 50 components");
  for (const Component& other : offering.components) {
    if (other.type == values.type) throw invalid_field("type", "the offering has a component '" + values.type + "' already");
  }
  const ComponentId id = ComponentId::random();
  tx.execute(
      "INSERT INTO offering_component (organization_id, offering_id, component_id, type, name, description, measured_unit,"
      " billing_type, limit_period, unit_factor, limit_amount, min_value, max_value, max_available_limit, default_limit, "
      "is_boolean,"
      " article_code, position) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
      {scope.organization, offering_id, id, values.type, values.name, values.description, values.measured_unit,
       wire_name(values.billing_type), period_of(values), values.unit_factor, values.limit_amount, values.min_value,
       values.max_value, values.max_available_limit, values.default_limit, values.is_boolean, values.article_code,
       static_cast<std::int64_t>(offering.components.size())});
  tell_about_offering(scope, tx, offering, "component.create", {{"component", id.text()}, {"type", values.type}});
  return load_component(tx, scope.organization, offering_id, id);
}

Component update_component(const Scope& scope, store::Tx& tx, const Component& values) {
  const Offering offering = offering_to_edit(scope, tx, values.offering);
  const Component before = load_component(tx, scope.organization, values.offering, values.id);
  check_component(values);
  if (values.type != before.type || values.billing_type != before.billing_type) {
    throw invalid_field("type", "type and billing type of a component do not change; add another component");
  }
  tx.execute(
      "UPDATE offering_component SET name = $4, description = $5, measured_unit = $6, limit_period = $7, unit_factor = $8,"
      " limit_amount = $9, min_value = $10, max_value = $11, max_available_limit = $12, default_limit = $13, is_boolean = $14,"
      " article_code = $15 WHERE organization_id = $1 AND offering_id = $2 AND component_id = $3",
      {scope.organization, values.offering, values.id, values.name, values.description, values.measured_unit, period_of(values),
       values.unit_factor, values.limit_amount, values.min_value, values.max_value, values.max_available_limit,
       values.default_limit, values.is_boolean, values.article_code});
  tell_about_offering(scope, tx, offering, "component.update", {{"component", values.id.text()}, {"type", values.type}});
  return load_component(tx, scope.organization, values.offering, values.id);
}

void remove_component(const Scope& scope, store::Tx& tx, OfferingId offering_id, ComponentId id) {
  const Offering offering = offering_to_edit(scope, tx, offering_id);
  const Component component = load_component(tx, scope.organization, offering_id, id);
  if (tx.first("SELECT 1 FROM subscription WHERE offering_id = $1 LIMIT 1", {offering_id})) {
    throw Refusal(Code::validation_failed,
                  "component '" + component.type + "' belongs to an offering with subscriptions and stays");
  }
  for (const Plan& plan : offering.plans) {
    tx.execute("DELETE FROM plan_component WHERE organization_id = $1 AND plan_id = $2 AND component_type = $3",
               {scope.organization, plan.id, component.type});
  }
  tx.execute("DELETE FROM offering_component WHERE organization_id = $1 AND offering_id = $2 AND component_id = $3",
             {scope.organization, offering_id, id});
  tell_about_offering(scope, tx, offering, "component.delete", {{"component", id.text()}, {"type", component.type}});
}

}  // namespace guildhall::market
