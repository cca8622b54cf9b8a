// Which runs are open in this process, and what they hold of each counter.
#include "billing/open_runs.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/errors.h"
#include "limits.h"
#include "reservation_rows.h"
#include "usage_row.h"

namespace guildhall::billing {

namespace {

std::string run_key(OrganizationId organization, const std::string& request_id) {
  return organization.hex() + request_id;
}

}  // namespace

struct OpenRuns::State {
  struct OpenRun {
    Reservation reservation;
    std::vector<Claim> claims;
    Timestamp opened_at;
    bool is_settling = false;  ///< its ledger row is written, and not known to be durable
    bool is_noted = false;
  };

  /// Of one counter, in millionths.
  struct Holds {
    std::int64_t open = 0;
    std::int64_t settling = 0;
  };

  explicit State(store::Database& d) : database(d) {}

  /// Adds the run and returns what the counters of its claims hold with it, in the order of its claims.
  std::vector<std::int64_t> open(const Reservation& reservation, const std::vector<Claim>& claims);
  void mark_settling(const std::string& run);
  void close(const std::string& run);
  std::vector<std::int64_t> open_holds(const Reservation& reservation, const std::vector<Claim>& claims);
  std::vector<Reservation> runs_to_note(Timestamp now, std::vector<std::string>& noted);

