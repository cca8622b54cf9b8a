// Judging canaries by the ledger.
#include "gateway/canaries.h"

#include <vector>

#include "billing/ledger.h"
#include "gateway/limits.h"
#include "registry/version_policy.h"

namespace guildhall::gateway {
namespace {

struct Verdict {
  registry::OpenCanary canary;
  bool is_over = false;
  RunCount of_canary;
  RunCount of_stable;
};

Verdict verdict_on(store::Tx& tx, const registry::OpenCanary& canary) {
  Verdict verdict{.canary = canary, .is_over = canary.is_adopted, .of_canary = {}, .of_stable = {}};
  for (const auto& count : billing::runs_by_version(tx, canary.organization, canary.subscription, canary.since)) {
    RunCount& sum = count.version == canary.version ? verdict.of_canary : verdict.of_stable;
    sum.runs += count.runs;
    sum.failed += count.failed;
  }
  verdict.is_over |= is_failing(verdict.of_canary, verdict.of_stable);
  return verdict;
}

json::Object count_json(const RunCount& count) {
  return {{"runs", count.runs}, {"failed", count.failed}};
}

bool end(store::Database& database, const Verdict& verdict) {
  const json::Object details{{"canary_runs", count_json(verdict.of_canary)}, {"stable_runs", count_json(verdict.of_stable)}};
  return database.write([&](store::Tx& tx) {
    return registry::end_canary(tx, verdict.canary, verdict.canary.is_adopted ? "adopted" : "errors", details);
  });
}

}  // namespace

bool is_failing(const RunCount& canary, const RunCount& stable) {
  if (canary.runs < kCanaryRunsMin) return false;
  const std::int64_t stable_runs = stable.runs == 0 ? 1 : stable.runs;
  return 100 * canary.failed * stable_runs > (100 * stable.failed + kCanaryExcessPercentMax * stable_runs) * canary.runs;
}

std::size_t end_canaries(store::Database& database) {
  const auto verdicts = database.read([](store::Tx& tx) {
    std::vector<Verdict> all;
    for (const auto& canary : registry::open_canaries(tx)) all.push_back(verdict_on(tx, canary));
    return all;
  });
  std::size_t ended = 0;
  for (const Verdict& verdict : verdicts)
    if (verdict.is_over && end(database, verdict)) ++ended;
  return ended;
}

}  // namespace guildhall::gateway
