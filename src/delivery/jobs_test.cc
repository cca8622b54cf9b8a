// Jobs: who may run them, when, and how they end.
#include "delivery/jobs.h"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "job_leases.h"
#include "support/databases.h"

namespace guildhall::delivery {
namespace {

using store::Database;
using store::Tx;

NewJob sample(std::string key, OrganizationId organization = {}) {
  return {.kind = "test.work", .key = std::move(key), .organization = organization, .payload = {{"n", 1}}, .run_at = {}};
}

bool add(Database& database, const NewJob& job) {
  return database.write([&](Tx& tx) { return enqueue(tx, job); });
}

std::vector<JobRow> all_jobs(Database& database, std::optional<JobState> state = std::nullopt) {
  return database.read([&](Tx& tx) { return list_jobs(tx, state, 100); });
}

RunnerOptions small_runner() {
  return {.threads_max = 2, .batch = 4};
}

TEST_CASE("a job is enqueued once while it is unfinished, per organization") {
  test::for_each_database([](Database& database, ManualClock&) {
    const auto organization = OrganizationId::random();
    CHECK(add(database, sample("k", organization)));
    CHECK_FALSE(add(database, sample("k", organization)));
    CHECK(add(database, sample("other", organization)));
    CHECK(add(database, sample("k", OrganizationId::random())));
    Runner runner(database, {{"test.work", [](const Job&, std::stop_token) {}}}, {}, small_runner());
    CHECK(runner.run_due() == 3);
    CHECK(add(database, sample("k", organization)));
  });
}

TEST_CASE("a worker gets what was enqueued, and the job is done when it returns") {
  test::for_each_database([](Database& database, ManualClock&) {
    const auto organization = OrganizationId::random();
    add(database, sample("k", organization));
    Job seen;
    Runner runner(database, {{"test.work", [&](const Job& job, std::stop_token) { seen = job; }}}, {}, small_runner());
    CHECK(runner.run_due() == 1);
    CHECK(seen.kind == "test.work");
    CHECK(seen.key == "k");
    CHECK(seen.organization == organization);
    CHECK(seen.payload.at("n").as_int64() == 1);
    CHECK(seen.attempt == 1);
    CHECK(all_jobs(database).empty());
    CHECK(all_jobs(database, JobState::done).size() == 1);
    CHECK(runner.run_due() == 0);
  });
}

TEST_CASE("a job waits for its time and for a runner that knows its kind") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    NewJob job = sample("later");
    job.run_at = clock.now() + seconds(10);
    add(database, job);
    Runner stranger(database, {{"test.other", [](const Job&, std::stop_token) {}}}, {}, small_runner());
    Runner runner(database, {{"test.work", [](const Job&, std::stop_token) {}}}, {}, small_runner());
    CHECK(runner.run_due() == 0);
    clock.advance(seconds(10));
    CHECK(stranger.run_due() == 0);
    CHECK(runner.run_due() == 1);
  });
}

TEST_CASE("a failing job is tried again after 1 s, 5 s, 30 s, 2 min and ends failed") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    NewJob job = sample("k");
    job.attempts_max = 5;
    add(database, job);
    std::vector<int> attempts;
    Runner runner(database,
                  {{"test.work",
                    [&](const Job& seen, std::stop_token) {
                      attempts.push_back(seen.attempt);
                      throw std::runtime_error("broken \xff pipe");
                    }}},
                  {}, small_runner());
    for (const std::int64_t wait_s : {1, 5, 30, 120}) {
      CHECK(runner.run_due() == 1);
      const auto row = all_jobs(database).at(0);
      CHECK(row.state == JobState::waiting);
      CHECK(row.last_error == "broken ? pipe");
      CHECK(row.run_at == clock.now() + seconds(wait_s));
      clock.advance(seconds(wait_s) - 1);
      CHECK(runner.run_due() == 0);
      clock.advance(1);
    }
    CHECK(runner.run_due() == 1);
    CHECK(all_jobs(database, JobState::failed).size() == 1);
    CHECK(attempts == std::vector<int>{1, 2, 3, 4, 5});
    clock.advance(days(1));
    CHECK(runner.run_due() == 0);
    CHECK(add(database, job));
  });
}

TEST_CASE("the wait doubles after the fourth attempt and ends at an hour") {
  const std::vector<std::int64_t> waits_s = {1, 5, 30, 120, 240, 480, 960, 1920, 3600, 3600};
  for (std::size_t i = 0; i < waits_s.size(); ++i) CHECK(backoff_us(static_cast<int>(i) + 1) == seconds(waits_s[i]));
  CHECK(backoff_us(1'000'000) == seconds(3600));
}

