// Rows of runs that were admitted and not settled yet.
#include "reservation_rows.h"

#include <algorithm>
#include <stdexcept>

#include "usage_row.h"

namespace guildhall::billing {

namespace {

/// The organization's counter counts runs, the others units.
std::int64_t claimed_micro(QuotaScope scope, std::int64_t units_micro) {
  if (scope != QuotaScope::organization) return units_micro;
  return units_micro > 0 ? kMicro : 0;
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

}  // namespace

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

}  // namespace guildhall::billing
