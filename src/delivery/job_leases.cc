// Who may run a job or a schedule now.
#include "job_leases.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "limits.h"

namespace guildhall::delivery {

namespace {

/// `$first, $first+1, …`
std::string placeholders(std::size_t first, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) text += ", ";
    text += "$" + std::to_string(first + i);
  }
  return text;
}

void take_back_lost_leases(store::Tx& tx) {
  tx.execute(
      "UPDATE job SET state = CASE WHEN attempt >= attempts_max THEN 'failed' ELSE 'waiting' END, "
      "finished_at = CASE WHEN attempt >= attempts_max THEN $1 ELSE NULL END, "
      "last_error = 'the lease ran out', lease_owner = NULL, lease_until = NULL "
      "WHERE state = 'running' AND lease_until <= $1",
      {tx.now()});
}

/// What a person may read, in what a column can hold.
std::string readable(std::string_view error) {
  std::string text(prefix_bytes(error, kJobErrorBytesMax));
  const bool is_text = is_valid_utf8(text);
  for (char& c : text) {
    if (c == '\0' || (!is_text && static_cast<unsigned char>(c) >= 0x80)) c = '?';
  }
  return text;
}

}  // namespace

void relax(store::Tx& tx) {
  if (tx.dialect() == store::Dialect::postgres) tx.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
}

Job job_of(const store::Row& row) {
  Job job;
  job.organization = row.id<OrganizationId>(0);
  job.id = row.id<JobId>(1);
  job.kind = row.text(2);
  job.key = row.text(3);
  job.payload = row.json(4).as_object();
  job.attempt = static_cast<int>(row.integer(5));
  return job;
}

bool has_due_jobs(store::Tx& tx) {
  return tx.first("SELECT 1 FROM job WHERE state = 'waiting' AND run_at <= $1 LIMIT 1", {tx.now()}).has_value() ||
         tx.first("SELECT 1 FROM job WHERE state = 'running' AND lease_until <= $1 LIMIT 1", {tx.now()}).has_value();
}

std::vector<Job> claim_jobs(store::Tx& tx, RunnerId runner, const std::vector<std::string>& kinds, std::size_t limit,
                            std::int64_t lease_us) {
  if (kinds.empty() || limit == 0) return {};
  relax(tx);
  take_back_lost_leases(tx);
  const std::string sql =
      "WITH picked AS MATERIALIZED (SELECT organization_id, id FROM job WHERE state = 'waiting' AND run_at <= $1 AND kind IN (" +
      placeholders(5, kinds.size()) + ") ORDER BY run_at LIMIT $2" +
      (tx.dialect() == store::Dialect::postgres ? " FOR UPDATE SKIP LOCKED" : "") +
      ") UPDATE job SET state = 'running', attempt = attempt + 1, lease_owner = $3, lease_until = $4 FROM picked "
      "WHERE job.organization_id = picked.organization_id AND job.id = picked.id "
      "RETURNING job.organization_id, job.id, job.kind, job.key, job.payload, job.attempt, job.run_at";
  std::vector<store::Param> params = {tx.now(), static_cast<std::int64_t>(limit), runner, tx.now() + lease_us};
  for (const std::string& kind : kinds) params.emplace_back(kind);
  store::Rows rows = tx.query(sql, params);
  // RETURNING promises no order.
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.timestamp(6) < b.timestamp(6); });
  std::vector<Job> jobs;
  jobs.reserve(rows.size());
  for (const store::Row& row : rows) jobs.push_back(job_of(row));
  return jobs;
}

void end_leases_of(store::Tx& tx, RunnerId runner) {
  relax(tx);
  tx.execute("UPDATE job SET lease_until = $1 WHERE state = 'running' AND lease_owner = $2", {tx.now(), runner});
  tx.execute("UPDATE schedule SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = $1", {runner});
}

std::vector<JobId> renew_jobs(store::Tx& tx, RunnerId runner, const std::vector<JobId>& jobs, std::int64_t lease_us) {
  if (jobs.empty()) return {};
  relax(tx);
  std::vector<store::Param> params = {runner, tx.now() + lease_us};
  for (const JobId& id : jobs) params.emplace_back(id);
  const store::Rows rows = tx.query("UPDATE job SET lease_until = $2 WHERE state = 'running' AND lease_owner = $1 AND id IN (" +
                                        placeholders(3, jobs.size()) + ") RETURNING id",
                                    params);
  std::vector<JobId> held;
  for (const store::Row& row : rows) held.push_back(row.id<JobId>(0));
  return held;
}

