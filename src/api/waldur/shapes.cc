// Writing the shapes of the Waldur dialect (contracts/cmp.md §2.2, §4).
#include "waldur/shapes.h"

#include "base/text.h"

namespace guildhall::api::waldur_dialect {
namespace {

json::Value text_or_null(const std::string& text) {
  return text.empty() ? json::Value(nullptr) : json::Value(text);
}
json::Value time_or_null(const std::optional<Timestamp>& time) {
  return time ? json::Value(rfc3339(*time)) : json::Value(nullptr);
}

json::Object limits_json(const std::map<std::string, std::int64_t>& limits) {
  json::Object object;
  for (const auto& [type, limit] : limits) object[type] = limit;
  return object;
}

json::Object component_json(const market::Component& component) {
  const auto integer = [](const std::optional<std::int64_t>& value) {
    return value ? json::Value(*value) : json::Value(nullptr);
  };
  return {{"uuid", component.id.hex()},
          {"type", component.type},
          {"name", component.name},
          {"description", component.description},
          {"measured_unit", component.measured_unit},
          {"unit_factor", component.unit_factor},
          {"factor", component.unit_factor},
          {"billing_type", market::wire_name(component.billing_type)},
          {"limit_period", component.limit_period.empty() ? json::Value(nullptr) : json::Value(component.limit_period)},
          {"limit_amount", integer(component.limit_amount)},
          {"min_value", integer(component.min_value)},
          {"max_value", integer(component.max_value)},
          {"max_available_limit", nullptr},
          {"default_limit", integer(component.default_limit)},
          {"is_boolean", false},
          {"article_code", component.article_code}};
}

/// The names and prices of an offering's provider side that orders and resources repeat.
void add_offering(const Call& call, json::Object& object, const market::Offering& offering) {
  object["offering"] = url_of(call, "marketplace-public-offerings", offering.id.uuid);
  object["offering_uuid"] = offering.id.hex();
  object["offering_name"] = offering.name;
  object["offering_type"] = offering.type;
  object["offering_shared"] = offering.is_shared;
  object["offering_billable"] = offering.is_billable;
  object["offering_plugin_options"] = offering.plugin_options;
  object["category_uuid"] = offering.category.hex();
  object["category_title"] = offering.category_title;
  object["provider_uuid"] = offering.organization.hex();
  object["provider_name"] = offering.organization_name;
}

void add_plan(const Call& call, json::Object& object, const market::Plan& plan) {
  object["plan"] = url_of(call, "marketplace-plans", plan.id.uuid);
  object["plan_uuid"] = plan.id.hex();
  object["plan_name"] = plan.name;
  object["plan_unit"] = plan.unit;
}

/// Project and customer as the customer's own side names them.
void add_customer(const Call& call, store::Tx& tx, json::Object& object, OrganizationId organization, ProjectId project) {
  const Scope scope = identity::system_scope(organization, "waldur");
  const auto customer = identity::get_organization(scope, tx);
  const auto found = identity::get_project(scope, tx, project);
  object["project"] = url_of(call, "projects", project.uuid);
  object["project_uuid"] = project.hex();
  object["project_name"] = found.name;
  object["customer_uuid"] = organization.hex();
  object["customer_name"] = customer.name;
}

}  // namespace

std::string url_of(const Call& call, std::string_view collection, const Uuid& uuid) {
  return call.services().public_url + "/api/" + std::string(collection) + "/" + hex(uuid) + "/";
}

json::Value number(const Decimal& value) {
  json::ParseError error;
  return json::parse(value.text(), error).value_or(json::Value(0));
}

json::Object user_json(const Call& call, const identity::Account& account) {
  return {{"url", url_of(call, "users", account.id.uuid)},
          {"uuid", account.id.hex()},
          {"username", account.username},
          {"full_name", account.full_name},
          {"email", account.email},
          {"is_staff", account.is_staff},
          {"is_support", account.is_support},
          {"is_active", account.is_active},
          {"token_lifetime", account.token_lifetime_s},
          {"date_joined", rfc3339(account.created_at)}};
}

json::Object customer_json(const Call& call, store::Tx& tx, const identity::Organization& organization) {
  const Scope scope = identity::system_scope(organization.id, "waldur");
  const auto provider = market::find_provider(tx, organization.id);
  json::Object object{{"url", url_of(call, "customers", organization.id.uuid)},
                      {"uuid", organization.id.hex()},
                      {"name", organization.name},
                      {"display_name", organization.name},
                      {"abbreviation", organization.abbreviation},
                      {"native_name", ""},
                      {"slug", organization.slug},
                      {"created", rfc3339(organization.created_at)},
                      {"email", organization.email},
                      {"country", organization.country},
                      {"default_tax_percent", organization.default_tax_percent.text(2)},
                      {"accounting_start_date", rfc3339(organization.created_at)},
                      {"blocked", !organization.is_active},
                      {"archived", organization.is_archived},
                      {"backend_id", organization.backend_id},
                      {"projects_count", static_cast<std::int64_t>(identity::projects_of(scope, tx).size())},
                      {"users_count", static_cast<std::int64_t>(identity::members_of(scope, tx).size())},
                      {"is_service_provider", provider.has_value()},
                      {"payment_profiles", json::Array{}},
                      {"customer_credit", nullptr}};
  object["service_provider"] =
      provider ? json::Value(url_of(call, "marketplace-service-providers", provider->id.uuid)) : json::Value(nullptr);
  object["service_provider_uuid"] = provider ? json::Value(provider->id.hex()) : json::Value(nullptr);
  return object;
}

json::Object project_json(const Call& call, store::Tx& tx, const identity::Project& project,
                          const identity::Organization& customer) {
  const std::int64_t live = market::count_live_subscriptions_of_project(tx, customer.id, project.id);
  return {{"url", url_of(call, "projects", project.id.uuid)},
          {"uuid", project.id.hex()},
          {"name", project.name},
          {"slug", project.slug},
          {"customer", url_of(call, "customers", customer.id.uuid)},
          {"customer_uuid", customer.id.hex()},
          {"customer_name", customer.name},
          {"customer_abbreviation", customer.abbreviation},
          {"description", project.description},
          {"created", rfc3339(project.created_at)},
          {"start_date", project.start_date ? json::Value(text(*project.start_date)) : json::Value(nullptr)},
          {"end_date", project.end_date ? json::Value(text(*project.end_date)) : json::Value(nullptr)},
          {"backend_id", project.backend_id},
          {"is_removed", project.is_removed},
          {"resources_count", live},
          {"marketplace_resource_count", live},
          {"project_credit", nullptr}};
}

json::Object category_json(const Call& call, const market::Category& category) {
  return {{"url", url_of(call, "marketplace-categories", category.id.uuid)},
          {"uuid", category.id.hex()},
          {"title", category.title},
          {"description", category.description},
          {"icon", nullptr},
          {"offering_count", category.offering_count},
          {"available_offerings_count", category.offering_count},
          {"sections", json::Array{}},
          {"columns", json::Array{}},
          {"components", json::Array{}}};
}

json::Object provider_json(const Call& call, store::Tx& tx, const market::ServiceProvider& provider) {
  const auto customer = identity::get_organization(identity::system_scope(provider.organization, "waldur"), tx);
  return {{"url", url_of(call, "marketplace-service-providers", provider.id.uuid)},
          {"uuid", provider.id.hex()},
          {"created", rfc3339(provider.created_at)},
          {"customer", url_of(call, "customers", provider.organization.uuid)},
          {"customer_uuid", provider.organization.hex()},
          {"customer_name", customer.name},
          {"description", provider.description},
          {"offering_count", provider.offering_count}};
}

namespace {

/// What Waldur has no word for: what an agent's plan allows (contracts/registry.md §2, Plan).
json::Object terms_json(const market::PlanTerms& terms) {
  json::Array features;
  for (const auto& feature : terms.features) features.push_back(json::Value(feature));
  return {{"slug", terms.slug},
          {"price_cents", terms.price_minor},
          {"currency", terms.currency},
          {"billing_period", terms.billing_period},
          {"billable_unit", terms.billable_unit},
          {"monthly_quota", terms.monthly_quota ? json::Value(*terms.monthly_quota) : json::Value(nullptr)},
          {"rate_limit_per_second", terms.rate_limit_per_second.text()},
          {"overage_mode", terms.bills_overage ? "bill" : "block"},
          {"overage_price", terms.overage_price.text(2)},
          {"features", std::move(features)},
          {"custom_pricing", terms.custom_pricing}};
}

}  // namespace

json::Object plan_json(const Call& call, const market::Offering& offering, const market::Plan& plan) {
  json::Object prices;
  json::Object future;
  json::Object quotas;
  Decimal init_price;
  Decimal switch_price;
  Decimal unit_price;
  for (const auto& component : offering.components) {
    const auto price = plan.prices.contains(component.type) ? plan.prices.at(component.type) : Decimal();
    const auto amount = plan.quotas.contains(component.type) ? plan.quotas.at(component.type) : 1;
    prices[component.type] = number(price);
    future[component.type] =
        plan.future_prices.contains(component.type) ? number(plan.future_prices.at(component.type)) : json::Value(nullptr);
    if (plan.quotas.contains(component.type)) quotas[component.type] = amount;
    if (component.billing_type == market::BillingType::fixed) unit_price += price * Decimal(amount);
    if (component.billing_type == market::BillingType::one) init_price += price;
    if (component.billing_type == market::BillingType::few) switch_price += price;
  }
  return {{"url", url_of(call, "marketplace-plans", plan.id.uuid)},
          {"uuid", plan.id.hex()},
          {"name", plan.name},
          {"description", plan.description},
          {"offering", url_of(call, "marketplace-public-offerings", offering.id.uuid)},
          {"unit", plan.unit},
          {"unit_price", unit_price.text(10)},
          {"init_price", number(init_price)},
          {"switch_price", number(switch_price)},
          {"minimal_price", number(unit_price)},
          {"plan_type", "fixed"},
          {"prices", std::move(prices)},
          {"future_prices", std::move(future)},
          {"quotas", std::move(quotas)},
          {"components", json::Array{}},
          {"organization_groups", json::Array{}},
          {"max_amount", plan.max_amount ? json::Value(*plan.max_amount) : json::Value(nullptr)},
          {"is_active", !plan.is_archived},
          {"archived", plan.is_archived},
          {"article_code", plan.article_code},
          {"backend_id", plan.backend_id},
          {"resources_count", plan.subscriptions_count},
          {"terms", terms_json(plan.terms)}};
}

json::Object offering_json(const Call& call, const market::Offering& offering) {
  json::Array components;
  for (const auto& component : offering.components) components.push_back(component_json(component));
  json::Array plans;
  for (const auto& plan : offering.plans) plans.push_back(plan_json(call, offering, plan));
  return {{"url", url_of(call, "marketplace-public-offerings", offering.id.uuid)},
          {"uuid", offering.id.hex()},
          {"slug", offering.slug},
          {"name", offering.name},
          {"description", offering.description},
          {"full_description", offering.full_description},
          {"created", rfc3339(offering.created_at)},
          {"customer", url_of(call, "customers", offering.organization.uuid)},
          {"customer_uuid", offering.organization.hex()},
          {"customer_name", offering.organization_name},
          {"category", url_of(call, "marketplace-categories", offering.category.uuid)},
          {"category_uuid", offering.category.hex()},
          {"category_title", offering.category_title},
          {"type", offering.type},
          {"state", market::wire_name(offering.state)},
          {"paused_reason", offering.paused_reason},
          {"shared", offering.is_shared},
          {"billable", offering.is_billable},
          {"thumbnail", nullptr},
          {"attributes", offering.attributes},
          {"options", offering.options},
          {"resource_options", json::Object{}},
          {"plugin_options", offering.plugin_options},
          {"components", std::move(components)},
          {"plans", std::move(plans)},
          {"endpoints", json::Array{}},
          {"screenshots", json::Array{}},
          {"vendor_details", ""},
          {"getting_started", ""},
          {"integration_guide", ""},
          {"backend_id", offering.backend_id},
          {"terms_of_service", offering.terms_of_service}};
}

json::Object order_json(const Call& call, store::Tx& tx, const market::Order& order) {
  const auto offering = market::offering_by_id(tx, order.offering);
  const auto subscription = market::subscription_by_id(tx, order.subscription);
  json::Object object{
      {"url", url_of(call, "marketplace-orders", order.id.uuid)},
      {"uuid", order.id.hex()},
      {"slug", order.id.hex().substr(0, 8)},
      {"state", market::wire_name(order.state)},
      {"type", market::wire_name(order.type)},
      {"created", rfc3339(order.created_at)},
      {"modified", rfc3339(order.modified_at)},
      {"completed_at", time_or_null(order.completed_at)},
      {"created_by_uuid", order.created_by.hex()},
      {"created_by_full_name", order.created_by_name},
      {"attributes", order.attributes},
      {"limits", limits_json(order.limits)},
      {"cost", order.cost ? json::Value(order.cost->text(10)) : json::Value(nullptr)},
      {"marketplace_resource_uuid", order.subscription.hex()},
      {"resource_uuid", nullptr},
      {"resource_name", subscription ? subscription->name : ""},
      {"consumer_reviewed_by_uuid",
       order.consumer_reviewed_by ? json::Value(order.consumer_reviewed_by->hex()) : json::Value(nullptr)},
      {"consumer_reviewed_at", time_or_null(order.consumer_reviewed_at)},
      {"consumer_rejection_comment", text_or_null(order.consumer_rejection_comment)},
      {"provider_reviewed_by_uuid",
       order.provider_reviewed_by ? json::Value(order.provider_reviewed_by->hex()) : json::Value(nullptr)},
      {"provider_reviewed_at", time_or_null(order.provider_reviewed_at)},
      {"provider_rejection_comment", text_or_null(order.provider_rejection_comment)},
      {"error_message", order.error_message},
      {"error_traceback", ""},
      {"callback_url", text_or_null(order.callback_url)},
      {"request_comment", text_or_null(order.request_comment)},
      {"backend_id", ""},
      {"start_date", nullptr},
      {"can_terminate", false},
      {"old_plan_uuid", order.old_plan ? json::Value(order.old_plan->hex()) : json::Value(nullptr)},
      {"new_plan_uuid", order.type == market::OrderType::update ? json::Value(order.plan.hex()) : json::Value(nullptr)}};
  add_offering(call, object, offering);
  add_plan(call, object, market::plan_by_id(tx, order.plan));
  add_customer(call, tx, object, order.organization, order.project);
  return object;
}

json::Object resource_json(const Call& call, store::Tx& tx, const market::Subscription& subscription) {
  const auto offering = market::offering_by_id(tx, subscription.offering);
  json::Object usages;
  for (const auto& total : billing::component_totals(tx, subscription.organization, subscription.id, cycle_of(tx.now())))
    usages[total.component] = number(total.amount);
  const bool is_live =
      subscription.state == market::SubscriptionState::ok || subscription.state == market::SubscriptionState::erred;
  json::Object object{{"url", url_of(call, "marketplace-resources", subscription.id.uuid)},
                      {"uuid", subscription.id.hex()},
                      {"name", subscription.name},
                      {"slug", subscription.slug},
                      {"state", market::wire_name(subscription.state)},
                      {"created", rfc3339(subscription.created_at)},
                      {"modified", rfc3339(subscription.activated_at.value_or(subscription.created_at))},
                      {"description", subscription.description},
                      {"backend_id", subscription.backend_id},
                      {"effective_id", ""},
                      {"end_date", subscription.end_date ? json::Value(text(*subscription.end_date)) : json::Value(nullptr)},
                      {"attributes", subscription.attributes},
                      {"limits", limits_json(subscription.limits)},
                      {"current_usages", std::move(usages)},
                      {"limit_usage", json::Object{}},
                      {"options", json::Object{}},
                      {"backend_metadata", json::Object{}},
                      {"endpoints", json::Array{}},
                      {"report", json::Array{}},
                      {"available_actions", json::Array{}},
                      {"can_terminate", is_live},
                      {"is_usage_based", true},
                      {"is_limit_based", false},
                      {"paused", false},
                      {"downscaled", false},
                      {"usage_limit_restriction", ""},
                      {"has_api_keys", subscription.agent.has_value()},
                      {"last_sync", rfc3339(tx.now())},
                      {"error_message", subscription.error_message},
                      {"order_in_progress", nullptr}};
  add_offering(call, object, offering);
  object["offering_state"] = market::wire_name(offering.state);
  object["offering_backend_id"] = offering.backend_id;
  json::Array components;
  for (const auto& component : offering.components) components.push_back(component_json(component));
  object["offering_components"] = std::move(components);
  add_plan(call, object, market::plan_by_id(tx, subscription.plan));
  add_customer(call, tx, object, subscription.organization, subscription.project);
  return object;
}

json::Object invoice_item_json(const Call& call, const billing::InvoiceItem& item) {
  const Decimal price = item.price();
  return {{"uuid", item.id.hex()},
          {"url", url_of(call, "invoice-items", item.id.uuid)},
          {"name", item.name},
          {"price", number(price)},
          {"tax", "0.00"},
          {"total", price.text(2)},
          {"unit_price", item.unit_price.text(10)},
          {"unit", item.unit},
          {"measured_unit", item.measured_unit},
          {"quantity", item.quantity.text(10)},
          {"start", rfc3339(item.start)},
          {"end", rfc3339(item.end)},
          {"article_code", item.article_code},
          {"project_uuid", item.project ? json::Value(item.project->hex()) : json::Value(nullptr)},
          {"resource", item.subscription ? json::Value(url_of(call, "marketplace-resources", item.subscription->uuid))
                                         : json::Value(nullptr)},
          {"resource_uuid", item.subscription ? json::Value(item.subscription->hex()) : json::Value(nullptr)},
          {"billing_type", market::wire_name(item.billing_type)},
          {"credit", item.is_credit},
          {"details", json::Object{{"plan_uuid", item.plan.hex()},
                                   {"offering_component_type", item.component},
                                   {"offering_component_name", item.component_name}}}};
}

json::Object invoice_json(const Call& call, const billing::Invoice& invoice, const identity::Organization& customer) {
  json::Array items;
  for (const auto& item : invoice.items) {
    json::Object row = invoice_item_json(call, item);
    const Decimal tax = divided(multiplied(item.price(), invoice.tax_percent, Decimal::kPlaces, Rounding::toward_zero),
                                Decimal(100), 2, Rounding::half_even);
    row["tax"] = tax.text(2);
    row["total"] = (item.price() + tax).text(2);
    items.push_back(std::move(row));
  }
  return {{"url", url_of(call, "invoices", invoice.id.uuid)},
          {"uuid", invoice.id.hex()},
          {"number", invoice.number},
          {"customer", url_of(call, "customers", invoice.organization.uuid)},
          {"price", invoice.price().text(10)},
          {"tax", invoice.tax().text(10)},
          {"total", invoice.total().text(10)},
          {"state", billing::wire_name(invoice.state)},
          {"year", invoice.cycle.year},
          {"month", invoice.cycle.month},
          {"issuer_details", json::Object{}},
          {"customer_details", json::Object{{"name", customer.name}, {"email", customer.email}, {"country", customer.country}}},
          {"invoice_date", invoice.invoice_date ? json::Value(text(*invoice.invoice_date)) : json::Value(nullptr)},
          {"due_date",
           invoice.invoice_date ? json::Value(text(date_of(start_of(*invoice.invoice_date) + days(30)))) : json::Value(nullptr)},
          {"items", std::move(items)},
          {"backend_id", ""},
          {"payment_url", ""},
          {"reference_number", ""},
          {"compensations", 0},
          {"incurred_costs", number(invoice.price())}};
}

}  // namespace guildhall::api::waldur_dialect
