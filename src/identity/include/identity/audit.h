// The audit trail (contracts/identity-and-security.md §12): one row per mutation, chained by hash, in the same transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "identity/scope.h"
#include "store/tx.h"

namespace guildhall::identity {

struct AuditEntry {
  std::string action;  ///< verb and object: "agent.publish"
  std::string object_type;
  std::string object_id;
  json::Object details;  ///< what changed, without secrets and personal values
  bool succeeded = true;
};

/// Appends to the chain of the scope's organization; hash = SHA-256(previous ‖ canonical row).
void audit(const Scope& scope, store::Tx& tx, const AuditEntry& entry);

struct AuditRow {
  std::int64_t sequence = 0;
  Timestamp occurred_at;
  std::string actor;
  std::string request_id;
  AuditEntry entry;
  std::string hash;
};
std::vector<AuditRow> audit_rows(const Scope& scope, store::Tx& tx, std::size_t limit);
/// The sequence of the first row whose hash does not follow from its content and predecessor; nullopt when the chain is whole.
std::optional<std::int64_t> first_broken_audit_row(store::Tx& tx, OrganizationId organization);

struct BrokenChain {
  OrganizationId organization;
  std::int64_t sequence = 0;
};
/// The first broken row of every chain that has one.
std::vector<BrokenChain> broken_audit_chains(store::Tx& tx);

}  // namespace guildhall::identity
