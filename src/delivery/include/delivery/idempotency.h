// Idempotency keys (contracts/registry.md §1): kept 24 hours per organization and route, replayed byte for byte.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "store/tx.h"

namespace guildhall::delivery {

struct StoredAnswer {
  int status = 0;
  std::string body;
};

struct IdempotentCall {
  OrganizationId organization;
  std::string_view route;    ///< method and pattern
  std::string_view key;      ///< ≤ 255 bytes, from the caller
  std::string_view request;  ///< the body, or another exact rendering of what was asked
};

/// Claims the key. Returns the stored answer when the call finished before; nullopt means: do it, then finish or abandon.
/// Refusal(idempotency_mismatch) for another request under the same key, Refusal(idempotency_in_progress) while it runs
/// (a claim older than 60 s counts as abandoned).
std::optional<StoredAnswer> begin_idempotent(store::Tx& tx, const IdempotentCall& call);
/// Stores the answer of a finished call. Secrets shown once must have been nulled by the caller.
void finish_idempotent(store::Tx& tx, const IdempotentCall& call, const StoredAnswer& answer);
/// Gives the key back after a failure, so that the caller may try again.
void abandon_idempotent(store::Tx& tx, const IdempotentCall& call);
/// Deletes what is older than 24 hours; returns how many.
std::int64_t expire_idempotent(store::Tx& tx);

}  // namespace guildhall::delivery
