// Categories, providers, offerings and plans in the Waldur dialect (contracts/cmp.md §5, §7.1).
#include "waldur/route_tables.h"

#include "base/text.h"
#include "waldur/shapes.h"

namespace guildhall::api::waldur_dialect {
namespace {

void list_categories(Call& call) {
  call.read([&](store::Tx& tx) {
    json::Array rows;
    for (const auto& category : market::list_categories(tx)) rows.push_back(category_json(call, category));
    answer_list(call, std::move(rows));
  });
}

void get_category(Call& call) {
  answer_object(call, call.read([&](store::Tx& tx) { return category_json(call, market::get_category(tx, call.path("uuid"))); }));
}

void list_providers(Call& call) {
  call.read([&](store::Tx& tx) {
    json::Array rows;
    for (const auto& provider : market::list_providers(tx)) rows.push_back(provider_json(call, tx, provider));
    answer_list(call, std::move(rows));
  });
}

struct ProviderIn {
  std::optional<std::string> customer;
  std::optional<std::string> description;
};
BOOST_DESCRIBE_STRUCT(ProviderIn, (), (customer, description))

json::Object create_provider(Call& call, const ProviderIn& in) {
  if (!in.customer) throw invalid_field("customer", "This field is required.");
  const auto customer = related_id<OrganizationId>(*in.customer, "customer");
  return call.write([&](store::Tx& tx) {
    const Scope scope = call.scope_in(tx, customer);
    const auto provider =
        market::register_provider(scope, tx, in.description.value_or(""), call.services().provider_approval_is_manual);
    return provider_json(call, tx, provider);
  });
}

void get_provider(Call& call) {
  answer_object(call, call.read([&](store::Tx& tx) {
    return provider_json(call, tx, market::get_provider(tx, id_in_path<ServiceProviderId>(call, "service provider")));
  }));
}

market::OfferingFilter filter_of(const Call& call, const Page& page) {
  market::OfferingFilter filter;
  filter.name = call.query("name");
  filter.name_exact = call.query("name_exact");
  filter.keyword = call.query("keyword");
  if (filter.keyword.empty()) filter.keyword = call.query("query");
  filter.type = call.query("type");
  filter.order = call.query("o");
  if (const auto category = uuid_filter(call, "category")) filter.category = CategoryId{*category};
  if (const auto customer = uuid_filter(call, "customer")) filter.organization = OrganizationId{*customer};
  for (const auto state : call.request().query.all("state")) {
    const auto parsed = market::parse_offering_state(state);
    if (!parsed) throw invalid_field("state", "Select a valid choice: Draft, Active, Paused or Archived.");
    filter.states.push_back(*parsed);
  }
  filter.offset = page.offset();
  filter.limit = page.size;
  return filter;
}

void answer_offerings(Call& call, const Page& page, const market::OfferingPage& found) {
  json::Array rows;
  for (const auto& offering : found.items) rows.push_back(offering_json(call, offering));
  answer_page(call, page, found.total, std::move(rows));
}

void list_public(Call& call) {
  const Page page = page_of(call);
  answer_offerings(call, page, call.read([&](store::Tx& tx) { return market::public_offerings(tx, filter_of(call, page)); }));
}

market::Offering public_in_path(Call& call, store::Tx& tx) {
  return market::public_offering(tx, id_in_path<OfferingId>(call, "offering"));
}

void get_public(Call& call) {
  answer_object(call, call.read([&](store::Tx& tx) { return offering_json(call, public_in_path(call, tx)); }));
}

void list_public_plans(Call& call) {
  const auto offering = call.read([&](store::Tx& tx) { return public_in_path(call, tx); });
  json::Array rows;
  for (const auto& plan : offering.plans)
    if (!plan.is_archived) rows.push_back(plan_json(call, offering, plan));
  answer_list(call, std::move(rows));
}

void get_public_plan(Call& call) {
  const auto offering = call.read([&](store::Tx& tx) { return public_in_path(call, tx); });
  const auto id = PlanId::parse(call.path("plan"));
  for (const auto& plan : offering.plans)
    if (id && plan.id == *id) return answer_object(call, plan_json(call, offering, plan));
  throw not_found("plan");
}

void list_own(Call& call) {
  const Page page = page_of(call);
  auto filter = filter_of(call, {.number = 1, .size = 10'000});
  const auto all = call.read([&](store::Tx& tx) {
    std::vector<market::Offering> offerings;
    for (const Scope& scope : call.scopes(tx)) {
      if (!scope.may(Right::provide_agents)) continue;
      for (auto& offering : market::provider_offerings(scope, tx, filter).items) offerings.push_back(std::move(offering));
    }
    return offerings;
  });
  market::OfferingPage cut;
  cut.total = static_cast<std::int64_t>(all.size());
  for (std::size_t i = page.offset(); i < all.size() && i < page.offset() + page.size; ++i) cut.items.push_back(all[i]);
  answer_offerings(call, page, cut);
}

struct ComponentIn {
  std::string type;
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> measured_unit;
  std::string billing_type;
  std::optional<std::string> limit_period;
  std::optional<std::int64_t> limit_amount;
  std::optional<std::int64_t> min_value;
  std::optional<std::int64_t> max_value;
  std::optional<std::int64_t> default_limit;
  std::optional<std::int64_t> unit_factor;
  std::optional<std::string> article_code;
};
BOOST_DESCRIBE_STRUCT(ComponentIn, (),
                      (type, name, description, measured_unit, billing_type, limit_period, limit_amount, min_value, max_value,
                       default_limit, unit_factor, article_code))

struct PlanIn {
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> unit;
  std::optional<std::map<std::string, Decimal>> prices;
  std::optional<std::map<std::string, std::int64_t>> quotas;
  std::optional<std::int64_t> max_amount;
  std::optional<std::string> article_code;
  std::optional<std::string> backend_id;
};
BOOST_DESCRIBE_STRUCT(PlanIn, (), (name, description, unit, prices, quotas, max_amount, article_code, backend_id))

struct OfferingIn {
  std::optional<std::string> name;
  std::optional<std::string> category;
  std::optional<std::string> customer;
  std::optional<std::string> type;
  std::optional<std::string> description;
  std::optional<std::string> full_description;
  std::optional<std::vector<ComponentIn>> components;
  std::optional<std::vector<PlanIn>> plans;
  std::optional<json::Object> options;
  std::optional<json::Object> plugin_options;
  std::optional<json::Object> attributes;
  std::optional<bool> shared;
  std::optional<bool> billable;
  std::optional<std::string> backend_id;
  std::optional<std::string> terms_of_service;
};
BOOST_DESCRIBE_STRUCT(OfferingIn, (),
                      (name, category, customer, type, description, full_description, components, plans, options, plugin_options,
                       attributes, shared, billable, backend_id, terms_of_service))

market::Component component_of(const ComponentIn& in) {
  market::Component component;
  const auto billing = market::parse_billing_type(in.billing_type);
  if (!billing) throw invalid_field("billing_type", "\"" + in.billing_type + "\" is not a valid choice.");
  component.type = in.type;
  component.name = in.name;
  component.description = in.description.value_or("");
  component.measured_unit = in.measured_unit.value_or("");
  component.billing_type = *billing;
  component.limit_period = in.limit_period.value_or("");
  component.limit_amount = in.limit_amount;
  component.min_value = in.min_value;
  component.max_value = in.max_value;
  component.default_limit = in.default_limit;
  component.unit_factor = in.unit_factor.value_or(1);
  component.article_code = in.article_code.value_or("");
  return component;
}

market::Plan plan_of(const PlanIn& in) {
  market::Plan plan;
  plan.name = in.name;
  plan.description = in.description.value_or("");
  plan.unit = in.unit.value_or("month");
  plan.prices = in.prices.value_or(std::map<std::string, Decimal>{});
  plan.quotas = in.quotas.value_or(std::map<std::string, std::int64_t>{});
  plan.max_amount = in.max_amount;
  plan.article_code = in.article_code.value_or("");
  plan.backend_id = in.backend_id.value_or("");
  plan.terms.slug = slug(in.name);
  return plan;
}

void merge(market::Offering& offering, const OfferingIn& in) {
  if (in.name) offering.name = *in.name;
  if (in.category) offering.category = related_id<CategoryId>(*in.category, "category");
  if (in.description) offering.description = *in.description;
  if (in.full_description) offering.full_description = *in.full_description;
  if (in.options) offering.options = *in.options;
  if (in.plugin_options) offering.plugin_options = *in.plugin_options;
  if (in.attributes) offering.attributes = *in.attributes;
  if (in.shared) offering.is_shared = *in.shared;
  if (in.billable) offering.is_billable = *in.billable;
  if (in.backend_id) offering.backend_id = *in.backend_id;
  if (in.terms_of_service) offering.terms_of_service = *in.terms_of_service;
}

json::Object create_offering(Call& call, const OfferingIn& in) {
  if (!in.name) throw invalid_field("name", "This field is required.");
  if (!in.category) throw invalid_field("category", "This field is required.");
  if (!in.customer) throw invalid_field("customer", "This field is required.");
  market::Offering values;
  merge(values, in);
  values.type = in.type.value_or("Marketplace.Basic");
  for (const auto& component : in.components.value_or(std::vector<ComponentIn>{}))
    values.components.push_back(component_of(component));
  for (const auto& plan : in.plans.value_or(std::vector<PlanIn>{})) values.plans.push_back(plan_of(plan));
  const auto customer = related_id<OrganizationId>(*in.customer, "customer");
  return offering_json(
      call, call.write([&](store::Tx& tx) { return market::create_offering(call.scope_in(tx, customer), tx, values); }));
}

struct FoundOffering {
  Scope scope;
  market::Offering offering;
};
FoundOffering own_in_path(Call& call, store::Tx& tx) {
  const auto id = id_in_path<OfferingId>(call, "offering");
  return call.find_in_scopes(tx, "offering",
                             [&](const Scope& scope) { return FoundOffering{scope, market::get_offering(scope, tx, id)}; });
}

void get_own(Call& call) {
  answer_object(call, call.read([&](store::Tx& tx) { return offering_json(call, own_in_path(call, tx).offering); }));
}

json::Object patch_own(Call& call, const OfferingIn& in) {
  return offering_json(call, call.write([&](store::Tx& tx) {
    auto found = own_in_path(call, tx);
    merge(found.offering, in);
    return market::update_offering(found.scope, tx, found.offering);
  }));
}

void delete_own(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto found = own_in_path(call, tx);
    market::delete_offering(found.scope, tx, found.offering.id);
  });
}

struct PauseIn {
  std::optional<std::string> paused_reason;
};
BOOST_DESCRIBE_STRUCT(PauseIn, (), (paused_reason))

json::Object move_to(Call& call, market::OfferingState state, const std::string& reason) {
  const auto offering = call.write([&](store::Tx& tx) {
    const auto found = own_in_path(call, tx);
    return market::change_offering_state(found.scope, tx, found.offering.id, state, reason);
  });
  return {{"detail", "Offering state has been changed."}, {"state", market::wire_name(offering.state)}};
}

template <market::OfferingState state>
json::Object change_state(Call& call) {
  return move_to(call, state, "");
}
json::Object pause(Call& call, const PauseIn& in) {
  return move_to(call, market::OfferingState::paused, in.paused_reason.value_or(""));
}

json::Object add_component(Call& call, const ComponentIn& in) {
  const auto component = component_of(in);
  return offering_json(call, call.write([&](store::Tx& tx) {
    const auto found = own_in_path(call, tx);
    market::add_component(found.scope, tx, found.offering.id, component);
    return market::get_offering(found.scope, tx, found.offering.id);
  }));
}

struct NewPlanIn {
  std::string offering;
  std::string name;
  std::optional<std::string> description;
  std::optional<std::string> unit;
  std::optional<std::map<std::string, Decimal>> prices;
  std::optional<std::map<std::string, std::int64_t>> quotas;
  std::optional<std::int64_t> max_amount;
  std::optional<std::string> article_code;
};
BOOST_DESCRIBE_STRUCT(NewPlanIn, (), (offering, name, description, unit, prices, quotas, max_amount, article_code))

json::Object create_plan(Call& call, const NewPlanIn& in) {
  const auto offering = related_id<OfferingId>(in.offering, "offering");
  const auto plan =
      plan_of({in.name, in.description, in.unit, in.prices, in.quotas, in.max_amount, in.article_code, std::nullopt});
  return call.write([&](store::Tx& tx) {
    return call.find_in_scopes(tx, "offering", [&](const Scope& scope) {
      const auto added = market::add_plan(scope, tx, offering, plan);
      return plan_json(call, market::get_offering(scope, tx, offering), added);
    });
  });
}

json::Object archive_plan(Call& call) {
  const auto id = id_in_path<PlanId>(call, "plan");
  call.write([&](store::Tx& tx) {
    call.find_in_scopes(tx, "plan", [&](const Scope& scope) { return market::archive_plan(scope, tx, id); });
  });
  return {{"detail", "Plan has been archived."}};
}

struct PricesIn {
  std::map<std::string, Decimal> prices;
};
BOOST_DESCRIBE_STRUCT(PricesIn, (), (prices))

json::Object update_prices(Call& call, const PricesIn& in) {
  const auto id = id_in_path<PlanId>(call, "plan");
  call.write([&](store::Tx& tx) {
    call.find_in_scopes(tx, "plan", [&](const Scope& scope) { return market::update_prices(scope, tx, id, in.prices); });
  });
  return {{"detail", "Prices have been updated."}};
}

Route provider_row(int success = 200) {
  Route row;
  row.right = Right::provide_agents;
  row.status = success;
  return row;
}

Route catalogue_list_row() {
  Route row;
  row.query = {{"page", "integer"}, {"page_size", "integer"}, {"field"},         {"name"},  {"name_exact"},
               {"keyword"},         {"category_uuid"},        {"customer_uuid"}, {"state"}, {"o"}};
  return row;
}

}  // namespace

RouteTable catalogue_routes() {
  using enum market::OfferingState;
  const std::string own = "/api/marketplace-provider-offerings/{uuid}";
  const std::string offerings = "/api/marketplace-public-offerings";
  Route provider;
  provider.right = Right::manage_organization;
  provider.status = 201;
  return {
      get("/api/marketplace-categories", "Categories", kAnyone, list_categories, catalogue_list_row()),
      get("/api/marketplace-categories/{uuid}", "One category", kAnyone, get_category),
      get("/api/marketplace-service-providers", "Service providers", kAccount, list_providers, catalogue_list_row()),
      post("/api/marketplace-service-providers", "Register an organization as provider", kAccount, create_provider, provider),
      get("/api/marketplace-service-providers/{uuid}", "One service provider", kAccount, get_provider),
      get(offerings, "What anybody may see in the catalogue", kAnyone, list_public, catalogue_list_row()),
      get(offerings + "/{uuid}", "One offering", kAnyone, get_public),
      get(offerings + "/{uuid}/plans", "Its plans", kAnyone, list_public_plans),
      get(offerings + "/{uuid}/plans/{plan}", "One of them", kAnyone, get_public_plan),
      get("/api/marketplace-provider-offerings", "Own offerings", kAccount, list_own, catalogue_list_row()),
      post("/api/marketplace-provider-offerings", "Create an offering in Draft", kAccount, create_offering, provider_row(201)),
      get(own, "One own offering", kAccount, get_own),
      patch(own, "Edit an offering", kAccount, patch_own, provider_row()),
      put(own, "Edit an offering", kAccount, patch_own, provider_row()),
      remove(own, "Delete a draft without subscriptions", kAccount, delete_own, provider_row(204)),
      post(own + "/activate", "Draft or Paused → Active", kAccount, change_state<active>, provider_row()),
      post(own + "/draft", "Back to Draft", kAccount, change_state<draft>, provider_row()),
      post(own + "/pause", "Active → Paused", kAccount, pause, provider_row()),
      post(own + "/unpause", "Paused → Active", kAccount, change_state<active>, provider_row()),
      post(own + "/archive", "Archive", kAccount, change_state<archived>, provider_row()),
      post(own + "/create_offering_component", "Add a component", kAccount, add_component, provider_row(201)),
      post("/api/marketplace-plans", "Add a plan", kAccount, create_plan, provider_row(201)),
      post("/api/marketplace-plans/{uuid}/archive", "Archive a plan", kAccount, archive_plan, provider_row()),
      post("/api/marketplace-plans/{uuid}/update_prices", "Set prices, at once or for next month", kAccount, update_prices,
           provider_row())};
}

}  // namespace guildhall::api::waldur_dialect
