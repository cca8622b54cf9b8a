// Training and widgets of a subscription (contracts/registry.md §8).
#include "registry/route_tables.h"

#include "base/text.h"
#include "knowledge/documents.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

json::Object retrain(Call& call) {
  const std::int64_t count = call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    identity::require(target.scope, Right::configure_agents);
    const auto config = registry::agent_config(target.scope, tx, target.subscription.id);
    knowledge::BaseSettings settings;
    settings.chunk_size = json::integer_of(config, "rag_chunk_size").value_or(settings.chunk_size);
    settings.chunk_overlap = json::integer_of(config, "rag_chunk_overlap").value_or(settings.chunk_overlap);
    return knowledge::retrain(target.scope, tx, knowledge::base_of_subscription(target.scope, tx, target.subscription.id),
                              settings);
  });
  call.services().jobs.wake();
  return {{"status", "queued"}, {"documents", count}};
}

struct WidgetIn {
  std::optional<std::string> name;
  std::optional<std::string> type;
  std::optional<std::string> position;
  std::optional<std::string> theme;
  std::optional<std::string> primary_color;
  std::optional<std::vector<std::string>> domains;
  std::optional<bool> is_active;
};
BOOST_DESCRIBE_STRUCT(WidgetIn, (), (name, type, position, theme, primary_color, domains, is_active))

void merge(registry::Widget& widget, const WidgetIn& in) {
  if (in.type && *in.type != "chat") throw invalid_field("type", "must be chat");
  if (in.name) widget.name = *in.name;
  if (in.position) widget.position = *in.position;
  if (in.theme) widget.theme = *in.theme;
  if (in.primary_color) widget.primary_color = *in.primary_color;
  if (in.domains) widget.domains = *in.domains;
  if (in.is_active) widget.is_active = *in.is_active;
}

json::Object create_widget(Call& call, const WidgetIn& in) {
  registry::Widget values;
  values.name = "Chat";
  merge(values, in);
  return widget_json(call, call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::create_widget(target.scope, tx, target.subscription.id, values);
  }));
}

registry::Widget widget_in_path(const Call& call, store::Tx& tx, const AccessTarget& target) {
  for (auto& widget : registry::list_widgets(target.scope, tx, target.subscription.id))
    if (widget.public_id == call.path("widget") || widget.id.text() == call.path("widget")) return widget;
  throw not_found("widget");
}

json::Object patch_widget(Call& call, const WidgetIn& in) {
  return widget_json(call, call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    auto widget = widget_in_path(call, tx, target);
    merge(widget, in);
    return registry::update_widget(target.scope, tx, widget);
  }));
}

void delete_widget(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    registry::delete_widget(target.scope, tx, widget_in_path(call, tx, target).id);
  });
}

json::Object list_widgets(Call& call) {
  const auto widgets = call.read([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::list_widgets(target.scope, tx, target.subscription.id);
  });
  json::Array results;
  for (const auto& widget : widgets) results.push_back(widget_json(call, widget));
  return {{"count", static_cast<std::int64_t>(widgets.size())},
          {"next", nullptr},
          {"previous", nullptr},
          {"results", std::move(results)}};
}

Route training_row(Right right, int success = 200) {
  Route result;
  result.right = right;
  result.status = success;
  return result;
}

}  // namespace

RouteTable training_routes() {
  const std::string access = "/api/v1/access/{access}";
  return {
      post(access + "/retrain", "Index every document again", kAccountOrKey, retrain, training_row(Right::configure_agents, 202)),
      get(access + "/widgets", "Widgets of a subscription", kAccountOrKey, list_widgets, training_row(Right::read_subscriptions)),
      post(access + "/widgets", "Create a widget for the domains it may stand on", kAccountOrKey, create_widget,
           training_row(Right::configure_agents, 201)),
      patch(access + "/widgets/{widget}", "Change a widget", kAccountOrKey, patch_widget, training_row(Right::configure_agents)),
      remove(access + "/widgets/{widget}", "Delete a widget", kAccountOrKey, delete_widget,
             training_row(Right::configure_agents, 204))};
}

}  // namespace guildhall::api::registry_dialect
