// Reserving quota before a run and settling it with the run's ledger row (contracts/registry.md §11).
#include "billing/quota.h"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "base/errors.h"
#include "counters.h"
#include "limits.h"
#include "reservation_rows.h"
#include "usage_row.h"

namespace guildhall::billing {

namespace {

// $1 organization, $2 cycle, $3 to $5 the limits of key, subscription and organization; then scope, id and amount of each row.
constexpr std::array<std::string_view, 3> kReserve{
    "INSERT INTO quota_counter (organization_id, cycle, scope, scope_id, used_micro, reserved_micro)"
    " VALUES ($1, $2, $6, $7, 0, $8)"
    " ON CONFLICT (organization_id, scope, scope_id, cycle) DO UPDATE SET"
    " reserved_micro = quota_counter.reserved_micro + excluded.reserved_micro"
    " WHERE quota_counter.used_micro + quota_counter.reserved_micro + excluded.reserved_micro <="
    " CASE quota_counter.scope WHEN 'key' THEN CAST($3 AS BIGINT) WHEN 'subscription' THEN CAST($4 AS BIGINT)"
    " ELSE CAST($5 AS BIGINT) END RETURNING scope",

    "INSERT INTO quota_counter (organization_id, cycle, scope, scope_id, used_micro, reserved_micro)"
    " VALUES ($1, $2, $6, $7, 0, $8), ($1, $2, $9, $10, 0, $11)"
    " ON CONFLICT (organization_id, scope, scope_id, cycle) DO UPDATE SET"
    " reserved_micro = quota_counter.reserved_micro + excluded.reserved_micro"
    " WHERE quota_counter.used_micro + quota_counter.reserved_micro + excluded.reserved_micro <="
    " CASE quota_counter.scope WHEN 'key' THEN CAST($3 AS BIGINT) WHEN 'subscription' THEN CAST($4 AS BIGINT)"
    " ELSE CAST($5 AS BIGINT) END RETURNING scope",

    "INSERT INTO quota_counter (organization_id, cycle, scope, scope_id, used_micro, reserved_micro)"
    " VALUES ($1, $2, $6, $7, 0, $8), ($1, $2, $9, $10, 0, $11), ($1, $2, $12, $13, 0, $14)"
    " ON CONFLICT (organization_id, scope, scope_id, cycle) DO UPDATE SET"
    " reserved_micro = quota_counter.reserved_micro + excluded.reserved_micro"
    " WHERE quota_counter.used_micro + quota_counter.reserved_micro + excluded.reserved_micro <="
    " CASE quota_counter.scope WHEN 'key' THEN CAST($3 AS BIGINT) WHEN 'subscription' THEN CAST($4 AS BIGINT)"
    " ELSE CAST($5 AS BIGINT) END RETURNING scope",
};

/// Takes every claim that fits and returns the scopes taken.
std::vector<QuotaScope> take(store::Tx& tx, OrganizationId organization, const Cycle& cycle, const std::vector<Claim>& claims) {
  std::vector<store::Param> params{organization, cycle, kUnlimited, kUnlimited, kUnlimited};
  params.reserve(5 + 3 * claims.size());
  for (const Claim& claim : claims) {
    params[2 + static_cast<std::size_t>(claim.scope)] = store::Param(claim.limit_micro);
    params.insert(params.end(), {wire_name(claim.scope), dashed(claim.id), claim.amount_micro});
    if (claim.amount_micro > claim.limit_micro) {
      // The statement checks the limit of counters that exist; a first claim that is too big must meet one.
      apply(tx, organization, cycle, {{claim.scope, claim.id, 0, 0}});
    }
  }
  std::vector<QuotaScope> taken;
  for (const store::Row& row : tx.query(kReserve.at(claims.size() - 1), params)) {
    for (const Claim& claim : claims) {
      if (wire_name(claim.scope) == row.text(0)) taken.push_back(claim.scope);
    }
  }
  return taken;
}

/// Gives back what was taken beside the full scope.
void give_back(store::Tx& tx, const Reservation& reservation, const std::vector<Claim>& claims,
               const std::vector<QuotaScope>& taken) {
  std::vector<CounterChange> changes;
  for (const Claim& claim : claims) {
    if (std::find(taken.begin(), taken.end(), claim.scope) != taken.end()) {
      changes.push_back({claim.scope, claim.id, 0, -claim.amount_micro});
    }
  }
  apply(tx, reservation.organization, reservation.cycle, changes);
}

/// Both lists as one, each counter once, in the order of locking.
std::vector<CounterChange> merged(std::vector<CounterChange> a, const std::vector<CounterChange>& b) {
  for (const CounterChange& change : b) {
    const auto same = std::find_if(
        a.begin(), a.end(), [&](const CounterChange& other) { return other.scope == change.scope && other.id == change.id; });
    if (same == a.end()) {
      a.push_back(change);
    } else {
      same->used_micro += change.used_micro;
      same->reserved_micro += change.reserved_micro;
    }
  }
  std::sort(a.begin(), a.end(),
            [](const CounterChange& x, const CounterChange& y) { return std::tie(x.scope, x.id) < std::tie(y.scope, y.id); });
  return a;
}

}  // namespace

std::optional<Quota> reserve(store::Tx& tx, const Reservation& reservation) {
  if (reservation.request_id.empty() || reservation.request_id.size() > kRequestIdBytesMax) {
    throw std::logic_error("a reservation's request_id has 1 to 255 bytes");
  }
  const std::vector<Claim> claims = claims_of(reservation);
  if (!claims.empty()) {
    const std::vector<QuotaScope> taken = take(tx, reservation.organization, reservation.cycle, claims);
    if (taken.size() < claims.size()) {
      give_back(tx, reservation, claims, taken);
      for (const QuotaLimit& limit : reservation.limits) {
        if (std::find(taken.begin(), taken.end(), limit.scope) == taken.end()) {
          return quota_of(tx, reservation.organization, limit.scope, limit.id, reservation.cycle, limit.limit);
        }
      }
    }
  }
  if (!insert_reservation(tx, reservation, claims)) {
    throw Refusal(Code::idempotency_in_progress,
                  "request '" + reservation.request_id + "' is running or settled already; a new call needs a new request id");
  }
  return std::nullopt;
}

bool settle(store::Tx& tx, const UsageRecord& record) {
  const std::optional<Held> held = remove_reservation(tx, record.organization, record.request_id);
  const UsageRecord row = prepared(tx, record);
  const bool is_new = insert_usage(tx, row);
  std::vector<CounterChange> changes;
  if (is_new) changes = changes_of(row);
  if (held && held->cycle != row.cycle) {
    // A run that began in one month and ended in the next holds quota of the first. The earlier cycle is locked first.
    apply(tx, row.organization, held->cycle, held->changes);
  } else if (held) {
    changes = merged(std::move(changes), held->changes);
  }
  apply(tx, row.organization, row.cycle, changes);
  return is_new;
}

std::int64_t release_orphans(store::Tx& tx) {
  std::int64_t released = 0;
  while (true) {
    const store::Rows rows = tx.query(
        "SELECT organization_id, request_id, id, kind, project_id, subscription_id, access_key_id, provider_id, agent_id,"
        " version_id, plan_id, conversation_id, endpoint, method, status, response_time_ms, tokens_input, tokens_output,"
        " billable_unit, units_micro, unit_price, cost_micro, occurred_at, cycle, late_for"
        " FROM quota_reservation WHERE expires_at <= $1 ORDER BY expires_at, organization_id, request_id LIMIT $2",
        {tx.now(), static_cast<std::int64_t>(kOrphansPerBatch)});
    if (rows.empty()) return released;
    for (const store::Row& row : rows) {
      if (settle(tx, record_of(row))) ++released;
    }
  }
}

Quota quota_of(store::Tx& tx, OrganizationId organization, QuotaScope scope, Uuid id, Cycle cycle, std::optional<Decimal> limit) {
  Quota quota{scope, limit, Decimal(), Decimal(), end_of(cycle)};
  const auto row = tx.first(
      "SELECT used_micro, reserved_micro FROM quota_counter"
      " WHERE organization_id = $1 AND scope = $2 AND scope_id = $3 AND cycle = $4",
      {organization, wire_name(scope), dashed(id), cycle});
  if (row) {
    quota.used = of_micro(row->integer(0));
    quota.reserved = of_micro(row->integer(1));
  }
  return quota;
}

}  // namespace guildhall::billing
