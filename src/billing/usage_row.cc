// Reading and writing ledger rows.
#include "usage_row.h"

#include <stdexcept>

#include "limits.h"
#include "snapshots.h"

namespace guildhall::billing {

std::int64_t micro_of(const Decimal& value) {
  return value.units(kMicroPlaces, Rounding::half_even);
}

Decimal of_micro(std::int64_t micro) {
  return Decimal::of_units(micro, kMicroPlaces);
}

std::vector<store::Param> params_of(const UsageRecord& r) {
  std::vector<store::Param> params;
  params.reserve(30);  // a reservation adds five
  params.insert(params.end(), {r.organization,
                               r.request_id,
                               r.id,
                               wire_name(r.kind),
                               r.project,
                               r.subscription,
                               r.key,
                               r.provider,
                               r.agent,
                               r.version,
                               r.plan,
                               r.conversation,
                               r.endpoint,
                               r.method,
                               r.status,
                               r.response_time_ms,
                               r.tokens_input,
                               r.tokens_output,
                               r.billable_unit,
                               micro_of(r.units),
                               r.unit_price,
                               micro_of(r.cost_minor),
                               r.occurred_at,
                               r.cycle,
                               r.late_for});
  return params;
}

UsageRecord record_of(const store::Row& row) {
  UsageRecord r;
  r.organization = row.id<OrganizationId>(0);
  r.request_id = row.text(1);
  r.id = row.id<UsageRecordId>(2);
  r.kind = usage_kind_of(row.text(3));
  r.project = row.optional_id<ProjectId>(4);
  r.subscription = row.optional_id<SubscriptionId>(5);
  r.key = row.optional_id<AccessKeyId>(6);
  r.provider = row.optional_id<OrganizationId>(7);
  r.agent = row.optional_id<AgentId>(8);
  r.version = row.optional_id<AgentVersionId>(9);
  r.plan = row.optional_id<PlanId>(10);
  r.conversation = row.optional_id<ConversationId>(11);
  r.endpoint = row.text(12);
  r.method = row.text(13);
  r.status = static_cast<int>(row.integer(14));
  r.response_time_ms = row.integer(15);
  r.tokens_input = row.integer(16);
  r.tokens_output = row.integer(17);
  r.billable_unit = row.text(18);
  r.units = of_micro(row.integer(19));
  r.unit_price = row.decimal(20);
  r.cost_minor = of_micro(row.integer(21));
  r.occurred_at = row.timestamp(22);
  r.cycle = row.cycle(23);
  if (!row.is_null(24)) r.late_for = row.cycle(24);
  return r;
}

UsageRecord prepared(store::Tx& tx, UsageRecord record) {
  if (record.organization.is_nil()) throw std::logic_error("a usage record without an organization");
  if (record.request_id.empty() || record.request_id.size() > kRequestIdBytesMax) {
    throw std::logic_error("a usage record's request_id has 1 to 255 bytes");
  }
  if (record.units.is_negative() && record.kind != UsageKind::adjustment) {
    throw std::logic_error("only an adjustment has negative units");
  }
  if (record.id.is_nil()) record.id = UsageRecordId::random();
  if (record.occurred_at == Timestamp{}) record.occurred_at = tx.now();
  if (record.cycle == Cycle{}) record.cycle = cycle_of(record.occurred_at);
  // A month that is not over cannot be finalized, so a run of today asks nothing.
  if (record.cycle < cycle_of(tx.now()) && !joins_open_cycle(tx, record.organization, record.cycle)) {
    record.late_for = record.cycle;
    record.cycle = cycle_of(tx.now());
  }
  return record;
}

bool insert_usage(store::Tx& tx, const UsageRecord& record) {
  constexpr std::string_view kInsert =
      "INSERT INTO usage_record (organization_id, request_id, id, kind, project_id, subscription_id, access_key_id, provider_id,"
      " agent_id, version_id, plan_id, conversation_id, endpoint, method, status, response_time_ms, tokens_input, tokens_output,"
      " billable_unit, units_micro, unit_price, cost_micro, occurred_at, cycle, late_for)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, "
      "$25)"
      " ON CONFLICT (organization_id, request_id) DO NOTHING";
  return tx.execute(kInsert, params_of(record)) == 1;
}

}  // namespace guildhall::billing
