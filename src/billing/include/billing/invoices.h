// Invoices: one per organization and month, exact decimals (contracts/cmp.md §9).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/time.h"
#include "delivery/events.h"
#include "identity/scope.h"
#include "market/orders.h"
#include "store/tx.h"

namespace guildhall::billing {

enum class InvoiceState : std::uint8_t { pending, pending_finalization, created, paid, canceled };
std::string_view wire_name(InvoiceState state);

struct InvoiceItem {
  InvoiceItemId id;
  InvoiceId invoice;
  std::string name;
  std::optional<ProjectId> project;
  std::optional<SubscriptionId> subscription;
  PlanId plan;
  std::string component;  ///< offering component type
  std::string component_name;
  market::BillingType billing_type = market::BillingType::fixed;
  std::string unit;  ///< month, quarter, half_month, day, hour, quantity
  std::string measured_unit;
  std::string article_code;
  Decimal unit_price;
  Decimal quantity;
  Timestamp start;
  Timestamp end;
  bool is_credit = false;

  Decimal price() const { return multiplied(unit_price, quantity, 2, Rounding::away); }
};

struct Invoice {
  InvoiceId id;
  OrganizationId organization;
  std::int64_t number = 0;  ///< 100000 + sequence
  Cycle cycle;
  InvoiceState state = InvoiceState::pending;
  Decimal tax_percent;
  Currency currency = "EUR";
  std::optional<Date> invoice_date;
  std::vector<InvoiceItem> items;  ///< stored ones, then usage items derived from the ledger while the invoice is open

  Decimal price() const;  ///< Σ item.price
  Decimal tax() const;    ///< price × tax_percent ÷ 100, unrounded
  Decimal total() const { return price() + tax(); }
  Decimal amount_due() const { return total().rounded(2, Rounding::half_away); }
};

/// quantity(start, end) of §9.1 for a unit. `start` and `end` lie in one calendar month.
Decimal quantity_of(std::string_view unit, Timestamp start, Timestamp end);

/// The stored invoice of a month, made on first need with the items of every live subscription (§9.2). For handlers and the
/// month job; what people read goes through the functions below, which never write.
Invoice open_invoice(store::Tx& tx, OrganizationId organization, Cycle cycle);

/// Newest month first. Needs read_billing. A current month that no event has opened yet is computed as open_invoice would
/// store it: with the id it will have, and number 0 until it is stored.
std::vector<Invoice> list_invoices(const Scope& scope, store::Tx& tx);
Invoice get_invoice(const Scope& scope, store::Tx& tx, InvoiceId id);
/// The invoice of a month, stored or (the current month only) computed; another month without one is Refusal(not_found).
Invoice running_invoice(const Scope& scope, store::Tx& tx, Cycle cycle);

/// What orders mean in money: registers items when a subscription starts, switches plan, changes limits or ends.
/// The subject of these events is the subscription; "subscription.updated" may name `old_plan` in its payload.
/// Installs handlers of "subscription.activated", "subscription.updated" and "subscription.terminated".
void subscribe(delivery::Subscribers& subscribers);

}  // namespace guildhall::billing
