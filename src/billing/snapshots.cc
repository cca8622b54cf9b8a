// Monthly totals per organization: aggregated from the ledger once, then constant (contracts/registry.md §11).
#include "snapshots.h"

#include "base/errors.h"
#include "billing/ledger.h"
#include "totals.h"
#include "usage_row.h"

namespace guildhall::billing {

namespace {

/// The row both late appends and the finalizing transaction write, so that neither can miss the other.
void ensure_snapshot_row(store::Tx& tx, OrganizationId organization, const Cycle& cycle) {
  tx.execute(
      "INSERT INTO usage_snapshot (organization_id, cycle, late_appends, calls, tokens_input, tokens_output, cost_micro,"
      " usage_by_agent, is_finalized, finalized_at) VALUES ($1, $2, 0, 0, 0, 0, 0, '{}', FALSE, NULL)"
      " ON CONFLICT (organization_id, cycle) DO NOTHING",
      {organization, cycle});
}

Snapshot stored_snapshot(store::Tx& tx, OrganizationId organization, const Cycle& cycle) {
  const auto row = tx.first(
      "SELECT calls, tokens_input, tokens_output, cost_micro, usage_by_agent, is_finalized, finalized_at FROM usage_snapshot"
      " WHERE organization_id = $1 AND cycle = $2",
      {organization, cycle});
  if (!row) throw not_found("snapshot");
  return {organization,
          cycle,
          row->integer(0),
          row->integer(1),
          row->integer(2),
          of_micro(row->integer(3)),
          row->json(4).as_object(),
          row->boolean(5),
          row->optional_timestamp(6)};
}

}  // namespace

bool joins_open_cycle(store::Tx& tx, OrganizationId organization, const Cycle& cycle) {
  ensure_snapshot_row(tx, organization, cycle);
  return tx.execute(
             "UPDATE usage_snapshot SET late_appends = late_appends + 1"
             " WHERE organization_id = $1 AND cycle = $2 AND is_finalized = FALSE",
             {organization, cycle}) == 1;
}

bool is_finalized(store::Tx& tx, OrganizationId organization, Cycle cycle) {
  return tx
      .first("SELECT 1 FROM usage_snapshot WHERE organization_id = $1 AND cycle = $2 AND is_finalized = TRUE",
             {organization, cycle})
      .has_value();
}

Snapshot finalize_cycle(store::Tx& tx, OrganizationId organization, Cycle cycle) {
  if (tx.now() < end_of(cycle)) {
    throw Refusal(Code::conflict, "cycle " + cycle.text() + " is not over; finalize it from " + rfc3339(end_of(cycle)) + " on");
  }
  ensure_snapshot_row(tx, organization, cycle);
  const bool is_first = tx.execute(
                            "UPDATE usage_snapshot SET is_finalized = TRUE, finalized_at = $3"
                            " WHERE organization_id = $1 AND cycle = $2 AND is_finalized = FALSE",
                            {organization, cycle, tx.now()}) == 1;
  if (is_first) {
    const Snapshot sums = snapshot_of_ledger(tx, organization, cycle);
    tx.execute(
        "UPDATE usage_snapshot SET calls = $3, tokens_input = $4, tokens_output = $5, cost_micro = $6, usage_by_agent = $7"
        " WHERE organization_id = $1 AND cycle = $2",
        {organization, cycle, sums.calls, sums.tokens_input, sums.tokens_output, micro_of(sums.cost_minor),
         json::write(sums.usage_by_agent)});
  }
  return stored_snapshot(tx, organization, cycle);
}

}  // namespace guildhall::billing
