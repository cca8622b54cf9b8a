// Quantities: how much of a month, and how much of a limit, an item charges (contracts/cmp.md §9.1, §9.3). Pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"
#include "billing/invoices.h"

namespace guildhall::billing {

/// A limit and when it held: from start (inclusive) to end (exclusive).
struct LimitPeriod {
  Timestamp start;
  Timestamp end;
  std::int64_t limit = 0;

  bool operator==(const LimitPeriod&) const = default;
};

/// The last instant of a month, where its items end.
Timestamp last_instant(const Cycle& cycle);

/// Ends every period at `at` at the latest; periods left empty vanish, but one always remains.
void truncate(std::vector<LimitPeriod>& periods, Timestamp at);

/// A change ordered at `now`: an increase counts from 00:00 of that day (not before `item_start`), a decrease from 00:00 of the
/// next. The last period tells the limit before.
void change_limit(std::vector<LimitPeriod>& periods, Timestamp now, Timestamp item_start, Timestamp month_end,
                  std::int64_t limit);

/// The quantity of a monthly limit. Day and hour: Σ limit × started units. Month: the mean weighted by days, not prorated;
/// half_month: twice that. On a plan switch the mean × quantity_of(unit, start, end) instead. Truncated to ten decimals.
Decimal limit_quantity(std::string_view unit, const std::vector<LimitPeriod>& periods, Timestamp start, Timestamp end,
                       bool is_plan_switch);

}  // namespace guildhall::billing
