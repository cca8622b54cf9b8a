// Reserving quota before a run and settling it with the run's ledger row (contracts/registry.md §11).
#include "billing/quota.h"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "base/errors.h"
#include "counters.h"
#include "limits.h"
#include "usage_row.h"

namespace guildhall::billing {

namespace {

constexpr std::int64_t kUnlimited = std::numeric_limits<std::int64_t>::max();

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

/// What a reservation asks of one counter.
struct Claim {
  QuotaScope scope = QuotaScope::subscription;
  Uuid id;
  std::int64_t amount_micro = 0;
  std::int64_t limit_micro = kUnlimited;
};

/// The organization's counter counts runs, the others units.
std::int64_t claimed_micro(QuotaScope scope, std::int64_t units_micro) {
  if (scope != QuotaScope::organization) return units_micro;
  return units_micro > 0 ? kMicro : 0;
}

/// In the order of locking, which is key, subscription, organization.
std::vector<Claim> claims_of(const Reservation& reservation) {
  const std::int64_t units = micro_of(reservation.units);
  if (units < 0) throw std::logic_error("a reservation of negative units");
  std::vector<Claim> claims;
  for (const QuotaLimit& limit : reservation.limits) {
    if (limit.scope == QuotaScope::organization && limit.id != reservation.organization.uuid) {
      throw std::logic_error("the organization's limit names another organization");
    }
    claims.push_back({limit.scope, limit.id, claimed_micro(limit.scope, units),
                      limit.limit ? limit.limit->units(kMicroPlaces, Rounding::toward_zero) : kUnlimited});
  }
  std::sort(claims.begin(), claims.end(), [](const Claim& a, const Claim& b) { return a.scope < b.scope; });
  const auto same = [](const Claim& a, const Claim& b) { return a.scope == b.scope; };
  if (std::adjacent_find(claims.begin(), claims.end(), same) != claims.end()) {
    throw std::logic_error("a reservation names a scope twice");
  }
  return claims;
}

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

/// The row an orphan leaves: the caller's, with status 503 and nothing to pay.
UsageRecord orphan_of(const store::Tx& tx, const Reservation& reservation) {
  UsageRecord orphan = reservation.orphan;
  orphan.organization = reservation.organization;
  orphan.request_id = reservation.request_id;
  orphan.cycle = reservation.cycle;
  orphan.status = 503;
  orphan.units = Decimal();
  orphan.cost_minor = Decimal();
  orphan.late_for.reset();
  if (orphan.id.is_nil()) orphan.id = UsageRecordId::random();
  if (orphan.occurred_at == Timestamp{}) orphan.occurred_at = tx.now();
  return orphan;
}

/// False when the request is open or settled already.
bool insert_reservation(store::Tx& tx, const Reservation& reservation, const std::vector<Claim>& claims) {
  constexpr std::string_view kInsert =
      "INSERT INTO quota_reservation (organization_id, request_id, id, kind, project_id, subscription_id, access_key_id,"
      " provider_id, agent_id, version_id, plan_id, conversation_id, endpoint, method, status, response_time_ms, tokens_input,"
      " tokens_output, billable_unit, units_micro, unit_price, cost_micro, occurred_at, cycle, late_for, expires_at,"
      " reserved_key_id, reserved_subscription_id, reserved_micro, reserved_runs_micro)"
      " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, "
      "$25,"
      " $26, $27, $28, $29, $30"
      " WHERE NOT EXISTS (SELECT 1 FROM usage_record WHERE organization_id = $1 AND request_id = $2)"
      " ON CONFLICT (organization_id, request_id) DO NOTHING";
  std::vector<store::Param> params = params_of(orphan_of(tx, reservation));
  std::optional<std::string> key;
  std::optional<std::string> subscription;
  std::int64_t runs_micro = 0;
  for (const Claim& claim : claims) {
    if (claim.scope == QuotaScope::key) key = dashed(claim.id);
    if (claim.scope == QuotaScope::subscription) subscription = dashed(claim.id);
    if (claim.scope == QuotaScope::organization) runs_micro = claim.amount_micro;
  }
  params.insert(params.end(), {reservation.expires_at, key, subscription, micro_of(reservation.units), runs_micro});
  return tx.execute(kInsert, params) == 1;
}

/// What an open reservation holds of its cycle's counters.
struct Held {
  Cycle cycle;
  std::vector<CounterChange> changes;  ///< `reserved` only, negative
};

std::optional<Held> remove_reservation(store::Tx& tx, OrganizationId organization, const std::string& request_id) {
  const store::Rows rows = tx.query(
      "DELETE FROM quota_reservation WHERE organization_id = $1 AND request_id = $2"
      " RETURNING cycle, reserved_key_id, reserved_subscription_id, reserved_micro, reserved_runs_micro",
      {organization, request_id});
  if (rows.empty()) return std::nullopt;
  const store::Row& row = rows.front();
  Held held{row.cycle(0), {}};
  const std::int64_t units = row.integer(3);
  const std::int64_t runs = row.integer(4);
  if (units != 0 && !row.is_null(1)) held.changes.push_back({QuotaScope::key, row.id<AccessKeyId>(1).uuid, 0, -units});
  if (units != 0 && !row.is_null(2)) {
    held.changes.push_back({QuotaScope::subscription, row.id<SubscriptionId>(2).uuid, 0, -units});
  }
  if (runs != 0) held.changes.push_back({QuotaScope::organization, organization.uuid, 0, -runs});
  return held;
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
