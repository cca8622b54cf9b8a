// Idempotency keys (contracts/registry.md §1).
#include "delivery/idempotency.h"

#include <stdexcept>

#include "base/errors.h"
#include "base/hash.h"
#include "limits.h"

namespace guildhall::delivery {

namespace {

std::string request_hash(const IdempotentCall& call) {
  return to_hex(bytes_of(sha256(call.request)));
}

void check_key(const IdempotentCall& call) {
  if (call.key.empty() || call.key.size() > kIdempotencyKeyBytesMax) {
    throw Refusal(Code::invalid_request, "Idempotency-Key has 1 to " + std::to_string(kIdempotencyKeyBytesMax) + " bytes");
  }
}

/// A row that is too old to count makes way for this call.
void claim_again(store::Tx& tx, const IdempotentCall& call) {
  tx.execute(
      "UPDATE idempotency_key SET request_sha256 = $4, claimed_at = $5, status = NULL, body = NULL "
      "WHERE organization_id = $1 AND route = $2 AND key = $3",
      {call.organization, call.route, call.key, request_hash(call), tx.now()});
}

}  // namespace

std::optional<StoredAnswer> begin_idempotent(store::Tx& tx, const IdempotentCall& call) {
  check_key(call);
  const auto row = tx.first(
      "SELECT request_sha256, claimed_at, status, body FROM idempotency_key "
      "WHERE organization_id = $1 AND route = $2 AND key = $3",
      {call.organization, call.route, call.key});
  if (!row) {
    // ON CONFLICT makes two that come at once a conflict, of which one runs again and finds the row of the other.
    tx.execute(
        "INSERT INTO idempotency_key (organization_id, route, key, request_sha256, claimed_at) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT DO NOTHING",
        {call.organization, call.route, call.key, request_hash(call), tx.now()});
    return std::nullopt;
  }
  const std::int64_t age_us = tx.now() - row->timestamp(1);
  const bool is_finished = !row->is_null(2);
  if (age_us >= kIdempotencyKeptUs || (!is_finished && age_us >= kIdempotencyAbandonedUs)) {
    claim_again(tx, call);
    return std::nullopt;
  }
  if (row->text(0) != request_hash(call)) {
    throw Refusal(Code::idempotency_mismatch,
                  "this Idempotency-Key was used for another request; use a new key for a new request");
  }
  if (!is_finished) {
    throw Refusal(Code::idempotency_in_progress, "the first request with this Idempotency-Key is still running").retry_after(1);
  }
  return StoredAnswer{static_cast<int>(row->integer(2)), row->bytes(3)};
}

void finish_idempotent(store::Tx& tx, const IdempotentCall& call, const StoredAnswer& answer) {
  const auto changed = tx.execute(
      "UPDATE idempotency_key SET status = $5, body = $6 "
      "WHERE organization_id = $1 AND route = $2 AND key = $3 AND request_sha256 = $4 AND status IS NULL",
      {call.organization, call.route, call.key, request_hash(call), answer.status, store::Param::Bytes{answer.body}});
  if (changed == 1) return;
  // Someone else took the key over after a minute, and finished first: the first stored answer stays.
  const auto row = tx.first("SELECT 1 FROM idempotency_key WHERE organization_id = $1 AND route = $2 AND key = $3",
                            {call.organization, call.route, call.key});
  if (!row) throw std::logic_error("finish_idempotent without begin_idempotent");
}

void abandon_idempotent(store::Tx& tx, const IdempotentCall& call) {
  tx.execute(
      "DELETE FROM idempotency_key "
      "WHERE organization_id = $1 AND route = $2 AND key = $3 AND request_sha256 = $4 AND status IS NULL",
      {call.organization, call.route, call.key, request_hash(call)});
}

std::int64_t expire_idempotent(store::Tx& tx) {
  return tx.execute("DELETE FROM idempotency_key WHERE claimed_at <= $1", {tx.now() - kIdempotencyKeptUs});
}

}  // namespace guildhall::delivery
