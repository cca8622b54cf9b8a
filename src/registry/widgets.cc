// Widgets: where a subscription's agent stands on the customer's pages (contracts/registry.md §2, §8).
#include <algorithm>

#include "base/errors.h"
#include "base/hash.h"
#include "base/text.h"
#include "limits.h"
#include "lists.h"
#include "origins.h"
#include "scopes.h"
#include "widget_rows.h"

namespace guildhall::registry {
namespace {

constexpr std::size_t kPublicIdRandomBytes = 16;
constexpr std::size_t kWidgetKeyRandomBytes = 24;

constexpr std::string_view kSelectWidgets =
    "SELECT organization_id, widget_id, subscription_id, public_id, widget_key, name, position, theme, primary_color, domains,"
    " is_active, created_at FROM widget";

Widget widget_of_row(const store::Row& row) {
  return {.id = row.id<WidgetId>(1),
          .organization = row.id<OrganizationId>(0),
          .subscription = row.id<SubscriptionId>(2),
          .public_id = row.text(3),
          .key = row.text(4),
          .name = row.text(5),
          .position = row.text(6),
          .theme = row.text(7),
          .primary_color = row.text(8),
          .domains = texts_of(row.json(9)),
          .is_active = row.boolean(10),
          .created_at = row.timestamp(11)};
}

/// The writable members, checked and in stored form.
Widget checked_widget(const Widget& values) {
  std::vector<FieldError> errors;
  Widget widget = values;
  widget.primary_color = ascii_lower(values.primary_color);
  if (!is_valid_utf8(values.name) || values.name.find('\0') != std::string::npos || trimmed(values.name).empty() ||
      code_points(values.name) > kWidgetNameCharactersMax) {
    errors.push_back({"name", "a name has 1 to 120 characters"});
  }
  if (!is_widget_position(values.position)) errors.push_back({"position", "a position is bottom-right or bottom-left"});
  if (!is_widget_theme(values.theme)) errors.push_back({"theme", "a theme is light, dark or auto"});
  if (!is_hex_color(values.primary_color)) errors.push_back({"primary_color", "write a colour as #rrggbb"});
  if (values.domains.empty()) errors.push_back({"domains", "name at least one host the widget stands on"});
  widget.domains = checked_domains(values.domains, "domains", errors);
  if (!errors.empty()) throw Refusal(Code::validation_failed, "the widget is not valid").with_fields(std::move(errors));
  return widget;
}

void record_widget(const Scope& scope, store::Tx& tx, std::string_view action, const Widget& widget) {
  record(scope, tx,
         {.action = action,
          .object_type = "widget",
          .object = widget.id.uuid,
          .details = {{"name", widget.name}, {"domains", array_of(widget.domains)}, {"is_active", widget.is_active}},
          .event = "widget.changed",
          .payload = {{"widget", widget.id.text()},
                      {"subscription", widget.subscription.text()},
                      {"public_id", widget.public_id},
                      {"key", widget.key}}});
}

Widget load_widget(const Scope& scope, store::Tx& tx, WidgetId id) {
  const auto row =
      tx.first(std::string(kSelectWidgets) + " WHERE organization_id = $1 AND widget_id = $2", {scope.organization, id});
  if (!row) throw not_found("widget");
  Widget widget = widget_of_row(*row);
  own_subscription(scope, tx, widget.subscription);
  return widget;
}

Widget widget_to_change(const Scope& scope, store::Tx& tx, WidgetId id) {
  Widget widget = load_widget(scope, tx, id);
  require(scope, Right::configure_agents);
  return widget;
}

}  // namespace

bool is_hex_color(std::string_view text) {
  return text.size() == 7 && text[0] == '#' && std::all_of(text.begin() + 1, text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
         });
}

bool is_widget_position(std::string_view text) {
  return text == "bottom-right" || text == "bottom-left";
}
bool is_widget_theme(std::string_view text) {
  return text == "light" || text == "dark" || text == "auto";
}

std::vector<std::string> checked_domains(const std::vector<std::string>& domains, std::string_view path,
                                         std::vector<FieldError>& errors) {
  std::vector<std::string> checked;
  if (domains.size() > kDomainsMax) {
    errors.push_back({std::string(path), "there are at most 50 hosts"});
    return checked;
  }
  for (std::size_t i = 0; i < domains.size(); ++i) {
    const auto domain = parse_domain(domains[i]);
    if (!domain) {
      errors.push_back({std::string(path) + "[" + std::to_string(i) + "]",
                        "write a host without scheme or path: example.com, *.example.com or localhost"});
    } else if (std::string stored = text_of(*domain); !contains(checked, stored)) {
      checked.push_back(std::move(stored));
    }
  }
  return checked;
}

