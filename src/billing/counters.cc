// Adding to quota counters.
#include "counters.h"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include "usage_row.h"

namespace guildhall::billing {

namespace {

// One, two or three counters at a time.
constexpr std::array<std::string_view, 3> kApply{
    "INSERT INTO quota_counter (organization_id, cycle, scope, scope_id, used_micro, reserved_micro)"
    " VALUES ($1, $2, $3, $4, $5, $6)"
    " ON CONFLICT (organization_id, scope, scope_id, cycle) DO UPDATE SET"
    " used_micro = quota_counter.used_micro + excluded.used_micro,"
    " reserved_micro = quota_counter.reserved_micro + excluded.reserved_micro"
    " WHERE quota_counter.reserved_micro + excluded.reserved_micro >= 0",

    "INSERT INTO quota_counter (organization_id, cycle, scope, scope_id, used_micro, reserved_micro)"
    " VALUES ($1, $2, $3, $4, $5, $6), ($1, $2, $7, $8, $9, $10)"
    " ON CONFLICT (organization_id, scope, scope_id, cycle) DO UPDATE SET"
    " used_micro = quota_counter.used_micro + excluded.used_micro,"
    " reserved_micro = quota_counter.reserved_micro + excluded.reserved_micro"
    " WHERE quota_counter.reserved_micro + excluded.reserved_micro >= 0",

    "INSERT INTO quota_counter (organization_id, cycle, scope, scope_id, used_micro, reserved_micro)"
    " VALUES ($1, $2, $3, $4, $5, $6), ($1, $2, $7, $8, $9, $10), ($1, $2, $11, $12, $13, $14)"
    " ON CONFLICT (organization_id, scope, scope_id, cycle) DO UPDATE SET"
    " used_micro = quota_counter.used_micro + excluded.used_micro,"
    " reserved_micro = quota_counter.reserved_micro + excluded.reserved_micro"
    " WHERE quota_counter.reserved_micro + excluded.reserved_micro >= 0",
};

}  // namespace

std::vector<CounterChange> changes_of(const UsageRecord& record) {
  std::vector<CounterChange> changes;
  if (record.kind == UsageKind::test) return changes;
  const std::int64_t units = micro_of(record.units);
  if (units == 0) return changes;
  if (record.key) changes.push_back({QuotaScope::key, record.key->uuid, units, 0});
  if (record.subscription) changes.push_back({QuotaScope::subscription, record.subscription->uuid, units, 0});
  const bool is_run = record.kind == UsageKind::run || record.kind == UsageKind::external;
  if (is_run) changes.push_back({QuotaScope::organization, record.organization.uuid, kMicro, 0});
  return changes;
}

void apply(store::Tx& tx, OrganizationId organization, const Cycle& cycle, const std::vector<CounterChange>& changes) {
  std::span<const CounterChange> rest(changes);
  while (!rest.empty()) {
    const auto part = rest.first(std::min(rest.size(), kApply.size()));
    rest = rest.subspan(part.size());
    std::vector<store::Param> params{organization, cycle};
    params.reserve(2 + 4 * part.size());
    for (const CounterChange& change : part) {
      params.insert(params.end(), {wire_name(change.scope), dashed(change.id), change.used_micro, change.reserved_micro});
    }
    if (tx.execute(kApply.at(part.size() - 1), params) != static_cast<std::int64_t>(part.size())) {
      throw std::logic_error("more quota was released than reserved");
    }
  }
}

}  // namespace guildhall::billing