TEST_CASE("two runners claim every job exactly once") {
  test::for_each_database([](Database& database, ManualClock&) {
    constexpr int kJobs = 60;
    database.write([](Tx& tx) {
      for (int i = 0; i < kJobs; ++i) enqueue(tx, sample(std::to_string(i)));
    });
    std::mutex mutex;
    std::multiset<std::string> claimed;
    const auto claim_all = [&] {
      const auto runner = RunnerId::random();
      for (;;) {
        const auto jobs = database.write([&](Tx& tx) { return claim_jobs(tx, runner, {"test.work"}, 4, seconds(60)); });
        if (jobs.empty()) return;
        const std::lock_guard lock(mutex);
        for (const Job& job : jobs) claimed.insert(job.key);
      }
    };
    std::thread other(claim_all);
    claim_all();
    other.join();
    CHECK(claimed.size() == kJobs);
    CHECK(std::set<std::string>(claimed.begin(), claimed.end()).size() == kJobs);
  });
}

TEST_CASE("what a lost runner held is claimed again when its lease has run out, and its late answer does not count") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    add(database, sample("k"));
    const auto lost = RunnerId::random();
    const auto next = RunnerId::random();
    const auto claim = [&](RunnerId runner) {
      return database.write([&](Tx& tx) { return claim_jobs(tx, runner, {"test.work"}, 4, seconds(60)); });
    };
    const auto renew = [&](RunnerId runner, const Job& job) {
      return database.write([&](Tx& tx) { return renew_jobs(tx, runner, {job.id}, seconds(60)); });
    };
    const Job first = claim(lost).at(0);
    clock.advance(seconds(50));
    CHECK(renew(lost, first).size() == 1);
    clock.advance(seconds(60) - 1);
    CHECK(claim(next).empty());
    clock.advance(1);
    const Job second = claim(next).at(0);
    CHECK(second.id == first.id);
    CHECK(second.attempt == 2);
    CHECK(renew(lost, first).empty());
    CHECK_FALSE(database.write([&](Tx& tx) { return finish_job(tx, lost, first); }));
    CHECK_FALSE(database.write([&](Tx& tx) { return fail_job(tx, lost, first, "late"); }));
    CHECK(database.write([&](Tx& tx) { return finish_job(tx, next, second); }));
  });
}

TEST_CASE("a job that takes its process down every time ends failed") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    NewJob job = sample("poison");
    job.attempts_max = 2;
    add(database, job);
    for (int attempt = 1; attempt <= 2; ++attempt) {
      const auto jobs = database.write([](Tx& tx) { return claim_jobs(tx, RunnerId::random(), {"test.work"}, 1, seconds(60)); });
      CHECK(jobs.at(0).attempt == attempt);
      clock.advance(seconds(60));
    }
    CHECK(database.write([](Tx& tx) { return claim_jobs(tx, RunnerId::random(), {"test.work"}, 1, seconds(60)); }).empty());
    const auto failed = all_jobs(database, JobState::failed);
    REQUIRE(failed.size() == 1);
    CHECK(failed[0].last_error == "the lease ran out");
  });
}

TEST_CASE("a started runner does what is enqueued, on more than one thread") {
  test::for_each_database([](Database& database, ManualClock&) {
    std::latch both(2);
    std::latch done(8);
    std::atomic<int> started{0};
    Runner runner(database,
                  {{"test.work",
                    [&](const Job&, std::stop_token) {
                      // The first two wait for each other, so they run at the same time.
                      if (started.fetch_add(1) < 2) both.arrive_and_wait();
                      done.count_down();
                    }}},
                  {}, small_runner());
    runner.start();
    for (int i = 0; i < 8; ++i) add(database, sample(std::to_string(i)));
    runner.wake();
    done.wait();
    runner.stop();
    CHECK(all_jobs(database, JobState::done).size() == 8);
  });
}

TEST_CASE("stopping tells the worker, and gives back what it did not finish without counting the attempt") {
  test::for_each_database([](Database& database, ManualClock&) {
    add(database, sample("k"));
    std::latch running(1);
    Runner runner(database,
                  {{"test.work",
                    [&](const Job&, std::stop_token stop) {
                      std::latch told(1);
                      const std::stop_callback tell(stop, [&] { told.count_down(); });
                      running.count_down();
                      told.wait();
                      throw std::runtime_error("stopped");
                    }}},
                  {}, small_runner());
    runner.start();
    running.wait();
    runner.stop();
    const auto rows = all_jobs(database);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].state == JobState::waiting);
    CHECK(rows[0].job.attempt == 0);
    CHECK(rows[0].last_error.empty());
  });
}

