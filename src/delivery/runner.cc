// Claims jobs and schedules and runs them.
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "base/errors.h"
#include "base/log.h"
#include "base/metrics.h"
#include "delivery/events.h"
#include "delivery/idempotency.h"
#include "delivery/jobs.h"
#include "job_leases.h"

namespace guildhall::delivery {

namespace {

constexpr std::int64_t kHousekeepingUs = 3'600 * kMicrosecondsPerSecond;

metrics::Counter& job_counter(std::string_view outcome) {
  return metrics::counter("guildhall_jobs_total", "Jobs run, by how they ended", "outcome=\"" + std::string(outcome) + "\"");
}

std::string error_text(const std::exception& error) {
  std::string text = error.what();
  const auto* refusal = dynamic_cast<const Refusal*>(&error);
  if (refusal != nullptr && !refusal->log_detail.empty()) text += " (" + refusal->log_detail + ")";
  return text;
}

/// Runs `body` and returns what it threw as text; nullopt when it returned.
template <class Body>
std::optional<std::string> error_of(const Body& body) {
  try {
    body();
    return std::nullopt;
  } catch (const std::exception& error) {
    return error_text(error);
  } catch (...) {
    return "an exception that is no std::exception";
  }
}

Schedule housekeeping(store::Database& database) {
  return {"delivery.housekeeping", kHousekeepingUs,
          [&database](std::stop_token) {
            database.write([](store::Tx& tx) {
              delete_done_jobs(tx);
              expire_idempotent(tx);
              expire_events(tx);
            });
          },
          false};
}

}  // namespace

/// One coordinator thread claims, hands to the pool and renews leases; the pool's threads run the workers.
struct Runner::State {
  store::Database& database;
  const std::map<std::string, Worker> workers;
  std::vector<Schedule> schedules;
  const RunnerOptions options;
  const RunnerId id = RunnerId::random();
  std::vector<std::string> kinds;

  std::mutex mutex;
  std::condition_variable woken;
  bool is_woken = false;
  bool is_stopping = false;
  bool is_drained = false;
  std::map<JobId, std::stop_source> jobs;              ///< claimed here, queued or running
  std::map<std::string, std::stop_source> periodical;  ///< schedules, likewise
  std::map<std::string, Timestamp> last_here;          ///< when a schedule of this process last began

  std::unique_ptr<Pool> pool;
  std::thread coordinator;

  State(store::Database& database_in, std::map<std::string, Worker> workers_in, std::vector<Schedule> schedules_in,
        RunnerOptions options_in)
      : database(database_in), workers(std::move(workers_in)), schedules(std::move(schedules_in)), options(options_in) {
    if (options.threads_max == 0 || options.batch == 0 || options.lease_us <= 0 || options.poll_us <= 0) {
      throw std::logic_error("a runner needs threads, a batch, a lease and a poll interval");
    }
    for (const auto& [kind, worker] : workers) kinds.push_back(kind);
    schedules.push_back(housekeeping(database));
  }

