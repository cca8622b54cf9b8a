// A usage record as a row: the columns usage_record and quota_reservation share, in one order.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "billing/ledger.h"
#include "store/tx.h"

namespace guildhall::billing {

/// Units and costs are stored as integers × 10^6, so that a sum in SQL is exact.
inline constexpr int kMicroPlaces = 6;
inline constexpr std::int64_t kMicro = 1'000'000;

std::int64_t micro_of(const Decimal& value);
Decimal of_micro(std::int64_t micro);

UsageKind usage_kind_of(std::string_view name);

/// organization_id, request_id, id, kind, project_id, subscription_id, access_key_id, provider_id, agent_id, version_id, plan_id,
/// conversation_id, endpoint, method, status, response_time_ms, tokens_input, tokens_output, billable_unit, units_micro,
/// unit_price, cost_micro, occurred_at, cycle, late_for: $1 to $25.
std::vector<store::Param> params_of(const UsageRecord& record);
/// The same columns in the same order from column 0 on.
UsageRecord record_of(const store::Row& row);

/// Fills what the caller may leave open (id, occurred_at, cycle) and moves a record of a finalized cycle into the open one
/// (contracts/registry.md §11 L6). Throws std::logic_error for a record that cannot be stored.
UsageRecord prepared(store::Tx& tx, UsageRecord record);

/// Inserts the row alone; false when the organization has the request_id already. Counters are the caller's.
bool insert_usage(store::Tx& tx, const UsageRecord& record);

}  // namespace guildhall::billing
