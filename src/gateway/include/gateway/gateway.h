// The gateway: judges a call, runs the agent, settles the ledger (contracts/registry.md §10).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "delivery/events.h"
#include "gateway/admission.h"
#include "identity/scope.h"
#include "runtime/run.h"
#include "store/database.h"

namespace guildhall::gateway {

/// What passed steps 1 to 8: who calls what, and what is left of the limits.
struct Admitted {
  std::shared_ptr<const Access> access;
  Caller caller;
  RateState rate;                       ///< of the key: the plan's, shared by all keys of a subscription
  RateState organization_rate;          ///< of the organization
  std::optional<billing::Quota> quota;  ///< the subscription's, as of the check
};

/// The scope of a key: its subscription and scopes, nothing else.
Scope scope_of(const Access& access, std::string_view request_id);

/// Thread-safe. Caches are dropped by the events of `subscribe` and never older than half a second.
class Gateway {
 public:
  explicit Gateway(const runtime::Engine& engine);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// Drops what is cached when keys, agents, subscriptions or organizations change.
  void subscribe(delivery::Subscribers& subscribers);

  /// Steps 1 to 3: the key itself. Refusals: rate_limited (failed tries), key_invalid, key_expired, key_revoked,
  /// permission_denied (address), organization_suspended.
  std::shared_ptr<const Access> authenticate(const Caller& caller);

  /// Steps 4 to 8. `target` is what path or body names; nullopt means the key's own agent. `needed` is Right::chat or
  /// Right::query.
  Admitted admit(std::shared_ptr<const Access> access, const Caller& caller, const std::optional<std::string>& target,
                 Right needed);

  /// Steps 10 to 13: slot, reservation, run, settlement. Returns after the ledger row is durable. A repeated request_id is
  /// Refusal(idempotency_in_progress) while it runs.
  RunAnswer run(const Admitted& admitted, const RunCall& call, runtime::Observer* observer);

  /// A provider's own run of a working copy or of an agent's current version: a row of kind test, never billed, 60 a minute.
  RunAnswer test_run(const Scope& scope, const Caller& caller, const TestTarget& target, const RunCall& call,
                     runtime::Observer* observer);

  /// One question of an evaluation: a row of kind test, never billed, outside the limit above; evaluations have their own
  /// (contracts/support-partner.md §2.8). Whoever asks has checked that the scope may.
  RunAnswer evaluation_run(const EvaluatedAgent& target, const Caller& caller, const RunCall& call);

  /// The run that follows a publish: one test run of the agent's current version within kSmokeRunS. What went wrong, in words
  /// for its provider; nullopt when it answered.
  std::optional<std::string> smoke_run(const Scope& scope, const Caller& caller, AgentId agent);

  /// A widget visitor: `widget` was found by its `pk_` key and its origin was checked. Same admission, same ledger.
  std::shared_ptr<const Access> access_of_widget(const registry::Widget& widget);

  /// Whether one more call is within `per_minute` for this key of any kind (address, session …).
  bool allow(std::string_view bucket, std::int64_t per_minute);

  /// Writes the uses of keys counted since the last call; a schedule of app calls it every ten seconds.
  void flush_uses();

  /// Writes runs that take longer than a second where a crash cannot lose them; a schedule of app calls it every second.
  void note_long_runs();

  /// Runs under way in this process.
  std::size_t running() const;

  /// The flow of a version, parsed and judged once.
  std::shared_ptr<const runtime::Prepared> prepared(AgentVersionId version);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace guildhall::gateway
