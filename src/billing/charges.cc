// Making invoice items from a subscription, its offering and its plan.
#include "charges.h"

#include <algorithm>
#include <utility>

namespace guildhall::billing {

namespace {

Decimal price_of(const market::Plan& plan, const std::string& component) {
  const auto price = plan.prices.find(component);
  return price == plan.prices.end() ? Decimal() : price->second;
}

StoredItem blank(const Charged& charged, const market::Component& component, Timestamp start) {
  StoredItem stored;
  stored.cycle = cycle_of(start);
  InvoiceItem& item = stored.item;
  item.id = InvoiceItemId::random();
  item.name = charged.subscription.name + " (" + charged.offering.name + " / " + charged.plan.name + ") / " + component.name;
  item.project = charged.subscription.project;
  item.subscription = charged.subscription.id;
  item.plan = charged.plan.id;
  item.component = component.type;
  item.component_name = component.name;
  item.billing_type = component.billing_type;
  item.unit = "quantity";
  item.measured_unit = component.measured_unit;
  item.article_code = component.article_code.empty() ? charged.plan.article_code : component.article_code;
  item.unit_price = price_of(charged.plan, component.type);
  item.quantity = Decimal(1);
  item.start = start;
  item.end = last_instant(stored.cycle);
  return stored;
}

bool starts_quarter(const Cycle& cycle) {
  return cycle.month % 3 == 1;
}

/// Whether a quarterly or annual limit is charged again in this month.
bool is_due(const std::string& limit_period, const market::Subscription& subscription, const Cycle& cycle) {
  if (limit_period == "quarterly") return starts_quarter(cycle);
  const Cycle begun = cycle_of(subscription.activated_at.value_or(subscription.created_at));
  return cycle.month == begun.month && cycle.year > begun.year;
}

StoredItem fixed_charge(const Charged& charged, const market::Component& component, Timestamp start) {
  StoredItem stored = blank(charged, component, start);
  const auto amount = charged.plan.quotas.find(component.type);
  if (amount != charged.plan.quotas.end()) stored.item.unit_price = stored.item.unit_price * Decimal(amount->second);
  stored.item.unit = charged.plan.unit;
  charge(stored);
  return stored;
}

/// A limit that is charged as a quantity, not by time.
StoredItem limit_charge(const Charged& charged, const market::Component& component, Timestamp start, std::int64_t quantity,
                        std::int64_t limit) {
  StoredItem stored = blank(charged, component, start);
  stored.limit_period = limit_period_of(component);
  stored.item.quantity = Decimal(quantity);
  stored.periods = {{start, end_of(stored.cycle), limit}};
  return stored;
}

std::vector<StoredItem> limit_charges(const Charged& charged, const market::Component& component, Timestamp start,
                                      Occasion occasion) {
  const std::int64_t limit = charged_limit(charged.subscription, component.type);
  if (limit == 0) return {};
  const std::string period = limit_period_of(component);
  if (period == "month") {
    StoredItem stored = monthly_limit(charged, component, start, limit);
    stored.is_plan_switch = occasion == Occasion::plan_switch;
    charge(stored);
    return {stored};
  }
  const bool is_charged = occasion == Occasion::activation || (occasion == Occasion::month && period != "total" &&
                                                               is_due(period, charged.subscription, cycle_of(start)));
  if (!is_charged) return {};
  return {limit_charge(charged, component, start, limit, limit)};
}

}  // namespace

std::string limit_period_of(const market::Component& component) {
  return component.limit_period.empty() ? "month" : component.limit_period;
}

std::int64_t charged_limit(const market::Subscription& subscription, const std::string& component) {
  const auto limit = subscription.limits.find(component);
  return limit == subscription.limits.end() ? 0 : std::max<std::int64_t>(limit->second, 0);
}

StoredItem monthly_limit(const Charged& charged, const market::Component& component, Timestamp start, std::int64_t limit) {
  StoredItem stored = blank(charged, component, start);
  stored.limit_period = "month";
  stored.item.unit = charged.plan.unit;
  stored.periods = {{start, end_of(stored.cycle), limit}};
  charge(stored);
  return stored;
}

std::vector<StoredItem> limit_difference(const Charged& charged, const market::Component& component, Timestamp at,
                                         std::int64_t before, std::int64_t after) {
  if (before == after || !charged.offering.is_billable) return {};
  if (after < before && limit_period_of(component) != "total") return {};
  StoredItem stored = limit_charge(charged, component, at, after > before ? after - before : before - after, after);
  if (after < before) stored.item.unit_price = -stored.item.unit_price;
  return {stored};
}

std::vector<StoredItem> charges_of(const Charged& charged, Timestamp start, Occasion occasion) {
  std::vector<StoredItem> items;
  if (!charged.offering.is_billable) return items;
  for (const market::Component& component : charged.offering.components) {
    switch (component.billing_type) {
      case market::BillingType::fixed: {
        // A quarter is charged once: when it starts, or when the subscription does.
        const bool is_running_quarter =
            charged.plan.unit == "quarter" && occasion == Occasion::month && !starts_quarter(cycle_of(start));
        if (!is_running_quarter) items.push_back(fixed_charge(charged, component, start));
        break;
      }
      case market::BillingType::one:
        if (occasion == Occasion::activation) items.push_back(blank(charged, component, start));
        break;
      case market::BillingType::few:
        if (occasion == Occasion::plan_switch || occasion == Occasion::month_switch)
          items.push_back(blank(charged, component, start));
        break;
      case market::BillingType::limit:
        for (StoredItem& item : limit_charges(charged, component, start, occasion)) items.push_back(std::move(item));
        break;
      case market::BillingType::usage: break;
    }
  }
  return items;
}

}  // namespace guildhall::billing
