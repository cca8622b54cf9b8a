// Reading invoices: what is stored, and what the ledger adds while a month is open (contracts/cmp.md §9).
#include "billing/invoices.h"

#include <algorithm>
#include <map>

#include "base/errors.h"
#include "base/hash.h"
#include "component_totals.h"
#include "identity/organizations.h"
#include "invoice_rows.h"

namespace guildhall::billing {

namespace {

bool is_open(InvoiceState state) {
  return state == InvoiceState::pending || state == InvoiceState::pending_finalization;
}

/// The same at every reading, though nothing is stored.
InvoiceItemId usage_item_id(InvoiceId invoice, const ComponentTotal& total) {
  const Sha256 digest =
      sha256("usage " + invoice.text() + " " + total.subscription.text() + " " + total.plan.text() + " " + total.component);
  Uuid uuid;
  std::copy_n(digest.begin(), uuid.bytes.size(), uuid.bytes.begin());
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x80);  // RFC 9562 version 8, variant 10
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return InvoiceItemId{uuid};
}

InvoiceItem usage_item(store::Tx& tx, const Invoice& invoice, const ComponentTotal& total) {
  const market::Plan plan = market::plan_by_id(tx, total.plan);
  const market::Offering offering = market::offering_by_id(tx, plan.offering);
  const auto subscription = market::subscription_by_id(tx, total.subscription);
  const auto component = std::find_if(offering.components.begin(), offering.components.end(),
                                      [&](const market::Component& one) { return one.type == total.component; });
  const auto price = plan.prices.find(total.component);
  InvoiceItem item;
  item.id = usage_item_id(invoice.id, total);
  item.invoice = invoice.id;
  item.subscription = total.subscription;
  item.plan = total.plan;
  item.component = total.component;
  item.component_name = component->name;
  item.billing_type = market::BillingType::usage;
  item.unit = "quantity";
  item.measured_unit = component->measured_unit;
  item.article_code = component->article_code.empty() ? plan.article_code : component->article_code;
  item.unit_price = price == plan.prices.end() ? Decimal() : price->second;
  item.quantity = total.amount;
  item.start = start_of(invoice.cycle);
  item.end = end_of(invoice.cycle) - 1;
  std::string subject = total.subscription.text();
  if (subscription) {
    subject = subscription->name;
    item.project = subscription->project;
    if (subscription->activated_at) item.start = std::clamp(*subscription->activated_at, item.start, item.end);
    if (subscription->terminated_at) item.end = std::clamp(*subscription->terminated_at, item.start, item.end);
  }
  item.name = subject + " (" + offering.name + " / " + plan.name + ") / " + component->name;
  return item;
}

void add_usage_items(store::Tx& tx, Invoice& invoice) {
  for (const ComponentTotal& total : billed_totals(tx, invoice.organization, invoice.cycle)) {
    invoice.items.push_back(usage_item(tx, invoice, total));
  }
}

Invoice with_items(store::Tx& tx, Invoice invoice) {
  for (StoredItem& stored : items_of_invoice(tx, invoice.organization, invoice.id))
    invoice.items.push_back(std::move(stored.item));
  if (is_open(invoice.state)) add_usage_items(tx, invoice);
  return invoice;
}

/// What open_invoice would store now, as a value: number 0, items with new ids at every reading.
Invoice drafted_invoice(store::Tx& tx, OrganizationId organization, const Cycle& cycle,
                        const std::vector<market::Subscription>& subscriptions) {
  Invoice invoice;
  invoice.id = invoice_id_of(organization, cycle);
  invoice.organization = organization;
  invoice.cycle = cycle;
  invoice.tax_percent = identity::get_organization(identity::system_scope(organization, "billing"), tx).default_tax_percent;
  for (const market::Subscription& subscription : subscriptions) {
    for (StoredItem& stored : month_charges(tx, subscription, cycle)) {
      stored.item.invoice = invoice.id;
      invoice.items.push_back(std::move(stored.item));
    }
  }
  add_usage_items(tx, invoice);
  return invoice;
}

}  // namespace

Decimal Invoice::price() const {
  Decimal sum;
  for (const InvoiceItem& item : items) sum += item.price();
  return sum;
}

Decimal Invoice::tax() const {
  return divided(price() * tax_percent, Decimal(100), Decimal::kPlaces, Rounding::toward_zero);
}

Invoice open_invoice(store::Tx& tx, OrganizationId organization, Cycle cycle) {
  return with_items(tx, ensure_invoice(tx, organization, cycle, std::nullopt).invoice);
}

std::vector<Invoice> list_invoices(const Scope& scope, store::Tx& tx) {
  identity::require(scope, Right::read_billing);
  const Cycle current = cycle_of(tx.now());
  std::vector<Invoice> invoices;
  bool has_current = false;
  for (Invoice& invoice : stored_invoices(tx, scope.organization)) {
    has_current = has_current || invoice.cycle == current;
    invoices.push_back(with_items(tx, std::move(invoice)));
  }
  if (has_current) return invoices;
  const auto subscriptions = charged_subscriptions(tx, scope.organization, current);
  if (!subscriptions.empty()) invoices.insert(invoices.begin(), drafted_invoice(tx, scope.organization, current, subscriptions));
  return invoices;
}

Invoice get_invoice(const Scope& scope, store::Tx& tx, InvoiceId id) {
  identity::require(scope, Right::read_billing);
  if (auto invoice = find_invoice(tx, scope.organization, id)) return with_items(tx, std::move(*invoice));
  const Cycle current = cycle_of(tx.now());
  if (id != invoice_id_of(scope.organization, current)) throw not_found("invoice");
  return running_invoice(scope, tx, current);
}

Invoice running_invoice(const Scope& scope, store::Tx& tx, Cycle cycle) {
  identity::require(scope, Right::read_billing);
  if (auto invoice = find_invoice(tx, scope.organization, invoice_id_of(scope.organization, cycle))) {
    return with_items(tx, std::move(*invoice));
  }
  if (cycle != cycle_of(tx.now())) throw not_found("invoice");
  return drafted_invoice(tx, scope.organization, cycle, charged_subscriptions(tx, scope.organization, cycle));
}

}  // namespace guildhall::billing
