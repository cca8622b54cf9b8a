// What happens to a subscription, in money: handlers of market's events (contracts/cmp.md §9.2, §9.3).
//
// They compare the subscription as it is now with the items that are stored, so an event that repeats, or that says less than
// it could, charges nothing twice.
#include <algorithm>
#include <stdexcept>

#include "billing/invoices.h"
#include "charges.h"
#include "invoice_rows.h"

namespace guildhall::billing {

namespace {

struct Subject {
  market::Subscription subscription;
  market::Offering offering;
  market::Plan plan;

  Charged charged() const { return {subscription, offering, plan}; }
};

/// The event's subject is the subscription.
Subject subject_of(store::Tx& tx, const delivery::Event& event) {
  const auto subscription = market::subscription_by_id(tx, SubscriptionId{event.subject});
  if (!subscription) throw std::logic_error(event.type + " of a subscription that does not exist");
  return {*subscription, market::offering_by_id(tx, subscription->offering), market::plan_by_id(tx, subscription->plan)};
}

std::optional<PlanId> old_plan_of(const delivery::Event& event) {
  const json::Value* old_plan = event.payload.if_contains("old_plan");
  if (old_plan == nullptr || !old_plan->is_string()) return std::nullopt;
  return PlanId::parse(json::view(old_plan->get_string()));
}

/// The limits before this event, where its payload tells; else the ones of now.
std::map<std::string, std::int64_t> limits_before(const market::Subscription& subscription, const delivery::Event& event) {
  std::map<std::string, std::int64_t> limits = subscription.limits;
  const json::Value* old_limits = event.payload.if_contains("old_limits");
  if (old_limits == nullptr || !old_limits->is_object()) return limits;
  limits.clear();
  for (const auto& member : old_limits->get_object()) {
    if (member.value().is_int64()) limits[std::string(json::view(json::String(member.key())))] = member.value().get_int64();
  }
  return limits;
}

/// When a new plan counts from: now, or the instant the payload names (a downgrade that waited counts from the month's start,
/// whenever its job runs), but not before the open month.
Timestamp effective_at(store::Tx& tx, const delivery::Event& event) {
  const json::Value* at = event.payload.if_contains("effective_at");
  if (at == nullptr || !at->is_int64()) return tx.now();
  return std::clamp(Timestamp{at->get_int64()}, start_of(cycle_of(tx.now())), tx.now());
}

/// The month's invoice. When it is opened by this very event, the subscription is registered as it was before.
InvoiceId invoice_before(store::Tx& tx, const Subject& subject, const delivery::Event& event) {
  const market::Subscription& now = subject.subscription;
  const Cycle cycle = cycle_of(tx.now());
  const OpenedInvoice opened = ensure_invoice(tx, now.organization, cycle, now.id);
  if (opened.is_new && now.activated_at) {
    market::Subscription before = now;
    before.plan = old_plan_of(event).value_or(now.plan);
    before.limits = limits_before(now, event);
    insert_items(tx, now.organization, opened.invoice.id, month_charges(tx, before, cycle));
  }
  return opened.invoice.id;
}

void activated(store::Tx& tx, const delivery::Event& event) {
  const Subject subject = subject_of(tx, event);
  const market::Subscription& subscription = subject.subscription;
  const Timestamp start = subscription.activated_at.value_or(tx.now());
  const InvoiceId invoice = ensure_invoice(tx, subscription.organization, cycle_of(start), subscription.id).invoice.id;
  if (!items_of_subscription(tx, subscription.organization, invoice, subscription.id).empty()) return;
  insert_items(tx, subscription.organization, invoice, charges_of(subject.charged(), start, Occasion::activation));
}

/// Closes what the old plan charges by time and opens the same under the new one: the switch day is charged twice (B6). What
/// would have begun at the switch never was.
void switch_plan_items(store::Tx& tx, const Subject& subject, InvoiceId invoice, std::vector<StoredItem>& items, Timestamp at) {
  const market::Subscription& subscription = subject.subscription;
  Occasion occasion = Occasion::plan_switch;
  for (StoredItem& stored : items) {
    if (!stored.is_open() || stored.item.plan == subject.plan.id) continue;
    if (at == start_of(stored.cycle) && stored.item.start >= at) {
      remove_item(tx, subscription.organization, stored);
      occasion = Occasion::month_switch;
      continue;
    }
    stored.is_plan_switch = stored.item.billing_type == market::BillingType::limit;
    close(stored, at);
    update_item(tx, subscription.organization, stored);
  }
  insert_items(tx, subscription.organization, invoice, charges_of(subject.charged(), at, occasion));
}

void change_monthly_limit(store::Tx& tx, const Subject& subject, InvoiceId invoice, const market::Component& component,
                          std::vector<StoredItem>& items) {
  const market::Subscription& subscription = subject.subscription;
  const std::int64_t limit = charged_limit(subscription, component.type);
  const Timestamp month_end = end_of(cycle_of(tx.now()));
  const auto open = std::find_if(items.begin(), items.end(),
                                 [&](const StoredItem& one) { return one.is_open() && one.item.component == component.type; });
  if (open != items.end()) {
    if (open->periods.back().limit == limit) return;
    change_limit(open->periods, tx.now(), open->item.start, month_end, limit);
    charge(*open);
    update_item(tx, subscription.organization, *open);
  } else if (limit > 0) {
    const Timestamp today = start_of(date_of(tx.now()));
    const Timestamp start = std::max(today, subscription.activated_at.value_or(today));
    insert_items(tx, subscription.organization, invoice, {monthly_limit(subject.charged(), component, start, limit)});
  }
}

void change_limits(store::Tx& tx, const Subject& subject, InvoiceId invoice, std::vector<StoredItem>& items) {
  const market::Subscription& subscription = subject.subscription;
  if (!subject.offering.is_billable) return;
  for (const market::Component& component : subject.offering.components) {
    if (component.billing_type != market::BillingType::limit) continue;
    if (limit_period_of(component) == "month") {
      change_monthly_limit(tx, subject, invoice, component, items);
      continue;
    }
    const auto last = last_limit_item(tx, subscription.organization, subscription.id, component.type);
    const std::int64_t before = last && !last->periods.empty() ? last->periods.back().limit : 0;
    const std::int64_t after = charged_limit(subscription, component.type);
    insert_items(tx, subscription.organization, invoice, limit_difference(subject.charged(), component, tx.now(), before, after));
  }
}

void updated(store::Tx& tx, const delivery::Event& event) {
  const Subject subject = subject_of(tx, event);
  const market::Subscription& subscription = subject.subscription;
  if (!subscription.activated_at) return;
  const InvoiceId invoice = invoice_before(tx, subject, event);
  std::vector<StoredItem> items = items_of_subscription(tx, subscription.organization, invoice, subscription.id);
  const bool has_other_plan = std::any_of(
      items.begin(), items.end(), [&](const StoredItem& one) { return one.is_open() && one.item.plan != subject.plan.id; });
  const std::optional<PlanId> old_plan = old_plan_of(event);
  const bool has_this_plan = std::any_of(
      items.begin(), items.end(), [&](const StoredItem& one) { return one.is_open() && one.item.plan == subject.plan.id; });
  if (has_other_plan || (old_plan && *old_plan != subject.plan.id && !has_this_plan)) {
    switch_plan_items(tx, subject, invoice, items, effective_at(tx, event));
    items = items_of_subscription(tx, subscription.organization, invoice, subscription.id);
  }
  change_limits(tx, subject, invoice, items);
}

void terminated(store::Tx& tx, const delivery::Event& event) {
  const Subject subject = subject_of(tx, event);
  const market::Subscription& subscription = subject.subscription;
  if (!subscription.activated_at) return;
  const InvoiceId invoice = invoice_before(tx, subject, event);
  const Timestamp end = subscription.terminated_at.value_or(tx.now());
  for (StoredItem& stored : items_of_subscription(tx, subscription.organization, invoice, subscription.id)) {
    if (!stored.is_open()) continue;
    close(stored, end);
    update_item(tx, subscription.organization, stored);
  }
}

}  // namespace

void subscribe(delivery::Subscribers& subscribers) {
  subscribers.on("subscription.activated", activated);
  subscribers.on("subscription.updated", updated);
  subscribers.on("subscription.terminated", terminated);
}

}  // namespace guildhall::billing
