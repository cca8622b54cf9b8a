// The arithmetic of contracts/cmp.md §9.1 and §9.3.
#include "rating.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace guildhall::billing {

namespace {

constexpr std::int64_t kMicrosecondsPerHour = 3'600 * kMicrosecondsPerSecond;

std::int64_t started(std::int64_t span_us, std::int64_t unit_us) {
  return (span_us + unit_us - 1) / unit_us;
}

Decimal month_quantity(Timestamp start, Timestamp end) {
  const std::int64_t days_of_month = days_in(cycle_of(start));
  if (date_of(start).day == 1 && date_of(end).day == days_of_month) return Decimal(1);
  const std::int64_t days = (end - start) / kMicrosecondsPerDay + 1;
  return divided(Decimal(days), Decimal(days_of_month), 2, Rounding::away);
}

/// H = D ÷ 2, so x ÷ H is 2x ÷ D.
Decimal half_month_quantity(Timestamp start, Timestamp end) {
  const std::int64_t last = days_in(cycle_of(start));
  const std::int64_t from = date_of(start).day;
  const std::int64_t to = date_of(end).day;
  const auto halves = [&](std::int64_t days) { return divided(Decimal(2 * days), Decimal(last), 2, Rounding::away); };
  if (from == 1 && to == last) return Decimal(2);
  if ((from == 1 && to == 15) || (from == 16 && to == last)) return Decimal(1);
  if (from == 1 && to > 15) return Decimal(1) + halves(to - 15);
  if (from < 16 && to == last) return Decimal(1) + halves(16 - from);
  return halves(to - from + 1);
}

/// Σ limit × days ÷ Σ days, times `factor`, truncated once.
Decimal mean_limit(const std::vector<LimitPeriod>& periods, const Decimal& factor) {
  std::int64_t days = 0;
  Decimal weighted;
  for (const LimitPeriod& period : periods) {
    const std::int64_t length = started(period.end - period.start, kMicrosecondsPerDay);
    days += length;
    weighted += Decimal(period.limit) * Decimal(length);
  }
  if (days == 0) return Decimal(periods.back().limit) * factor;
  return divided(weighted * factor, Decimal(days), Decimal::kPlaces, Rounding::toward_zero);
}

Decimal summed_limit(const std::vector<LimitPeriod>& periods, std::int64_t unit_us) {
  Decimal sum;
  for (const LimitPeriod& period : periods) sum += Decimal(period.limit) * Decimal(started(period.end - period.start, unit_us));
  return sum;
}

}  // namespace

Decimal quantity_of(std::string_view unit, Timestamp start, Timestamp end) {
  if (end < start || cycle_of(start) != cycle_of(end))
    throw std::logic_error("an item lies in one month and ends after it starts");
  if (unit == "hour") return Decimal(started(end - start, kMicrosecondsPerHour));
  if (unit == "day") return Decimal(started(end - start, kMicrosecondsPerDay));
  if (unit == "month") return month_quantity(start, end);
  if (unit == "half_month") return half_month_quantity(start, end);
  if (unit == "quarter" || unit == "quantity") return Decimal(1);
  throw std::logic_error("unknown unit " + std::string(unit));
}

Timestamp last_instant(const Cycle& cycle) {
  return end_of(cycle) - 1;
}

void truncate(std::vector<LimitPeriod>& periods, Timestamp at) {
  if (periods.empty()) return;
  const LimitPeriod first = periods.front();
  for (LimitPeriod& period : periods) period.end = std::min(period.end, at);
  std::erase_if(periods, [](const LimitPeriod& period) { return period.end <= period.start; });
  if (periods.empty()) periods.push_back({first.start, first.start, first.limit});
}

void change_limit(std::vector<LimitPeriod>& periods, Timestamp now, Timestamp item_start, Timestamp month_end,
                  std::int64_t limit) {
  const std::int64_t before = periods.empty() ? 0 : periods.back().limit;
  if (limit == before) return;
  const Timestamp today = start_of(date_of(now));
  const Timestamp from = limit > before ? std::max(today, item_start) : today + days(1);
  for (LimitPeriod& period : periods) period.end = std::min(period.end, from);
  std::erase_if(periods, [](const LimitPeriod& period) { return period.end <= period.start; });
  if (from < month_end) {
    periods.push_back({from, month_end, limit});
  } else {
    // A decrease on the last day charges nothing any more, but the next change must find it.
    periods.push_back({month_end, month_end, limit});
  }
}

Decimal limit_quantity(std::string_view unit, const std::vector<LimitPeriod>& periods, Timestamp start, Timestamp end,
                       bool is_plan_switch) {
  if (periods.empty()) throw std::logic_error("a limit item without a limit");
  if (unit == "hour") return summed_limit(periods, kMicrosecondsPerHour);
  if (unit == "day") return summed_limit(periods, kMicrosecondsPerDay);
  if (is_plan_switch) return mean_limit(periods, quantity_of(unit, start, end));
  return mean_limit(periods, Decimal(unit == "half_month" ? 2 : 1));
}

}  // namespace guildhall::billing
