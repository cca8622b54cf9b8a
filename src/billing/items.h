// Invoice items as they are stored.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "billing/invoices.h"
#include "rating.h"
#include "store/tx.h"

namespace guildhall::billing {

/// An item with what is needed to charge it anew when its end or its limit changes.
struct StoredItem {
  InvoiceItem item;
  Cycle cycle;
  std::string limit_period;  ///< month, total, quarterly, annual; empty for items that are no limit
  bool is_plan_switch = false;
  std::vector<LimitPeriod> periods;  ///< of limit items; the last one's limit is the current one

  /// Charged by time: fixed items and monthly limits.
  bool is_recurring() const;
  /// Recurring and not closed before the end of its month.
  bool is_open() const;
};

/// Sets the quantity of a recurring item from its start, end and limits.
void charge(StoredItem& stored);
/// Ends it at `at` and charges it anew.
void close(StoredItem& stored, Timestamp at);

/// In the order they were made.
std::vector<StoredItem> items_of_invoice(store::Tx& tx, OrganizationId organization, InvoiceId invoice);
std::vector<StoredItem> items_of_subscription(store::Tx& tx, OrganizationId organization, InvoiceId invoice,
                                              SubscriptionId subscription);
/// The newest item of a limit, in whatever month; its last period tells the limit that was charged.
std::optional<StoredItem> last_limit_item(store::Tx& tx, OrganizationId organization, SubscriptionId subscription,
                                          std::string_view component);

void insert_items(store::Tx& tx, OrganizationId organization, InvoiceId invoice, const std::vector<StoredItem>& items);
/// Writes end, quantity, limit periods and the plan switch mark.
void update_item(store::Tx& tx, OrganizationId organization, const StoredItem& stored);

/// For an item of an open invoice that never came to count.
void remove_item(store::Tx& tx, OrganizationId organization, const StoredItem& stored);

}  // namespace guildhall::billing
