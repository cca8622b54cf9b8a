// Storing invoices and opening a month.
#include "invoice_rows.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/hash.h"
#include "charges.h"
#include "identity/organizations.h"
#include "limits.h"

namespace guildhall::billing {

namespace {

InvoiceState invoice_state_of(std::string_view name) {
  constexpr std::array kStates{InvoiceState::pending, InvoiceState::pending_finalization, InvoiceState::created,
                               InvoiceState::paid, InvoiceState::canceled};
  for (const InvoiceState state : kStates) {
    if (wire_name(state) == name) return state;
  }
  throw std::logic_error("unknown invoice state " + std::string(name));
}

/// id, organization_id, number, cycle, state, tax_percent, currency, invoice_date.
Invoice invoice_of(const store::Row& row) {
  Invoice invoice;
  invoice.id = row.id<InvoiceId>(0);
  invoice.organization = row.id<OrganizationId>(1);
  invoice.number = row.integer(2);
  invoice.cycle = row.cycle(3);
  invoice.state = invoice_state_of(row.text(4));
  invoice.tax_percent = row.decimal(5);
  invoice.currency = row.text(6);
  if (!row.is_null(7)) invoice.invoice_date = parse_date(row.text(7));
  return invoice;
}

/// 100000 + sequence over the installation; the first is 100001.
std::int64_t next_number(store::Tx& tx) {
  return tx
      .query(
          "INSERT INTO invoice_counter (name, last_number) VALUES ('invoice', 100001)"
          " ON CONFLICT (name) DO UPDATE SET last_number = invoice_counter.last_number + 1 RETURNING last_number")
      .front()
      .integer(0);
}

}  // namespace

InvoiceId invoice_id_of(OrganizationId organization, const Cycle& cycle) {
  const Sha256 digest = sha256("invoice " + organization.text() + " " + cycle.text());
  Uuid uuid;
  std::copy_n(digest.begin(), uuid.bytes.size(), uuid.bytes.begin());
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x80);  // RFC 9562 version 8, variant 10
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return InvoiceId{uuid};
}

std::optional<Invoice> find_invoice(store::Tx& tx, OrganizationId organization, InvoiceId id) {
  const auto row = tx.first(
      "SELECT id, organization_id, number, cycle, state, tax_percent, currency, invoice_date FROM invoice"
      " WHERE organization_id = $1 AND id = $2",
      {organization, id});
  return row ? std::optional(invoice_of(*row)) : std::nullopt;
}

std::vector<Invoice> stored_invoices(store::Tx& tx, OrganizationId organization) {
  std::vector<Invoice> invoices;
  const store::Rows rows = tx.query(
      "SELECT id, organization_id, number, cycle, state, tax_percent, currency, invoice_date FROM invoice"
      " WHERE organization_id = $1 ORDER BY cycle DESC",
      {organization});
  for (const store::Row& row : rows) invoices.push_back(invoice_of(row));
  return invoices;
}

std::vector<market::Subscription> charged_subscriptions(store::Tx& tx, OrganizationId organization, const Cycle& cycle) {
  using market::SubscriptionState;
  const Scope scope = identity::system_scope(organization, "billing");
  market::SubscriptionFilter filter;
  filter.states = {SubscriptionState::ok, SubscriptionState::updating, SubscriptionState::terminating, SubscriptionState::erred};
  filter.order = "created";
  filter.limit = kSubscriptionsPerPage;
  std::vector<market::Subscription> charged;
  while (true) {
    market::SubscriptionPage page = market::list_subscriptions(scope, tx, filter);
    if (page.items.empty()) return charged;
    filter.offset += page.items.size();
    for (market::Subscription& subscription : page.items) {
      if (subscription.activated_at && *subscription.activated_at < end_of(cycle)) charged.push_back(std::move(subscription));
    }
  }
}

std::vector<StoredItem> month_charges(store::Tx& tx, const market::Subscription& subscription, const Cycle& cycle) {
  const market::Offering offering = market::offering_by_id(tx, subscription.offering);
  const market::Plan plan = market::plan_by_id(tx, subscription.plan);
  const Timestamp start = std::max(start_of(cycle), subscription.activated_at.value_or(subscription.created_at));
  return charges_of({subscription, offering, plan}, start, Occasion::month);
}

OpenedInvoice ensure_invoice(store::Tx& tx, OrganizationId organization, const Cycle& cycle,
                             std::optional<SubscriptionId> except) {
  const InvoiceId id = invoice_id_of(organization, cycle);
  if (auto found = find_invoice(tx, organization, id)) return {std::move(*found), false};
  const identity::Organization customer = identity::get_organization(identity::system_scope(organization, "billing"), tx);
  tx.execute(
      "INSERT INTO invoice (organization_id, id, cycle, number, state, tax_percent, currency, invoice_date, created_at)"
      " VALUES ($1, $2, $3, $4, 'pending', $5, 'EUR', NULL, $6)",
      {organization, id, cycle, next_number(tx), customer.default_tax_percent, tx.now()});
  std::vector<StoredItem> items;
  for (const market::Subscription& subscription : charged_subscriptions(tx, organization, cycle)) {
    if (subscription.id == except) continue;
    for (StoredItem& item : month_charges(tx, subscription, cycle)) items.push_back(std::move(item));
  }
  insert_items(tx, organization, id, items);
  return {find_invoice(tx, organization, id).value(), true};
}

}  // namespace guildhall::billing
