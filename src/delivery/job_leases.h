// Who may run a job or a schedule now: claiming, renewing and ending leases.
//
// A lease belongs to one runner and runs out unless it is renewed, so what a crashed process held is claimed again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "delivery/jobs.h"
#include "store/tx.h"

namespace guildhall::delivery {

using RunnerId = Id<struct RunnerTag>;

/// First in every transaction of this file. Each statement here guards itself (SKIP LOCKED, or the lease in its WHERE), so it
/// needs no more than READ COMMITTED; as serializable transactions two runners would refuse each other over and over.
void relax(store::Tx& tx);

/// Reads a job from `organization_id, id, kind, key, payload, attempt, …`.
Job job_of(const store::Row& row);

/// True when claim_jobs would find something; cheap enough to ask often.
bool has_due_jobs(store::Tx& tx);
/// Takes up to `limit` due jobs of these kinds, oldest first, for `lease_us`. What another runner let run out counts as due,
/// or as failed when it was the last attempt.
std::vector<Job> claim_jobs(store::Tx& tx, RunnerId runner, const std::vector<std::string>& kinds, std::size_t limit,
                            std::int64_t lease_us);
/// As if the leases of this runner, which is no more, had run out now.
void end_leases_of(store::Tx& tx, RunnerId runner);
/// Extends the leases of these jobs and returns the ones still held.
std::vector<JobId> renew_jobs(store::Tx& tx, RunnerId runner, const std::vector<JobId>& jobs, std::int64_t lease_us);

/// These three do nothing and return false when the lease was lost meanwhile.
bool finish_job(store::Tx& tx, RunnerId runner, const Job& job);
/// Waits for its next attempt, or failed after the last.
bool fail_job(store::Tx& tx, RunnerId runner, const Job& job, std::string_view error);
/// As if it had not been claimed.
bool give_job_back(store::Tx& tx, RunnerId runner, const Job& job);

/// 1 s, 5 s, 30 s, 2 min, then doubling to 1 h.
std::int64_t backoff_us(int attempt);

/// True when the schedule is due and this runner may run it. Its first run is due at once.
bool claim_schedule(store::Tx& tx, RunnerId runner, const Schedule& schedule, std::int64_t lease_us);
bool is_schedule_due(store::Tx& tx, const Schedule& schedule);
void renew_schedule(store::Tx& tx, RunnerId runner, const std::string& name, std::int64_t lease_us);
void finish_schedule(store::Tx& tx, RunnerId runner, const Schedule& schedule);

/// Deletes jobs that were done a day ago.
std::int64_t delete_done_jobs(store::Tx& tx);

}  // namespace guildhall::delivery
