// Enqueueing jobs and listing them.
#include <algorithm>
#include <stdexcept>

#include "base/errors.h"
#include "delivery/jobs.h"
#include "job_leases.h"
#include "limits.h"

namespace guildhall::delivery {

namespace {

std::string_view state_name(JobState state) {
  switch (state) {
    case JobState::waiting: return "waiting";
    case JobState::running: return "running";
    case JobState::done: return "done";
    case JobState::failed: return "failed";
  }
  throw std::logic_error("not a job state");
}

JobState state_of(std::string_view name) {
  for (const JobState state : {JobState::waiting, JobState::running, JobState::done, JobState::failed}) {
    if (state_name(state) == name) return state;
  }
  throw std::logic_error("not a job state: " + std::string(name));
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kJobNameBytesMax;
}

}  // namespace

bool enqueue(store::Tx& tx, const NewJob& job) {
  if (!is_name(job.kind) || !is_name(job.key)) throw std::logic_error("a job has a kind and a key of at most 255 bytes");
  if (job.attempts_max < 1) throw std::logic_error("a job is attempted at least once");
  const std::string payload = json::write(job.payload);
  if (payload.size() > kPayloadBytesMax) throw Refusal(Code::payload_too_large, "the job's payload is larger than 1 MiB");
  const Timestamp run_at = job.run_at == Timestamp{} ? tx.now() : job.run_at;
  return tx.execute(
             "INSERT INTO job (organization_id, id, kind, key, payload, state, run_at, attempt, attempts_max, last_error, "
             "created_at) VALUES ($1, $2, $3, $4, $5, 'waiting', $6, 0, $7, '', $8) ON CONFLICT DO NOTHING",
             {job.organization, JobId::random(), job.kind, job.key, payload, run_at, job.attempts_max, tx.now()}) == 1;
}

std::vector<JobRow> list_jobs(store::Tx& tx, std::optional<JobState> state, std::size_t limit) {
  const auto count = static_cast<std::int64_t>(std::min(limit, kListMax));
  const store::Rows rows =
      state ? tx.query(
                  "SELECT organization_id, id, kind, key, payload, attempt, state, run_at, last_error FROM job "
                  "WHERE state = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
                  {state_name(*state), count})
            : tx.query(
                  "SELECT organization_id, id, kind, key, payload, attempt, state, run_at, last_error FROM job "
                  "WHERE state <> 'done' ORDER BY created_at DESC, id DESC LIMIT $1",
                  {count});
  std::vector<JobRow> jobs;
  jobs.reserve(rows.size());
  for (const store::Row& row : rows) {
    jobs.push_back({job_of(row), state_of(row.text(6)), row.timestamp(7), row.text(8)});
  }
  return jobs;
}

}  // namespace guildhall::delivery
