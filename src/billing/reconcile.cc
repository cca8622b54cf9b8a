// Proving that what is stored equals the ledger (contracts/registry.md §11 L3 and L4).
#include <map>
#include <tuple>

#include "billing/quota.h"
#include "component_totals.h"
#include "totals.h"
#include "usage_row.h"

namespace guildhall::billing {

namespace {

/// organization, scope, scope id, cycle.
using CounterKey = std::tuple<std::string, std::string, std::string, std::string>;
using Sums = std::map<CounterKey, std::int64_t>;

void add_rows(Sums& sums, const store::Rows& rows) {
  for (const store::Row& row : rows) sums[{row.text(0), row.text(1), row.text(2), row.text(3)}] += row.integer(4);
}

/// Counters that differ, a missing one counting as zero.
void compare(std::vector<Difference>& differences, std::string_view what, const Sums& stored, const Sums& recomputed) {
  Sums all = stored;
  all.insert(recomputed.begin(), recomputed.end());
  for (const auto& [key, ignored] : all) {
    const auto in_stored = stored.find(key);
    const auto in_ledger = recomputed.find(key);
    const std::int64_t a = in_stored == stored.end() ? 0 : in_stored->second;
    const std::int64_t b = in_ledger == recomputed.end() ? 0 : in_ledger->second;
    if (a == b) continue;
    const auto& [organization, scope, id, cycle] = key;
    differences.push_back({std::string(what) + " of " + scope + " " + id + " of organization " + organization + " in " + cycle,
                           of_micro(a).text(), of_micro(b).text()});
  }
}

Sums used_by_ledger(store::Tx& tx, const std::optional<Cycle>& cycle) {
  Sums sums;
  add_rows(sums, tx.query("SELECT organization_id, 'key' AS scope, access_key_id, cycle, CAST(SUM(units_micro) AS BIGINT)"
                          " FROM usage_record WHERE access_key_id IS NOT NULL AND kind <> 'test' AND (cycle = $1 OR $1 IS NULL)"
                          " GROUP BY organization_id, access_key_id, cycle",
                          {cycle}));
  add_rows(sums,
           tx.query("SELECT organization_id, 'subscription' AS scope, subscription_id, cycle, CAST(SUM(units_micro) AS BIGINT)"
                    " FROM usage_record WHERE subscription_id IS NOT NULL AND kind <> 'test'"
                    " AND (cycle = $1 OR $1 IS NULL) GROUP BY organization_id, subscription_id, cycle",
                    {cycle}));
  add_rows(sums, tx.query("SELECT organization_id, 'organization' AS scope, organization_id, cycle, COUNT(*) * 1000000"
                          " FROM usage_record WHERE kind IN ('run', 'external') AND units_micro > 0"
                          " AND (cycle = $1 OR $1 IS NULL) GROUP BY organization_id, cycle",
                          {cycle}));
  return sums;
}

Sums reserved_by_reservations(store::Tx& tx, const std::optional<Cycle>& cycle) {
  Sums sums;
  add_rows(sums, tx.query("SELECT organization_id, 'key' AS scope, reserved_key_id, cycle, CAST(SUM(reserved_micro) AS BIGINT)"
                          " FROM quota_reservation WHERE reserved_key_id IS NOT NULL AND (cycle = $1 OR $1 IS NULL)"
                          " GROUP BY organization_id, reserved_key_id, cycle",
                          {cycle}));
  add_rows(sums, tx.query("SELECT organization_id, 'subscription' AS scope, reserved_subscription_id, cycle,"
                          " CAST(SUM(reserved_micro) AS BIGINT) FROM quota_reservation"
                          " WHERE reserved_subscription_id IS NOT NULL AND (cycle = $1 OR $1 IS NULL)"
                          " GROUP BY organization_id, reserved_subscription_id, cycle",
                          {cycle}));
  add_rows(sums, tx.query("SELECT organization_id, 'organization' AS scope, organization_id, cycle,"
                          " CAST(SUM(reserved_runs_micro) AS BIGINT) FROM quota_reservation WHERE (cycle = $1 OR $1 IS NULL)"
                          " GROUP BY organization_id, cycle",
                          {cycle}));
  return sums;
}

void compare_counters(std::vector<Difference>& differences, store::Tx& tx, const std::optional<Cycle>& cycle) {
  Sums used;
  Sums reserved;
  const store::Rows rows = tx.query(
      "SELECT organization_id, scope, scope_id, cycle, used_micro, reserved_micro FROM quota_counter"
      " WHERE (cycle = $1 OR $1 IS NULL)",
      {cycle});
  for (const store::Row& row : rows) {
    const CounterKey key{row.text(0), row.text(1), row.text(2), row.text(3)};
    used[key] = row.integer(4);
    reserved[key] = row.integer(5);
  }
  compare(differences, "used", used, used_by_ledger(tx, cycle));
  compare(differences, "reserved", reserved, reserved_by_reservations(tx, cycle));
}

std::string described(const Snapshot& snapshot) {
  return "calls " + std::to_string(snapshot.calls) + ", tokens " + std::to_string(snapshot.tokens_input) + " + " +
         std::to_string(snapshot.tokens_output) + ", cost " + snapshot.cost_minor.text() + ", by agent " +
         json::write_canonical(snapshot.usage_by_agent);
}

void compare_snapshots(std::vector<Difference>& differences, store::Tx& tx, const std::optional<Cycle>& cycle) {
  const store::Rows rows = tx.query(
      "SELECT organization_id, cycle, calls, tokens_input, tokens_output, cost_micro, usage_by_agent FROM usage_snapshot"
      " WHERE is_finalized = TRUE AND (cycle = $1 OR $1 IS NULL) ORDER BY organization_id, cycle",
      {cycle});
  for (const store::Row& row : rows) {
    Snapshot stored;
    stored.organization = row.id<OrganizationId>(0);
    stored.cycle = row.cycle(1);
    stored.calls = row.integer(2);
    stored.tokens_input = row.integer(3);
    stored.tokens_output = row.integer(4);
    stored.cost_minor = of_micro(row.integer(5));
    stored.usage_by_agent = row.json(6).as_object();
    const std::string in_row = described(stored);
    const std::string in_ledger = described(snapshot_of_ledger(tx, stored.organization, stored.cycle));
    if (in_row != in_ledger) {
      differences.push_back({"snapshot of organization " + row.text(0) + " in " + stored.cycle.text(), in_row, in_ledger});
    }
  }
}

/// Usage items are stored when an invoice closes; until then they are derived and cannot differ.
void compare_invoices(std::vector<Difference>& differences, store::Tx& tx, const std::optional<Cycle>& cycle) {
  const store::Rows invoices = tx.query(
      "SELECT organization_id, id, cycle FROM invoice WHERE state IN ('created', 'paid') AND (cycle = $1 OR $1 IS NULL)"
      " ORDER BY organization_id, cycle",
      {cycle});
  for (const store::Row& invoice : invoices) {
    const auto organization = invoice.id<OrganizationId>(0);
    std::map<std::string, Decimal> stored;
    std::map<std::string, Decimal> recomputed;
    const store::Rows items = tx.query(
        "SELECT subscription_id, plan_id, component, quantity FROM invoice_item"
        " WHERE organization_id = $1 AND invoice_id = $2 AND billing_type = 'usage' AND is_credit = FALSE",
        {organization, invoice.text(1)});
    for (const store::Row& item : items) {
      stored[item.text(2) + " of subscription " + item.text(0) + " under plan " + item.text(1)] += item.decimal(3);
    }
    for (const ComponentTotal& item : billed_totals(tx, organization, invoice.cycle(2))) {
      recomputed[item.component + " of subscription " + item.subscription.text() + " under plan " + item.plan.text()] +=
          item.amount;
    }
    std::map<std::string, Decimal> all = stored;
    all.insert(recomputed.begin(), recomputed.end());
    for (const auto& [what, ignored] : all) {
      if (stored[what] == recomputed[what]) continue;
      differences.push_back(
          {"invoiced usage of " + what + " in " + invoice.text(2), stored[what].text(), recomputed[what].text()});
    }
  }
}

}  // namespace

std::vector<Difference> reconcile(store::Database& database, std::optional<Cycle> cycle) {
  return database.read([&](store::Tx& tx) {
    std::vector<Difference> differences;
    compare_counters(differences, tx, cycle);
    compare_snapshots(differences, tx, cycle);
    compare_invoices(differences, tx, cycle);
    return differences;
  });
}

}  // namespace guildhall::billing
