// The quota counters: what settling and appending change, in one statement per cycle.
#pragma once

#include <cstdint>
#include <vector>

#include "billing/quota.h"
#include "store/tx.h"

namespace guildhall::billing {

/// One counter's change. Changes are applied key first, organization last: the order in which every transaction locks them.
struct CounterChange {
  QuotaScope scope = QuotaScope::subscription;
  Uuid id;
  std::int64_t used_micro = 0;
  std::int64_t reserved_micro = 0;
};

/// What a ledger row adds to `used`: its units to its key and subscription, one run with units to the organization. A test run
/// counts nowhere, an adjustment is not a run.
std::vector<CounterChange> changes_of(const UsageRecord& record);

/// Adds the changes; counters are made on first use. Throws std::logic_error when `reserved` would become negative.
void apply(store::Tx& tx, OrganizationId organization, const Cycle& cycle, const std::vector<CounterChange>& changes);

}  // namespace guildhall::billing
