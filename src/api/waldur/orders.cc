// Orders and resources in the Waldur dialect (contracts/cmp.md §5, §7.2, §7.3).
#include "waldur/route_tables.h"

#include "waldur/shapes.h"

namespace guildhall::api::waldur_dialect {
namespace {

market::OrderFilter order_filter(const Call& call) {
  market::OrderFilter filter;
  if (const auto id = uuid_filter(call, "project")) filter.project = ProjectId{*id};
  if (const auto id = uuid_filter(call, "customer")) filter.customer = OrganizationId{*id};
  if (const auto id = uuid_filter(call, "offering")) filter.offering = OfferingId{*id};
  if (const auto id = uuid_filter(call, "resource")) filter.subscription = SubscriptionId{*id};
  for (const auto state : call.request().query.all("state")) {
    const auto parsed = market::parse_order_state(state);
    if (!parsed) throw invalid_field("state", "Select a valid choice.");
    filter.states.push_back(*parsed);
  }
  filter.type = call.query("type");
  filter.order = call.query("o");
  filter.limit = 10'000;
  return filter;
}

/// A customer and a provider of one account may both see an order: it is listed once.
void list_orders(Call& call) {
  call.read([&](store::Tx& tx) {
    json::Array rows;
    std::vector<OrderId> seen;
    for (const Scope& scope : call.scopes(tx))
      for (const auto& order : market::list_orders(scope, tx, order_filter(call)).items) {
        if (std::find(seen.begin(), seen.end(), order.id) != seen.end()) continue;
        seen.push_back(order.id);
        rows.push_back(order_json(call, tx, order));
      }
    answer_list(call, std::move(rows));
  });
}

struct OrderIn {
  std::string offering;
  std::string project;
  std::optional<std::string> plan;
  std::optional<json::Object> attributes;
  std::optional<std::map<std::string, std::int64_t>> limits;
  std::optional<std::string> type;
  std::optional<bool> accepting_terms_of_service;
  std::optional<std::string> callback_url;
  std::optional<std::string> request_comment;
};
BOOST_DESCRIBE_STRUCT(OrderIn, (),
                      (offering, project, plan, attributes, limits, type, accepting_terms_of_service, callback_url,
                       request_comment))

json::Object place_order(Call& call, const OrderIn& in) {
  if (in.type && *in.type != "Create")
    throw invalid_field("type", "Only Create orders are placed here; use the resource's actions for others.");
  if (!in.plan) throw invalid_field("plan", "This field is required.");
  market::NewOrder order;
  order.project = related_id<ProjectId>(in.project, "project");
  order.offering = related_id<OfferingId>(in.offering, "offering");
  order.plan = related_id<PlanId>(*in.plan, "plan");
  order.attributes = in.attributes.value_or(json::Object{});
  order.name = json::text_of(order.attributes, "name");
  order.limits = in.limits.value_or(std::map<std::string, std::int64_t>{});
  order.accepts_terms = in.accepting_terms_of_service.value_or(false);
  order.callback_url = in.callback_url.value_or("");
  order.request_comment = in.request_comment.value_or("");
  if (!order.callback_url.empty()) {
    try {
      call.services().client.check(order.callback_url);
    } catch (const net::OutboundError&) {
      throw invalid_field("callback_url", "This destination is not allowed.");
    }
  }
  return call.write([&](store::Tx& tx) {
    // The project decides whose order it is.
    return call.find_in_scopes(tx, "project", [&](const Scope& scope) {
      identity::get_project(scope, tx, order.project);
      return order_json(call, tx, market::place_order(scope, tx, order));
    });
  });
}

struct FoundOrder {
  Scope scope;
  market::Order order;
};
FoundOrder order_in_path(Call& call, store::Tx& tx) {
  const auto id = id_in_path<OrderId>(call, "order");
  return call.find_in_scopes(tx, "order",
                             [&](const Scope& scope) { return FoundOrder{scope, market::get_order(scope, tx, id)}; });
}

void get_order(Call& call) {
  answer_object(call, call.read([&](store::Tx& tx) { return order_json(call, tx, order_in_path(call, tx).order); }));
}

struct CommentIn {
  std::optional<std::string> comment;
  std::optional<std::string> error_message;
};
BOOST_DESCRIBE_STRUCT(CommentIn, (), (comment, error_message))

/// Provider actions act in the provider's organization, consumer actions in the customer's.
bool is_providers(market::OrderAction action) {
  using enum market::OrderAction;
  return action == approve_by_provider || action == reject_by_provider || action == set_state_executing ||
         action == set_state_done || action == set_state_erred;
}

template <market::OrderAction action>
json::Object act(Call& call, const CommentIn& in) {
  const std::string comment =
      action == market::OrderAction::set_state_erred ? in.error_message.value_or("") : in.comment.value_or("");
  call.write([&](store::Tx& tx) {
    const auto found = order_in_path(call, tx);
    const OrganizationId side = is_providers(action) ? found.order.provider : found.order.organization;
    Scope scope = found.scope;
    if (scope.organization != side) {
      try {
        scope = call.scope_in(tx, side);
      } catch (const Refusal& refusal) {
        // The order is visible from the other side: what is missing is the right.
        if (refusal.code == Code::not_found)
          throw Refusal(Code::permission_denied, "You do not have permission to perform this action.");
        throw;
      }
    }
    market::act_on_order(scope, tx, found.order.id, action, comment);
  });
  return {{"detail", "Order has been updated."}};
}

market::SubscriptionFilter resource_filter(const Call& call, bool as_provider) {
  market::SubscriptionFilter filter;
  if (const auto id = uuid_filter(call, "project")) filter.project = ProjectId{*id};
  if (const auto id = uuid_filter(call, "offering")) filter.offering = OfferingId{*id};
  for (const auto state : call.request().query.all("state")) {
    const auto parsed = market::parse_subscription_state(state);
    if (!parsed) throw invalid_field("state", "Select a valid choice.");
    filter.states.push_back(*parsed);
  }
  filter.name = call.query("name");
  filter.name_exact = call.query("name_exact");
  filter.query = call.query("query");
  filter.order = call.query("o");
  filter.as_provider = as_provider;
  filter.limit = 10'000;
  return filter;
}

template <bool as_provider>
void list_resources(Call& call) {
  const auto customer = uuid_filter(call, "customer");
  call.read([&](store::Tx& tx) {
    json::Array rows;
    for (const Scope& scope : call.scopes(tx)) {
      // An account may sell in one organization and buy in another: where it does not sell, it provides nothing.
      if (as_provider && !scope.may(Right::provide_agents)) continue;
      for (const auto& subscription : market::list_subscriptions(scope, tx, resource_filter(call, as_provider)).items)
        if (!customer || subscription.organization.uuid == *customer) rows.push_back(resource_json(call, tx, subscription));
    }
    answer_list(call, std::move(rows));
  });
}

struct FoundResource {
  Scope scope;
  market::Subscription subscription;
};
FoundResource resource_in_path(Call& call, store::Tx& tx) {
  const auto id = id_in_path<SubscriptionId>(call, "resource");
  return call.find_in_scopes(tx, "resource",
                             [&](const Scope& scope) { return FoundResource{scope, market::get_subscription(scope, tx, id)}; });
}

void get_resource(Call& call) {
  answer_object(call, call.read([&](store::Tx& tx) { return resource_json(call, tx, resource_in_path(call, tx).subscription); }));
}

void get_provider_resource(Call& call) {
  const auto id = id_in_path<SubscriptionId>(call, "resource");
  answer_object(call, call.read([&](store::Tx& tx) {
    return call.find_in_scopes(tx, "resource", [&](const Scope& scope) {
      return resource_json(call, tx, market::provided_subscription(scope, tx, id));
    });
  }));
}

struct ResourceIn {
  std::optional<std::string> name;
  std::optional<std::string> description;
};
BOOST_DESCRIBE_STRUCT(ResourceIn, (), (name, description))

json::Object patch_resource(Call& call, const ResourceIn& in) {
  return call.write([&](store::Tx& tx) {
    const auto found = resource_in_path(call, tx);
    return resource_json(
        call, tx,
        market::rename_subscription(found.scope, tx, found.subscription.id, in.name.value_or(found.subscription.name),
                                    in.description.value_or(found.subscription.description)));
  });
}

json::Object order_reference(const market::Order& order) {
  return {{"order_uuid", order.id.hex()}};
}

struct SwitchIn {
  std::string plan;
};
BOOST_DESCRIBE_STRUCT(SwitchIn, (), (plan))

json::Object switch_plan(Call& call, const SwitchIn& in) {
  const auto plan = related_id<PlanId>(in.plan, "plan");
  return order_reference(call.write([&](store::Tx& tx) {
    const auto found = resource_in_path(call, tx);
    return market::switch_plan(found.scope, tx, found.subscription.id, plan);
  }));
}

struct LimitsIn {
  std::map<std::string, std::int64_t> limits;
};
BOOST_DESCRIBE_STRUCT(LimitsIn, (), (limits))

json::Object update_limits(Call& call, const LimitsIn& in) {
  return order_reference(call.write([&](store::Tx& tx) {
    const auto found = resource_in_path(call, tx);
    return market::update_limits(found.scope, tx, found.subscription.id, in.limits);
  }));
}

json::Object terminate(Call& call) {
  return order_reference(call.write([&](store::Tx& tx) {
    const auto found = resource_in_path(call, tx);
    return market::terminate(found.scope, tx, found.subscription.id);
  }));
}

Route order_row(Right right, int success = 200) {
  Route result;
  result.right = right;
  result.status = success;
  return result;
}

Route order_list_row() {
  Route result;
  result.query = {{"page", "integer"}, {"page_size", "integer"}, {"field"},         {"state"},
                  {"project_uuid"},    {"customer_uuid"},        {"offering_uuid"}, {"o"}};
  return result;
}

}  // namespace

RouteTable orders_routes() {
  using enum market::OrderAction;
  const std::string order = "/api/marketplace-orders/{uuid}";
  const std::string resource = "/api/marketplace-resources/{uuid}";
  const Route consumer = order_row(Right::order_subscriptions);
  const Route provider = order_row(Right::provide_agents);
  return {get("/api/marketplace-orders", "Orders placed or provided for", kAccount, list_orders, order_list_row()),
          post("/api/marketplace-orders", "Order a plan of an offering", kAccount, place_order,
               order_row(Right::order_subscriptions, 201)),
          get(order, "One order", kAccount, get_order),
          post(order + "/approve_by_consumer", "Approve for the customer", kAccount, act<approve_by_consumer>, consumer),
          post(order + "/reject_by_consumer", "Reject for the customer", kAccount, act<reject_by_consumer>, consumer),
          post(order + "/approve_by_provider", "Approve for the provider", kAccount, act<approve_by_provider>, provider),
          post(order + "/reject_by_provider", "Reject for the provider", kAccount, act<reject_by_provider>, provider),
          post(order + "/cancel", "Cancel", kAccount, act<cancel>, order_row(Right::order_subscriptions, 202)),
          post(order + "/set_state_executing", "Provider has begun", kAccount, act<set_state_executing>, provider),
          post(order + "/set_state_done", "Provider has finished", kAccount, act<set_state_done>, provider),
          post(order + "/set_state_erred", "Provider has failed", kAccount, act<set_state_erred>, provider),
          get("/api/marketplace-resources", "Subscriptions of the customer", kAccount, list_resources<false>, order_list_row()),
          get(resource, "One subscription", kAccount, get_resource),
          patch(resource, "Rename a subscription", kAccount, patch_resource, consumer),
          put(resource, "Rename a subscription", kAccount, patch_resource, consumer),
          post(resource + "/switch_plan", "Order another plan", kAccount, switch_plan, consumer),
          post(resource + "/update_limits", "Order other limits", kAccount, update_limits, consumer),
          post(resource + "/terminate", "Order the end", kAccount, terminate, consumer),
          get("/api/marketplace-provider-resources", "Subscriptions to own offerings", kAccount, list_resources<true>,
              order_list_row()),
          get("/api/marketplace-provider-resources/{uuid}", "One of them", kAccount, get_provider_resource)};
}

}  // namespace guildhall::api::waldur_dialect
