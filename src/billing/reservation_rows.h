// Runs that were admitted and not settled yet: what they claim of the counters, and the row each leaves when nobody settles it.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "billing/quota.h"
#include "counters.h"

namespace guildhall::billing {

inline constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

/// What a reservation asks of one counter.
struct Claim {
  QuotaScope scope = QuotaScope::subscription;
  Uuid id;
  std::int64_t amount_micro = 0;
  std::int64_t limit_micro = kUnlimited;
};

/// In the order of locking, which is key, subscription, organization. Throws std::logic_error for negative units, a scope named
/// twice or another organization's limit.
std::vector<Claim> claims_of(const Reservation& reservation);

/// Writes what the reservation holds and the row it becomes after its expiry. False when the request is open or settled already.
bool insert_reservation(store::Tx& tx, const Reservation& reservation, const std::vector<Claim>& claims);

/// What an open reservation holds of its cycle's counters.
struct Held {
  Cycle cycle;
  std::vector<CounterChange> changes;  ///< `reserved` only, negative
};

std::optional<Held> remove_reservation(store::Tx& tx, OrganizationId organization, const std::string& request_id);

}  // namespace guildhall::billing
