// Quotas: reserve before a run, settle with its ledger row (contracts/registry.md §11). Counters are keyed by cycle.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/time.h"
#include "billing/ledger.h"
#include "store/database.h"

namespace guildhall::billing {

enum class QuotaScope : std::uint8_t { key, subscription, organization };
std::string_view wire_name(QuotaScope scope);  ///< "key", "subscription", "organization"

struct QuotaLimit {
  QuotaScope scope = QuotaScope::subscription;
  Uuid id;                       ///< of the key, subscription or organization
  std::optional<Decimal> limit;  ///< nullopt: unlimited, still counted
};

struct Quota {
  QuotaScope scope = QuotaScope::subscription;
  std::optional<Decimal> limit;
  Decimal used;
  Decimal reserved;
  Timestamp reset_at;
};

struct Reservation {
  std::string request_id;
  OrganizationId organization;
  std::vector<QuotaLimit> limits;  ///< in the order they are checked: key, subscription, organization
  Decimal units = Decimal(1);
  Cycle cycle;
  Timestamp expires_at;  ///< timeout + 30 s
  UsageRecord orphan;    ///< what the ledger gets when nobody settles: status 503, zero units
};

/// Adds to `reserved` of every scope where used + reserved + units ≤ limit, or changes nothing and returns the scope that is
/// full. An open reservation of the same request_id is Refusal(idempotency_in_progress).
std::optional<Quota> reserve(store::Tx& tx, const Reservation& reservation);

/// Releases the reservation, adds the record's units to `used` (organization scope: one per run with units, else zero) and
/// appends the ledger row: all or nothing, and nothing at all when request_id is settled already. True when it settled now.
bool settle(store::Tx& tx, const UsageRecord& record);

/// Settles every reservation past its expiry with its orphan row; returns how many.
std::int64_t release_orphans(store::Tx& tx);

Quota quota_of(store::Tx& tx, OrganizationId organization, QuotaScope scope, Uuid id, Cycle cycle, std::optional<Decimal> limit);

/// One difference between what is stored and what the ledger says.
struct Difference {
  std::string what;  ///< e.g. "used of subscription … in 2026-03"
  std::string stored;
  std::string recomputed;
};
/// Proves L3 and L4 for the cycle (all cycles when nullopt); empty means clean.
std::vector<Difference> reconcile(store::Database& database, std::optional<Cycle> cycle);

}  // namespace guildhall::billing