bool finish_job(store::Tx& tx, RunnerId runner, const Job& job) {
  relax(tx);
  return tx.execute(
             "UPDATE job SET state = 'done', finished_at = $5, last_error = '', lease_owner = NULL, lease_until = NULL "
             "WHERE organization_id = $1 AND id = $2 AND state = 'running' AND lease_owner = $3 AND attempt = $4",
             {job.organization, job.id, runner, job.attempt, tx.now()}) == 1;
}

bool fail_job(store::Tx& tx, RunnerId runner, const Job& job, std::string_view error) {
  relax(tx);
  return tx.execute(
             "UPDATE job SET state = CASE WHEN attempt >= attempts_max THEN 'failed' ELSE 'waiting' END, "
             "finished_at = CASE WHEN attempt >= attempts_max THEN $5 ELSE NULL END, "
             "run_at = CASE WHEN attempt >= attempts_max THEN run_at ELSE $6 END, "
             "last_error = $7, lease_owner = NULL, lease_until = NULL "
             "WHERE organization_id = $1 AND id = $2 AND state = 'running' AND lease_owner = $3 AND attempt = $4",
             {job.organization, job.id, runner, job.attempt, tx.now(), tx.now() + backoff_us(job.attempt), readable(error)}) == 1;
}

bool give_job_back(store::Tx& tx, RunnerId runner, const Job& job) {
  relax(tx);
  return tx.execute(
             "UPDATE job SET state = 'waiting', attempt = attempt - 1, lease_owner = NULL, lease_until = NULL "
             "WHERE organization_id = $1 AND id = $2 AND state = 'running' AND lease_owner = $3 AND attempt = $4",
             {job.organization, job.id, runner, job.attempt}) == 1;
}

std::int64_t backoff_us(int attempt) {
  constexpr std::array<std::int64_t, 4> kFirst = {1, 5, 30, 120};
  constexpr std::int64_t kLongest = 3'600;
  const auto index = static_cast<std::size_t>(std::max(attempt, 1) - 1);
  if (index < kFirst.size()) return seconds(kFirst[index]);
  std::int64_t wait_s = kFirst.back();
  for (std::size_t i = kFirst.size(); i <= index && wait_s < kLongest; ++i) wait_s *= 2;
  return seconds(std::min(wait_s, kLongest));
}

bool is_schedule_due(store::Tx& tx, const Schedule& schedule) {
  const auto row = tx.first("SELECT next_at, lease_until FROM schedule WHERE name = $1", {schedule.name});
  if (!row) return true;
  const auto lease_until = row->optional_timestamp(1);
  return row->timestamp(0) <= tx.now() && (!lease_until || *lease_until <= tx.now());
}

bool claim_schedule(store::Tx& tx, RunnerId runner, const Schedule& schedule, std::int64_t lease_us) {
  relax(tx);
  tx.execute("INSERT INTO schedule (name, next_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", {schedule.name, tx.now()});
  return tx.execute(
             "UPDATE schedule SET lease_owner = $2, lease_until = $3 "
             "WHERE name = $1 AND next_at <= $4 AND (lease_until IS NULL OR lease_until <= $4)",
             {schedule.name, runner, tx.now() + lease_us, tx.now()}) == 1;
}

void renew_schedule(store::Tx& tx, RunnerId runner, const std::string& name, std::int64_t lease_us) {
  relax(tx);
  tx.execute("UPDATE schedule SET lease_until = $3 WHERE name = $1 AND lease_owner = $2", {name, runner, tx.now() + lease_us});
}

void finish_schedule(store::Tx& tx, RunnerId runner, const Schedule& schedule) {
  relax(tx);
  tx.execute("UPDATE schedule SET next_at = $3, lease_owner = NULL, lease_until = NULL WHERE name = $1 AND lease_owner = $2",
             {schedule.name, runner, tx.now() + schedule.every_us});
}

std::int64_t delete_done_jobs(store::Tx& tx) {
  return tx.execute("DELETE FROM job WHERE state = 'done' AND finished_at <= $1", {tx.now() - kDoneKeptUs});
}

}  // namespace guildhall::delivery
