// What a subscription is charged, as items not yet stored (contracts/cmp.md §9.2). Pure.
#pragma once

#include <vector>

#include "items.h"
#include "market/orders.h"

namespace guildhall::billing {

/// Why items are made: the subscription became usable, a month's invoice opened, the plan changed within a month, or with it.
enum class Occasion { activation, month, plan_switch, month_switch };

struct Charged {
  const market::Subscription& subscription;
  const market::Offering& offering;
  const market::Plan& plan;
};

/// Items from `start` to the end of its month. None when the offering is not billable; no limit item for 0 or −1.
std::vector<StoredItem> charges_of(const Charged& charged, Timestamp start, Occasion occasion);

/// The item of a total or longer limit that changed from `before` to `after`: its difference, up at the price, down at the
/// negative price. Nothing for a quarterly or annual limit that falls: that waits for its next period.
std::vector<StoredItem> limit_difference(const Charged& charged, const market::Component& component, Timestamp at,
                                         std::int64_t before, std::int64_t after);

/// A monthly limit that was not charged yet and is from 00:00 of the day of `at` on.
StoredItem monthly_limit(const Charged& charged, const market::Component& component, Timestamp start, std::int64_t limit);

/// "month" when the component says nothing else.
std::string limit_period_of(const market::Component& component);
/// The subscription's limit of a component; 0 when it has none or it is unlimited: neither is charged.
std::int64_t charged_limit(const market::Subscription& subscription, const std::string& component);

}  // namespace guildhall::billing
