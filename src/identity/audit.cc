// The audit chain: appending under the organization's head row, reading, and proving that nothing was changed.
#include "identity/audit.h"

#include <algorithm>
#include <array>

#include "base/hash.h"
#include "limits.h"

namespace guildhall::identity {
namespace {

std::string_view credential_name(Credential credential) {
  switch (credential) {
    case Credential::none: return "none";
    case Credential::session: return "session";
    case Credential::token: return "token";
    case Credential::access_key: return "access_key";
    case Credential::widget_key: return "widget_key";
    case Credential::system: return "system";
  }
  return "none";
}

/// A row as it is stored. People appear by their id alone, so that erasing a name leaves the chain whole.
struct StoredAuditRow {
  std::int64_t sequence = 0;
  Timestamp occurred_at;
  std::optional<AccountId> account;
  std::string actor_name;
  std::string credential;
  std::string request_id;
  AuditEntry entry;
  std::string hash;
};

constexpr std::string_view kSelectAuditRows =
    "SELECT a.sequence, a.occurred_at, a.account_id, a.actor_name, a.credential, a.request_id, a.action, a.object_type,"
    " a.object_id, a.details, a.succeeded, a.hash, p.username"
    " FROM audit_row a LEFT JOIN account p ON p.account_id = a.account_id";

StoredAuditRow stored_audit_row(const store::Row& row) {
  StoredAuditRow stored{.sequence = row.integer(0),
                        .occurred_at = row.timestamp(1),
                        .account = row.optional_id<AccountId>(2),
                        .actor_name = row.text(3),
                        .credential = row.text(4),
                        .request_id = row.text(5),
                        .entry = {.action = row.text(6), .object_type = row.text(7), .object_id = row.text(8), .details = {}},
                        .hash = row.text(11)};
  const json::Value details = row.json(9);
  if (const json::Object* object = details.if_object()) stored.entry.details = *object;
  stored.entry.succeeded = row.boolean(10);
  return stored;
}

std::string hash_of(OrganizationId organization, std::string_view previous, const StoredAuditRow& row) {
  json::Object canonical;
  canonical["organization"] = organization.text();
  canonical["sequence"] = row.sequence;
  canonical["occurred_at_us"] = std::to_string(row.occurred_at.us);
  canonical["account"] = row.account ? row.account->text() : std::string();
  canonical["actor"] = row.actor_name;
  canonical["credential"] = row.credential;
  canonical["request_id"] = row.request_id;
  canonical["action"] = row.entry.action;
  canonical["object_type"] = row.entry.object_type;
  canonical["object_id"] = row.entry.object_id;
  canonical["details"] = row.entry.details;
  canonical["succeeded"] = row.entry.succeeded;
  return to_hex(bytes_of(sha256(std::string(previous) + json::write_canonical(canonical))));
}

}  // namespace

void audit(const Scope& scope, store::Tx& tx, const AuditEntry& entry) {
  tx.execute(
      "INSERT INTO audit_head (organization_id, sequence, hash) VALUES ($1, 0, '') ON CONFLICT (organization_id) DO NOTHING",
      {scope.organization});
  // The update locks the head until this transaction ends, so that two rows never share a predecessor.
  const store::Rows head = tx.query(
      "UPDATE audit_head SET sequence = sequence + 1 WHERE organization_id = $1 RETURNING sequence, hash", {scope.organization});

  StoredAuditRow row{.sequence = head.at(0).integer(0),
                     .occurred_at = tx.now(),
                     .account = scope.account,
                     .actor_name = scope.account ? std::string() : scope.actor_name,
                     .credential = std::string(credential_name(scope.credential)),
                     .request_id = scope.request_id,
                     .entry = entry,
                     .hash = {}};
  row.hash = hash_of(scope.organization, head.at(0).text(1), row);
  tx.execute(
      "INSERT INTO audit_row (organization_id, sequence, occurred_at, account_id, actor_name, credential, request_id, action,"
      " object_type, object_id, details, succeeded, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
      {scope.organization, row.sequence, row.occurred_at, row.account, row.actor_name, row.credential, row.request_id,
       entry.action, entry.object_type, entry.object_id, json::write(entry.details), entry.succeeded, row.hash});
  tx.execute("UPDATE audit_head SET hash = $2 WHERE organization_id = $1", {scope.organization, row.hash});
}

std::vector<AuditRow> audit_rows(const Scope& scope, store::Tx& tx, std::size_t limit) {
  require(scope, scope.is_operator() || scope.may(Right::operate_read) ? Right::operate_read : Right::manage_organization);
  const auto rows = tx.query(std::string(kSelectAuditRows) + " WHERE a.organization_id = $1 ORDER BY a.sequence DESC LIMIT $2",
                             {scope.organization, static_cast<std::int64_t>(std::min(limit, kAuditRowsMax))});
  std::vector<AuditRow> result;
  for (const store::Row& row : rows) {
    StoredAuditRow stored = stored_audit_row(row);
    result.push_back({.sequence = stored.sequence,
                      .occurred_at = stored.occurred_at,
                      .actor = row.optional_text(12).value_or(stored.actor_name),
                      .request_id = std::move(stored.request_id),
                      .entry = std::move(stored.entry),
                      .hash = std::move(stored.hash)});
  }
  return result;
}

std::optional<std::int64_t> first_broken_audit_row(store::Tx& tx, OrganizationId organization) {
  const auto head = tx.first("SELECT sequence, hash FROM audit_head WHERE organization_id = $1", {organization});
  const std::int64_t length = head ? head->integer(0) : 0;
  std::string previous;
  std::int64_t verified = 0;
  for (;;) {
    const auto rows =
        tx.query(std::string(kSelectAuditRows) + " WHERE a.organization_id = $1 AND a.sequence > $2 ORDER BY a.sequence LIMIT $3",
                 {organization, verified, static_cast<std::int64_t>(kAuditRowsMax)});
    if (rows.empty()) break;
    for (const store::Row& row : rows) {
      const StoredAuditRow stored = stored_audit_row(row);
      if (stored.sequence != verified + 1 || stored.hash != hash_of(organization, previous, stored)) return verified + 1;
      previous = stored.hash;
      verified = stored.sequence;
    }
  }
  if (verified != length) return std::min(verified, length) + 1;
  if (head && head->text(1) != previous) return length;
  return std::nullopt;
}

std::vector<BrokenChain> broken_audit_chains(store::Tx& tx) {
  std::vector<BrokenChain> broken;
  for (const store::Row& row : tx.query("SELECT organization_id FROM audit_head ORDER BY organization_id")) {
    const auto organization = row.id<OrganizationId>(0);
    if (const auto sequence = first_broken_audit_row(tx, organization)) broken.push_back({organization, *sequence});
  }
  return broken;
}

}  // namespace guildhall::identity