Widget create_widget(const Scope& scope, store::Tx& tx, SubscriptionId subscription, const Widget& values) {
  const market::Subscription owned = own_subscription(scope, tx, subscription);
  require(scope, Right::configure_agents);
  if (owned.state == market::SubscriptionState::terminated || owned.state == market::SubscriptionState::terminating) {
    throw Refusal(Code::conflict, "the subscription '" + owned.name + "' has ended; order the agent again");
  }
  Widget widget = checked_widget(values);
  const auto count = tx.query("SELECT COUNT(*) FROM widget WHERE organization_id = $1 AND subscription_id = $2",
                              {scope.organization, subscription});
  if (count.at(0).integer(0) >= kWidgetsPerSubscriptionMax) {
    throw Refusal(Code::conflict, "there are 50 widgets already; delete one that is not used");
  }
  widget.id = WidgetId::random();
  widget.organization = scope.organization;
  widget.subscription = subscription;
  widget.public_id = "wgt_" + to_base64url(random_bytes(kPublicIdRandomBytes));
  widget.key = "pk_" + to_base64url(random_bytes(kWidgetKeyRandomBytes));
  widget.created_at = tx.now();
  tx.execute(
      "INSERT INTO widget (organization_id, widget_id, subscription_id, public_id, widget_key, name, position, theme,"
      " primary_color, domains, is_active, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      {widget.organization, widget.id, widget.subscription, widget.public_id, widget.key, widget.name, widget.position,
       widget.theme, widget.primary_color, written(widget.domains), widget.is_active, widget.created_at});
  record_widget(scope, tx, "widget.create", widget);
  return widget;
}

Widget update_widget(const Scope& scope, store::Tx& tx, const Widget& values) {
  Widget stored = widget_to_change(scope, tx, values.id);
  const Widget checked = checked_widget(values);
  stored.name = checked.name;
  stored.position = checked.position;
  stored.theme = checked.theme;
  stored.primary_color = checked.primary_color;
  stored.domains = checked.domains;
  stored.is_active = checked.is_active;
  tx.execute(
      "UPDATE widget SET name = $3, position = $4, theme = $5, primary_color = $6, domains = $7, is_active = $8"
      " WHERE organization_id = $1 AND widget_id = $2",
      {stored.organization, stored.id, stored.name, stored.position, stored.theme, stored.primary_color, written(stored.domains),
       stored.is_active});
  record_widget(scope, tx, "widget.update", stored);
  return stored;
}

void delete_widget(const Scope& scope, store::Tx& tx, WidgetId id) {
  Widget widget = widget_to_change(scope, tx, id);
  tx.execute("DELETE FROM widget WHERE organization_id = $1 AND widget_id = $2", {scope.organization, id});
  widget.is_active = false;
  record_widget(scope, tx, "widget.delete", widget);
}

std::vector<Widget> list_widgets(const Scope& scope, store::Tx& tx, SubscriptionId subscription) {
  readable_subscription(scope, tx, subscription);
  std::vector<Widget> widgets;
  for (const store::Row& row : tx.query(
           std::string(kSelectWidgets) + " WHERE organization_id = $1 AND subscription_id = $2 ORDER BY created_at, widget_id",
           {scope.organization, subscription})) {
    widgets.push_back(widget_of_row(row));
  }
  return widgets;
}

Widget get_widget(const Scope& scope, store::Tx& tx, WidgetId id) {
  return load_widget(scope, tx, id);
}

std::optional<Widget> widget_by_key(store::Tx& tx, std::string_view key_or_public_id) {
  const bool is_public_id = key_or_public_id.starts_with("wgt_");
  if (!is_public_id && !key_or_public_id.starts_with("pk_")) return std::nullopt;
  const auto row = is_public_id
                       ? tx.first(std::string(kSelectWidgets) + " WHERE public_id = $1 AND is_active", {key_or_public_id})
                       : tx.first(std::string(kSelectWidgets) + " WHERE widget_key = $1 AND is_active", {key_or_public_id});
  return row ? std::optional<Widget>(widget_of_row(*row)) : std::nullopt;
}

std::int64_t deactivate_widgets_of(const Scope& scope, store::Tx& tx, SubscriptionId subscription) {
  std::int64_t deactivated = 0;
  for (Widget& widget : list_widgets(scope, tx, subscription)) {
    if (!widget.is_active) continue;
    widget.is_active = false;
    tx.execute("UPDATE widget SET is_active = FALSE WHERE organization_id = $1 AND widget_id = $2",
               {widget.organization, widget.id});
    record_widget(scope, tx, "widget.deactivate", widget);
    ++deactivated;
  }
  return deactivated;
}

}  // namespace guildhall::registry