  store::Database& database;
  std::mutex mutex;
  std::unordered_map<std::string, OpenRun> runs;
  std::map<std::tuple<QuotaScope, Uuid, Cycle>, Holds> counters;
};

std::vector<std::int64_t> OpenRuns::State::open(const Reservation& reservation, const std::vector<Claim>& claims) {
  const std::lock_guard lock(mutex);
  const auto [run, is_new] = runs.try_emplace(run_key(reservation.organization, reservation.request_id),
                                              OpenRun{reservation, claims, database.clock().now(), false, false});
  if (!is_new) {
    throw Refusal(Code::idempotency_in_progress,
                  "request '" + reservation.request_id + "' is running; a new call needs a new request id");
  }
  std::vector<std::int64_t> held;
  for (const Claim& claim : claims) {
    Holds& holds = counters[{claim.scope, claim.id, reservation.cycle}];
    holds.open += claim.amount_micro;
    held.push_back(holds.open + holds.settling);
  }
  return held;
}

void OpenRuns::State::mark_settling(const std::string& run) {
  const std::lock_guard lock(mutex);
  const auto found = runs.find(run);
  if (found == runs.end() || std::exchange(found->second.is_settling, true)) return;
  for (const Claim& claim : found->second.claims) {
    Holds& holds = counters[{claim.scope, claim.id, found->second.reservation.cycle}];
    holds.open -= claim.amount_micro;
    holds.settling += claim.amount_micro;
  }
}

void OpenRuns::State::close(const std::string& run) {
  const std::lock_guard lock(mutex);
  const auto found = runs.find(run);
  if (found == runs.end()) return;
  const OpenRun& open = found->second;
  for (const Claim& claim : open.claims) {
    const auto counter = counters.find({claim.scope, claim.id, open.reservation.cycle});
    (open.is_settling ? counter->second.settling : counter->second.open) -= claim.amount_micro;
    if (counter->second.open == 0 && counter->second.settling == 0) counters.erase(counter);
  }
  runs.erase(found);
}

std::vector<std::int64_t> OpenRuns::State::open_holds(const Reservation& reservation, const std::vector<Claim>& claims) {
  const std::lock_guard lock(mutex);
  std::vector<std::int64_t> held;
  for (const Claim& claim : claims) held.push_back(counters[{claim.scope, claim.id, reservation.cycle}].open);
  return held;
}

std::vector<Reservation> OpenRuns::State::runs_to_note(Timestamp now, std::vector<std::string>& noted) {
  const std::lock_guard lock(mutex);
  std::vector<Reservation> reservations;
  for (const auto& [key, run] : runs) {
    if (run.is_noted || run.is_settling || now - run.opened_at < kNotedAfterUs) continue;
    reservations.push_back(run.reservation);
    noted.push_back(key);
  }
  return reservations;
}

namespace {

/// The first scope that `held`, which counts this reservation too, does not fit into beside what the database says.
std::optional<Quota> first_full(store::Tx& tx, const Reservation& reservation, const std::vector<Claim>& claims,
                                const std::vector<std::int64_t>& held) {
  for (std::size_t i = 0; i < claims.size(); ++i) {
    const Claim& claim = claims[i];
    if (claim.limit_micro == kUnlimited) continue;
    Quota quota = quota_of(tx, reservation.organization, claim.scope, claim.id, reservation.cycle, of_micro(claim.limit_micro));
    if (micro_of(quota.used) + micro_of(quota.reserved) + held[i] <= claim.limit_micro) continue;
    quota.reserved += of_micro(held[i] - claim.amount_micro);
    return quota;
  }
  return std::nullopt;
}

bool is_limited(const Claim& claim) {
  return claim.limit_micro != kUnlimited;
}

}  // namespace

OpenRuns::OpenRuns(store::Database& database) : state_(std::make_unique<State>(database)) {}
OpenRuns::~OpenRuns() = default;

std::optional<Quota> OpenRuns::reserve(const Reservation& reservation) {
  store::Database& database = state_->database;
  if (database.dialect() == store::Dialect::postgres) {
    return database.write([&](store::Tx& tx) { return billing::reserve(tx, reservation); }, store::Isolation::row_locks);
  }
  const std::vector<Claim> claims = claims_of(reservation);
  const std::vector<std::int64_t> held = state_->open(reservation, claims);
  if (std::none_of(claims.begin(), claims.end(), is_limited)) return std::nullopt;
  const std::string run = run_key(reservation.organization, reservation.request_id);
  try {
    // `held` was taken before this snapshot, so a run that settles meanwhile is counted once or twice, never not at all.
    const auto full = database.read([&](store::Tx& tx) { return first_full(tx, reservation, claims, held); });
    if (!full) return std::nullopt;
    // Perhaps counted twice, or beside others that will be refused: in the order of the writer the answer is exact, since
    // each run there is settled, held or refused, and a refused one lets go before the next is judged.
    return database.write([&](store::Tx& tx) {
      auto refused = first_full(tx, reservation, claims, state_->open_holds(reservation, claims));
      if (refused) state_->close(run);
      return refused;
    });
  } catch (...) {
    state_->close(run);
    throw;
  }
}

bool OpenRuns::settle(store::Tx& tx, const UsageRecord& record) {
  if (tx.dialect() == store::Dialect::sqlite) {
    const std::string run = run_key(record.organization, record.request_id);
    state_->mark_settling(run);
    tx.after_commit([state = state_.get(), run] { state->close(run); });
  }
  return billing::settle(tx, record);
}

void OpenRuns::note_long_runs() {
  if (state_->database.dialect() == store::Dialect::postgres) return;
  const Timestamp now = state_->database.clock().now();
  std::vector<std::string> noted;
  std::vector<Reservation> reservations = state_->runs_to_note(now, noted);
  if (!reservations.empty()) {
    state_->database.write([&](store::Tx& tx) {
      for (Reservation& reservation : reservations) {
        // What it holds is counted in memory: the row only remembers that the run was admitted.
        reservation.units = Decimal();
        insert_reservation(tx, reservation, {});
      }
    });
  }
  std::vector<std::string> expired;
  {
    const std::lock_guard lock(state_->mutex);
    for (const std::string& key : noted) {
      if (const auto run = state_->runs.find(key); run != state_->runs.end()) run->second.is_noted = true;
    }
    for (const auto& [key, run] : state_->runs) {
      if (run.is_noted && run.reservation.expires_at <= now) expired.push_back(key);
    }
  }
  for (const std::string& key : expired) state_->close(key);
}

}  // namespace guildhall::billing
