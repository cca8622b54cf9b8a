// One run and its one ledger row: reserve, run, settle, whatever happens in between (contracts/registry.md §11).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "billing/open_runs.h"
#include "gateway/admission.h"
#include "runtime/run.h"
#include "store/database.h"

namespace guildhall::gateway {

/// The session a call continues or opens.
struct SessionOpening {
  runtime::SessionKey key;
  ConversationId conversation;
};

/// Finds the session of the call's conversation or session id. Refusal(not_found) for an unknown conversation id.
SessionOpening open_session(store::Database& database, OrganizationId organization, Uuid owner, const RunCall& call);

Refusal quota_refusal(const billing::Quota& quota, Timestamp now);

class RunLedger {
 public:
  static RunLedger of_subscription(billing::OpenRuns& open_runs, const Access& access, AgentVersionId version,
                                   const Caller& caller, std::int64_t timeout_s, std::int64_t received_us);
  static RunLedger of_test(billing::OpenRuns& open_runs, const Scope& scope, const Caller& caller, std::int64_t received_us);
  void name_agent(AgentId agent, AgentVersionId version);
  /// Instead of the random one: repeating it changes nothing (contracts/registry.md §11, L5).
  void name_request(std::string request_id) { record_.request_id = std::move(request_id); }

  const std::string& request_id() const { return record_.request_id; }

  /// The scope that is full, or nullopt when the units are reserved.
  std::optional<billing::Quota> reserve(Timestamp now, const std::vector<billing::QuotaLimit>& limits);

  /// Runs, then stores messages and ledger row in one transaction. A failed run is settled with its status and rethrown.
  RunAnswer run_and_settle(const runtime::Engine& engine, const runtime::Prepared& flow, const runtime::RunRequest& request,
                           const SessionOpening& opening, const RunCall& call, runtime::Observer* observer);

 private:
  explicit RunLedger(billing::OpenRuns& open_runs) : open_runs_(&open_runs) {}

  struct Failure {
    int status = 500;
    std::string message;  ///< what the caller is told
    models::Usage usage;
    bool was_cancelled = false;
  };
  void settle_failure(const runtime::Engine& engine, const runtime::RunRequest& request, const SessionOpening& opening,
                      const RunCall& call, const Failure& failure);
  void measure(const models::Usage& usage);

  billing::OpenRuns* open_runs_;
  billing::UsageRecord record_;
  std::int64_t timeout_s_ = 30;
  std::int64_t received_us_ = 0;
};

}  // namespace guildhall::gateway
