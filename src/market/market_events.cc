// Emitting what happened to orders and subscriptions.
#include "market_events.h"

#include "delivery/events.h"
#include "order_rows.h"

namespace guildhall::market {

void tell_order(store::Tx& tx, const Order& order, const Offering& offering, std::string_view event) {
  json::Object payload{{"order", order.id.text()},
                       {"type", wire_name(order.type)},
                       {"state", wire_name(order.state)},
                       {"subscription", order.subscription.text()},
                       {"offering", order.offering.text()},
                       {"plan", order.plan.text()},
                       {"organization", order.organization.text()},
                       {"project", order.project.text()},
                       {"provider", order.provider.text()},
                       {"limits", limits_object(order.limits)}};
  if (order.old_plan) payload["old_plan"] = order.old_plan->text();
  if (offering.agent) payload["agent"] = offering.agent->text();
  delivery::emit(
      tx,
      {.type = std::string(event), .organization = order.organization, .subject = order.id.uuid, .payload = std::move(payload)});
}

void tell_subscription(store::Tx& tx, const Subscription& subscription, std::string_view event, const json::Object& more) {
  json::Object payload{{"subscription", subscription.id.text()}, {"offering", subscription.offering.text()},
                       {"plan", subscription.plan.text()},       {"organization", subscription.organization.text()},
                       {"project", subscription.project.text()}, {"provider", subscription.provider.text()},
                       {"state", wire_name(subscription.state)}, {"limits", limits_object(subscription.limits)}};
  if (subscription.agent) payload["agent"] = subscription.agent->text();
  for (const auto& member : more) payload[member.key()] = member.value();
  delivery::emit(tx, {.type = std::string(event),
                      .organization = subscription.organization,
                      .subject = subscription.id.uuid,
                      .payload = std::move(payload)});
}

}  // namespace guildhall::market
