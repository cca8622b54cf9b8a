// Work that happens later: at least once, with a lease, idempotent by key, retried with backoff.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/threads.h"
#include "store/database.h"

namespace guildhall::delivery {

struct NewJob {
  std::string kind;             ///< names the worker: "knowledge.index"
  std::string key;              ///< with organization and kind, unique among unfinished jobs: enqueueing it again changes nothing
  OrganizationId organization;  ///< nil for the installation's own
  json::Object payload;
  Timestamp run_at;  ///< not before; zero means now
  int attempts_max = 10;
};

/// In the transaction of what it belongs to. False when an unfinished job of that kind and key exists.
bool enqueue(store::Tx& tx, const NewJob& job);

struct Job {
  JobId id;
  std::string kind;
  std::string key;
  OrganizationId organization;
  json::Object payload;
  int attempt = 1;
};

enum class JobState { waiting, running, done, failed };

struct JobRow {
  Job job;
  JobState state = JobState::waiting;
  Timestamp run_at;
  std::string last_error;
};

/// Unfinished and failed jobs, newest first, for the operator's page.
std::vector<JobRow> list_jobs(store::Tx& tx, std::optional<JobState> state, std::size_t limit);

/// Does one job outside any transaction. Returning means done; throwing means retry later (1 s, 5 s, 30 s, 2 min, then
/// doubling to 1 h), and failed after attempts_max. May run twice for one job when a lease runs out, so it is idempotent.
using Worker = std::function<void(const Job&, std::stop_token)>;

/// A periodic task. It runs on one node at a time, keyed by its name in the database, or, for what a process holds in its own
/// memory, in every process.
struct Schedule {
  std::string name;
  std::int64_t every_us = 0;
  std::function<void(std::stop_token)> task;
  bool is_per_process = false;
};

struct RunnerOptions {
  std::size_t threads_max = 4;
  std::size_t batch = 16;
  std::int64_t lease_us = 60 * kMicrosecondsPerSecond;  ///< renewed while the worker runs
  std::int64_t poll_us = 200'000;                       ///< how often the database is asked when nobody wakes the runner
};

/// Claims jobs (FOR UPDATE SKIP LOCKED on PostgreSQL) and runs them on its own pool; runs schedules when they are due.
class Runner {
 public:
  Runner(store::Database& database, std::map<std::string, Worker> workers, std::vector<Schedule> schedules,
         RunnerOptions options);
  ~Runner();  ///< stops and waits
  void start();
  /// Who holds the leases of this runner: another id with every process.
  Uuid id() const;
  /// What a process that is certainly dead had leased is due at once, instead of when its leases run out. `runner` was its id.
  void take_over_from(const Uuid& runner);
  void stop();
  /// There may be work: look now instead of at the next poll.
  void wake();
  /// Runs everything due now on the calling thread and returns how many jobs ran; for tests and one-shot commands.
  std::size_t run_due();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace guildhall::delivery
