// Reservations in memory, where one process alone writes the ledger (contracts/registry.md §11).
#pragma once

#include <memory>
#include <optional>

#include "billing/quota.h"
#include "store/database.h"

namespace guildhall::billing {

/// Between admission and settlement a run holds quota. On SQLite, whose one server sees every run, the hold is kept here and
/// costs no write; a run that stays open for a second is written down, so that a crash leaves its row of status 503. On
/// PostgreSQL, which several servers may share, the hold is a row from the start. Thread-safe.
class OpenRuns {
 public:
  explicit OpenRuns(store::Database& database);
  ~OpenRuns();
  OpenRuns(const OpenRuns&) = delete;
  OpenRuns& operator=(const OpenRuns&) = delete;

  /// As billing::reserve, in a transaction of its own: nullopt when the units are held, else the scope that is full. Exact: of
  /// any number of callers at once as many pass as there are units left.
  std::optional<Quota> reserve(const Reservation& reservation);

  /// As billing::settle. What the run holds is free when the transaction has committed; when it fails the hold stays until
  /// the run is settled or has expired.
  bool settle(store::Tx& tx, const UsageRecord& record);

  /// Writes down the runs that have been open for a second and forgets those past their expiry, which billing::release_orphans
  /// settles. To be called every second.
  void note_long_runs();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace guildhall::billing