TEST_CASE("a schedule runs when it is due, on one runner, and again after its interval even when it failed") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    int runs = 0;
    const Schedule schedule{"digest", seconds(60),
                            [&](std::stop_token) {
                              ++runs;
                              if (runs == 1) throw std::runtime_error("first time fails");
                            },
                            false};
    Runner first(database, {}, {schedule}, small_runner());
    Runner second(database, {}, {schedule}, small_runner());
    first.run_due();
    second.run_due();
    CHECK(runs == 1);
    clock.advance(seconds(60) - 1);
    second.run_due();
    CHECK(runs == 1);
    clock.advance(1);
    second.run_due();
    first.run_due();
    CHECK(runs == 2);
  });
}

TEST_CASE("a schedule whose runner was lost runs elsewhere after the lease") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    int runs = 0;
    const Schedule schedule{"digest", seconds(600), [&](std::stop_token) { ++runs; }, false};
    CHECK(database.write([&](Tx& tx) { return claim_schedule(tx, RunnerId::random(), schedule, seconds(60)); }));
    Runner runner(database, {}, {schedule}, small_runner());
    runner.run_due();
    CHECK(runs == 0);
    clock.advance(seconds(60));
    runner.run_due();
    CHECK(runs == 1);
  });
}

TEST_CASE("a schedule of each process runs in every runner when it is due and leaves nothing in the database") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    int runs = 0;
    const Schedule schedule{"flush", seconds(1), [&](std::stop_token) { ++runs; }, true};
    Runner first(database, {}, {schedule}, small_runner());
    Runner second(database, {}, {schedule}, small_runner());
    first.run_due();
    second.run_due();
    CHECK(runs == 2);
    first.run_due();
    CHECK(runs == 2);
    clock.advance(seconds(1));
    first.run_due();
    second.run_due();
    CHECK(runs == 4);
    CHECK(database.read([&](Tx& tx) { return is_schedule_due(tx, schedule); }));
  });
}

TEST_CASE("what a dead process had leased is due at once when its successor takes over, and nobody else's is") {
  test::for_each_database([](Database& database, ManualClock&) {
    add(database, sample("of the dead"));
    add(database, sample("of the living"));
    const auto dead = RunnerId::random();
    const Schedule schedule{"digest", seconds(600), [](std::stop_token) {}, false};
    const auto claim = [&](RunnerId runner) {
      return database.write([&](Tx& tx) { return claim_jobs(tx, runner, {"test.work"}, 1, seconds(60)); }).at(0);
    };
    const Job first = claim(dead);
    const Job second = claim(RunnerId::random());
    CHECK(database.write([&](Tx& tx) { return claim_schedule(tx, dead, schedule, seconds(60)); }));
    std::vector<std::string> done;
    Runner successor(
        database,
        {{"test.work", [&](const Job& job, std::stop_token) { done.push_back(job.key + std::to_string(job.attempt)); }}}, {},
        small_runner());
    CHECK(successor.run_due() == 0);
    successor.take_over_from(dead.uuid);
    CHECK(database.read([&](Tx& tx) { return is_schedule_due(tx, schedule); }));
    CHECK(successor.run_due() == 1);
    CHECK(done == std::vector<std::string>{first.key + "2"});
    CHECK(database.write([&](Tx& tx) { return renew_jobs(tx, dead, {first.id, second.id}, seconds(60)); }).empty());
    CHECK_FALSE(successor.id() == dead.uuid);
  });
}

TEST_CASE("done jobs are forgotten after a day") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    add(database, sample("k"));
    Runner runner(database, {{"test.work", [](const Job&, std::stop_token) {}}}, {}, small_runner());
    runner.run_due();
    clock.advance(days(1));
    runner.run_due();
    CHECK(all_jobs(database, JobState::done).empty());
  });
}

TEST_CASE("a rolled back transaction enqueues nothing, and a job needs a name and an attempt") {
  test::for_each_database([](Database& database, ManualClock&) {
    CHECK_THROWS(database.write([](Tx& tx) {
      enqueue(tx, sample("k"));
      throw std::runtime_error("no");
    }));
    CHECK(all_jobs(database).empty());
    NewJob job = sample("");
    CHECK_THROWS_AS(add(database, job), std::logic_error);
    job.key = "k";
    job.attempts_max = 0;
    CHECK_THROWS_AS(add(database, job), std::logic_error);
  });
}

}  // namespace
}  // namespace guildhall::delivery
