// Invoices as rows, and the opening of a month's invoice.
#pragma once

#include <optional>
#include <vector>

#include "billing/invoices.h"
#include "items.h"
#include "market/orders.h"

namespace guildhall::billing {

/// The same for an organization's month whether its invoice is stored yet or not, so that a computed draft can be asked for by
/// id.
InvoiceId invoice_id_of(OrganizationId organization, const Cycle& cycle);

/// Without items.
std::optional<Invoice> find_invoice(store::Tx& tx, OrganizationId organization, InvoiceId id);
std::vector<Invoice> stored_invoices(store::Tx& tx, OrganizationId organization);

/// Not Creating, not Terminated, and activated at some time before the end of the cycle.
std::vector<market::Subscription> charged_subscriptions(store::Tx& tx, OrganizationId organization, const Cycle& cycle);

/// What opening the month's invoice charges the subscription: from the later of the month's start and its own.
std::vector<StoredItem> month_charges(store::Tx& tx, const market::Subscription& subscription, const Cycle& cycle);

struct OpenedInvoice {
  Invoice invoice;  ///< without items
  bool is_new = false;
};
/// The month's invoice, made on first need with the items of every live subscription but `except`.
OpenedInvoice ensure_invoice(store::Tx& tx, OrganizationId organization, const Cycle& cycle,
                             std::optional<SubscriptionId> except);

}  // namespace guildhall::billing