  void coordinate();
  void look_for_work();
  std::vector<Job> claim(std::size_t limit);
  void run_job(const Job& job, const std::stop_token& stop);
  void submit(const Job& job);
  bool claim_periodical(const Schedule& schedule);
  bool claim_here(const Schedule& schedule);
  void run_periodical(const Schedule& schedule, const std::stop_token& stop);
  void submit(const Schedule& schedule);
  void renew_leases();
  std::stop_token enter(const Job& job);
  void leave(const Job& job);
  std::stop_token enter(const Schedule& schedule);
  void leave(const Schedule& schedule);
  void wake();
};

Runner::Runner(store::Database& database, std::map<std::string, Worker> workers, std::vector<Schedule> schedules,
               RunnerOptions options)
    : state_(std::make_unique<State>(database, std::move(workers), std::move(schedules), options)) {}

Runner::~Runner() {
  stop();
}

void Runner::start() {
  State& state = *state_;
  if (state.coordinator.joinable()) return;
  state.is_stopping = false;
  state.is_drained = false;
  state.pool =
      std::make_unique<Pool>(PoolOptions{.name = "jobs",
                                         .threads_max = state.options.threads_max,
                                         .queue_max = state.options.batch + state.options.threads_max + state.schedules.size()});
  state.coordinator = std::thread([&state] { state.coordinate(); });
}

void Runner::stop() {
  State& state = *state_;
  if (!state.coordinator.joinable()) return;
  {
    const std::lock_guard lock(state.mutex);
    state.is_stopping = true;
    for (auto& [id, source] : state.jobs) source.request_stop();
    for (auto& [name, source] : state.periodical) source.request_stop();
  }
  state.wake();
  // The coordinator goes on renewing leases until the last worker has returned.
  state.pool->drain();
  {
    const std::lock_guard lock(state.mutex);
    state.is_drained = true;
  }
  state.wake();
  state.coordinator.join();
  state.pool.reset();
}

void Runner::wake() {
  state_->wake();
}

Uuid Runner::id() const {
  return state_->id.uuid;
}

void Runner::take_over_from(const Uuid& runner) {
  state_->database.write([&](store::Tx& tx) { end_leases_of(tx, RunnerId{runner}); });
  wake();
}

std::size_t Runner::run_due() {
  State& state = *state_;
  std::jthread renewing([&state](const std::stop_token& stop) {
    std::mutex waiting;
    std::condition_variable_any ended;
    std::unique_lock lock(waiting);
    const auto pause = std::chrono::microseconds(state.options.lease_us / 3);
    while (!ended.wait_for(lock, stop, pause, [&] { return stop.stop_requested(); })) state.renew_leases();
  });
  for (const Schedule& schedule : state.schedules) {
    if (state.claim_periodical(schedule)) state.run_periodical(schedule, state.enter(schedule));
  }
  std::size_t count = 0;
  for (auto jobs = state.claim(1); !jobs.empty(); jobs = state.claim(1)) {
    state.run_job(jobs.front(), state.enter(jobs.front()));
    ++count;
  }
  return count;
}

void Runner::State::coordinate() {
  std::int64_t renewed_us = monotonic_us();
  std::unique_lock lock(mutex);
  while (!is_drained) {
    lock.unlock();
    if (const auto error = error_of([&] { look_for_work(); })) {
      log::warning("delivery.claim_failed", {{"error", std::string_view(*error)}});
    }
    if (monotonic_us() - renewed_us >= options.lease_us / 3) {
      renew_leases();
      renewed_us = monotonic_us();
    }
    lock.lock();
    woken.wait_for(lock, std::chrono::microseconds(std::min(options.poll_us, options.lease_us / 3)), [this] { return is_woken; });
    is_woken = false;
  }
}

void Runner::State::look_for_work() {
  {
    const std::lock_guard lock(mutex);
    if (is_stopping) return;
  }
  for (const Schedule& schedule : schedules) {
    if (claim_periodical(schedule)) submit(schedule);
  }
  {
    // A batch is fetched when the threads have run out of the one before; they wake the coordinator.
    const std::lock_guard lock(mutex);
    if (jobs.size() > options.threads_max) return;
  }
  for (const Job& job : claim(options.batch)) submit(job);
}

std::vector<Job> Runner::State::claim(std::size_t limit) {
  if (!database.read([](store::Tx& tx) { return has_due_jobs(tx); })) return {};
  return database.write([&](store::Tx& tx) { return claim_jobs(tx, id, kinds, limit, options.lease_us); });
}

void Runner::State::submit(const Job& job) {
  const std::stop_token stop = enter(job);
  if (pool->try_submit([this, job, stop] { run_job(job, stop); })) return;
  leave(job);
  database.write([&](store::Tx& tx) { give_job_back(tx, id, job); });
}

void Runner::State::run_job(const Job& job, const std::stop_token& stop) {
  const bool is_run = !stop.stop_requested();
  std::optional<std::string> failure;
  if (is_run) failure = error_of([&] { workers.at(job.kind)(job, stop); });
  // A worker that throws because it was told to stop has not failed: another runner does the job.
  const bool is_given_back = !is_run || (failure && stop.stop_requested());
  const auto ended = error_of([&] {
    database.write([&](store::Tx& tx) {
      if (is_given_back) return give_job_back(tx, id, job);
      return failure ? fail_job(tx, id, job, *failure) : finish_job(tx, id, job);
    });
  });
  leave(job);
  job_counter(is_given_back ? "given back" : failure ? "error" : "done").add();
  if (failure && !is_given_back) {
    log::warning("delivery.job_failed", {{"kind", std::string_view(job.kind)}, {"error", std::string_view(*failure)}});
  }
  // The job stays leased until the lease runs out, and then runs again.
  if (ended)
    log::error("delivery.job_end_not_stored", {{"kind", std::string_view(job.kind)}, {"error", std::string_view(*ended)}});
}

/// With the mutex held. A schedule of this process is due at once and then after each of its periods.
bool Runner::State::claim_here(const Schedule& schedule) {
  const Timestamp now = database.clock().now();
  const auto last = last_here.find(schedule.name);
  if (last != last_here.end() && now - last->second < schedule.every_us) return false;
  last_here[schedule.name] = now;
  return true;
}

bool Runner::State::claim_periodical(const Schedule& schedule) {
  {
    const std::lock_guard lock(mutex);
    if (periodical.contains(schedule.name)) return false;
    if (schedule.is_per_process) return claim_here(schedule);
  }
  if (!database.read([&](store::Tx& tx) { return is_schedule_due(tx, schedule); })) return false;
  return database.write([&](store::Tx& tx) { return claim_schedule(tx, id, schedule, options.lease_us); });
}

void Runner::State::submit(const Schedule& schedule) {
  const std::stop_token stop = enter(schedule);
  // Schedules live as long as the runner. One that finds no place comes again when its lease has run out.
  if (!pool->try_submit([this, &schedule, stop] { run_periodical(schedule, stop); })) leave(schedule);
}

void Runner::State::run_periodical(const Schedule& schedule, const std::stop_token& stop) {
  const auto failure = error_of([&] {
    if (!stop.stop_requested()) schedule.task(stop);
  });
  const auto ended = error_of([&] {
    if (!schedule.is_per_process) database.write([&](store::Tx& tx) { finish_schedule(tx, id, schedule); });
  });
  leave(schedule);
  for (const auto& error : {failure, ended}) {
    if (error) {
      log::error("delivery.schedule_failed", {{"name", std::string_view(schedule.name)}, {"error", std::string_view(*error)}});
    }
  }
}

void Runner::State::renew_leases() {
  std::vector<JobId> claimed;
  std::vector<std::string> names;
  {
    const std::lock_guard lock(mutex);
    for (const auto& [job, source] : jobs) claimed.push_back(job);
    for (const auto& [name, source] : periodical) names.push_back(name);
  }
  if (claimed.empty() && names.empty()) return;
  std::vector<JobId> held;
  const auto failure = error_of([&] {
    held = database.write([&](store::Tx& tx) {
      for (const std::string& name : names) renew_schedule(tx, id, name, options.lease_us);
      return renew_jobs(tx, id, claimed, options.lease_us);
    });
  });
  if (failure) {
    log::warning("delivery.renewal_failed", {{"error", std::string_view(*failure)}});
    return;
  }
  // Another runner has what is no longer held: stop doing it twice.
  const std::lock_guard lock(mutex);
  for (const JobId& job : claimed) {
    const auto found = jobs.find(job);
    if (found != jobs.end() && std::find(held.begin(), held.end(), job) == held.end()) found->second.request_stop();
  }
}

std::stop_token Runner::State::enter(const Job& job) {
  const std::lock_guard lock(mutex);
  std::stop_source& source = jobs[job.id];
  if (is_stopping) source.request_stop();
  return source.get_token();
}

void Runner::State::leave(const Job& job) {
  const std::lock_guard lock(mutex);
  jobs.erase(job.id);
  if (jobs.size() > options.threads_max) return;
  is_woken = true;
  woken.notify_one();
}

std::stop_token Runner::State::enter(const Schedule& schedule) {
  const std::lock_guard lock(mutex);
  std::stop_source& source = periodical[schedule.name];
  if (is_stopping) source.request_stop();
  return source.get_token();
}

void Runner::State::leave(const Schedule& schedule) {
  const std::lock_guard lock(mutex);
  periodical.erase(schedule.name);
}

void Runner::State::wake() {
  const std::lock_guard lock(mutex);
  is_woken = true;
  woken.notify_one();
}

}  // namespace guildhall::delivery
