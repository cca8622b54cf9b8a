// Access keys: made, claimed, rotated, revoked, found (contracts/registry.md §8, §11).
#include <algorithm>

#include "base/errors.h"
#include "base/hash.h"
#include "base/text.h"
#include "key_checks.h"
#include "key_rows.h"
#include "limits.h"
#include "lists.h"
#include "scopes.h"

namespace guildhall::registry {
namespace {

constexpr std::string_view kUnclaimedPrefix = "ar_";

constexpr std::string_view kSelectKeys =
    "SELECT organization_id, key_id, subscription_id, name, prefix, scopes, allowed_ips, quota_limit, rate_limit_per_second,"
    " expires_at, revoked_at, revocation_reason, last_used_at, total_requests, created_by, created_at,"
    " CASE WHEN key_hash IS NULL THEN 0 ELSE 1 END, is_default FROM access_key";

struct KeyRow {
  AccessKey key;
  bool is_default = false;
};

KeyStatus status_of(const AccessKey& key, bool is_claimed, Timestamp now) {
  if (key.revoked_at) return KeyStatus::revoked;
  if (key.expires_at && *key.expires_at <= now) return KeyStatus::expired;
  return is_claimed ? KeyStatus::active : KeyStatus::unclaimed;
}

KeyRow key_of_row(const store::Row& row, Timestamp now) {
  KeyRow read{.key = {.id = row.id<AccessKeyId>(1),
                      .organization = row.id<OrganizationId>(0),
                      .subscription = row.optional_id<SubscriptionId>(2),
                      .name = row.text(3),
                      .prefix = row.text(4),
                      .scopes = texts_of(row.json(5)),
                      .allowed_ips = texts_of(row.json(6)),
                      .quota_limit = row.optional_integer(7),
                      .rate_limit_per_second = row.optional_decimal(8),
                      .status = KeyStatus::unclaimed,
                      .expires_at = row.optional_timestamp(9),
                      .revoked_at = row.optional_timestamp(10),
                      .revocation_reason = row.text(11),
                      .last_used_at = row.optional_timestamp(12),
                      .total_requests = row.integer(13),
                      .created_by = row.text(14),
                      .created_at = row.timestamp(15)},
              .is_default = row.boolean(17)};
  read.key.status = status_of(read.key, row.integer(16) == 1, now);
  return read;
}

void record_key(const Scope& scope, store::Tx& tx, std::string_view action, const AccessKey& key, json::Object details) {
  details["name"] = key.name;
  details["prefix"] = key.prefix;
  json::Object payload{{"key", key.id.text()}, {"subscription", nullptr}};
  if (key.subscription) payload["subscription"] = key.subscription->text();
  record(scope, tx,
         {.action = action,
          .object_type = "access_key",
          .object = key.id.uuid,
          .details = std::move(details),
          .event = "key.changed",
          .payload = std::move(payload)});
}

/// A key gives away nothing it does not have itself.
void require_own_scopes(const Scope& scope, store::Tx& tx, const std::vector<std::string>& wanted) {
  if (!scope.key) return;
  const auto row =
      tx.first("SELECT scopes FROM access_key WHERE organization_id = $1 AND key_id = $2", {scope.organization, *scope.key});
  const std::vector<std::string> own = row ? texts_of(row->json(0)) : std::vector<std::string>();
  for (const std::string& scope_name : wanted) {
    if (contains(own, scope_name)) continue;
    throw Refusal(Code::missing_scope, "this key has no scope '" + scope_name + "', so it cannot grant it");
  }
}

void require_room(const Scope& scope, store::Tx& tx, std::optional<SubscriptionId> subscription) {
  const auto rows =
      subscription
          ? tx.query(
                "SELECT COUNT(*) FROM access_key WHERE organization_id = $1 AND subscription_id = $2 AND revoked_at IS NULL"
                " AND (expires_at IS NULL OR expires_at > $3)",
                {scope.organization, *subscription, tx.now()})
          : tx.query(
                "SELECT COUNT(*) FROM access_key WHERE organization_id = $1 AND subscription_id IS NULL"
                " AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)",
                {scope.organization, tx.now()});
  if (rows.at(0).integer(0) < (subscription ? kKeysPerSubscriptionMax : kOrganizationKeysMax)) return;
  throw Refusal(Code::conflict, "there are 100 keys already; revoke one that is not used");
}

/// Managing a key needs manage_keys, and a key acts on keys of its own subscription alone.
KeyRow key_to_change(const Scope& scope, store::Tx& tx, AccessKeyId id) {
  const auto row = tx.first(std::string(kSelectKeys) + " WHERE organization_id = $1 AND key_id = $2", {scope.organization, id});
  if (!row) throw not_found("key");
  KeyRow found = key_of_row(*row, tx.now());
  if (found.key.subscription) own_subscription(scope, tx, *found.key.subscription);
  if (!found.key.subscription && (scope.subscription || scope.project)) throw not_found("key");
  require(scope, Right::manage_keys);
  return found;
}

IssuedKey issue(store::Tx& tx, AccessKey key) {
  Secret plaintext("ar_" + to_base64url(random_bytes(kKeyRandomBytes)));
  key.prefix = plaintext.reveal().substr(0, kKeyPrefixBytes);
  key.status = KeyStatus::active;
  const Sha256 hash = sha256(plaintext.reveal());
  tx.execute("UPDATE access_key SET prefix = $3, key_hash = $4 WHERE organization_id = $1 AND key_id = $2",
             {key.organization, key.id, key.prefix, store::Param::Bytes{std::string(bytes_of(hash))}});
  return {std::move(key), std::move(plaintext)};
}

void revoke_one(const Scope& scope, store::Tx& tx, const AccessKey& key, std::string_view reason) {
  tx.execute(
      "UPDATE access_key SET revoked_at = $3, revocation_reason = $4 WHERE organization_id = $1 AND key_id = $2"
      " AND revoked_at IS NULL",
      {key.organization, key.id, tx.now(), reason});
  record_key(scope, tx, "key.revoke", key, {{"reason", reason}});
}

std::vector<KeyRow> keys_of(const Scope& scope, store::Tx& tx, SubscriptionId subscription) {
  std::vector<KeyRow> keys;
  for (const store::Row& row :
       tx.query(std::string(kSelectKeys) +
                    " WHERE organization_id = $1 AND subscription_id = $2 ORDER BY created_at, is_default DESC, key_id",
                {scope.organization, subscription})) {
    keys.push_back(key_of_row(row, tx.now()));
  }
  return keys;
}

}  // namespace

std::string_view wire_name(KeyStatus status) {
  switch (status) {
    case KeyStatus::unclaimed: return "UNCLAIMED";
    case KeyStatus::active: return "ACTIVE";
    case KeyStatus::expired: return "EXPIRED";
    case KeyStatus::revoked: return "REVOKED";
  }
  return {};
}

IssuedKey insert_key(const Scope& scope, store::Tx& tx, const NewKey& values, const KeyOrigin& origin) {
  AccessKey key{.id = AccessKeyId::random(),
                .organization = scope.organization,
                .subscription = origin.subscription,
                .name = values.name,
                .prefix = std::string(kUnclaimedPrefix),
                .scopes = values.scopes,
                .allowed_ips = values.allowed_ips,
                .quota_limit = values.quota_limit,
                .rate_limit_per_second = values.rate_limit_per_second,
                .status = KeyStatus::unclaimed,
                .expires_at = values.expires_at,
                .revoked_at = {},
                .revocation_reason = {},
                .last_used_at = {},
                .total_requests = 0,
                .created_by = scope.actor_name,
                .created_at = tx.now()};
  tx.execute(
      "INSERT INTO access_key (organization_id, key_id, subscription_id, name, prefix, key_hash, scopes, allowed_ips, "
      "quota_limit,"
      " rate_limit_per_second, is_default, expires_at, revoked_at, revocation_reason, last_used_at, total_requests, created_by,"
      " created_at) VALUES ($1, $2, $3, $4, $5, NULL, $6, $7, $8, $9, $10, $11, NULL, '', NULL, 0, $12, $13)",
      {key.organization, key.id, key.subscription, key.name, key.prefix, written(key.scopes), written(key.allowed_ips),
       key.quota_limit, key.rate_limit_per_second, origin.is_default, key.expires_at, key.created_by, key.created_at});
  IssuedKey issued{std::move(key), Secret()};
  if (origin.is_claimed) issued = issue(tx, std::move(issued.key));
  record_key(scope, tx, "key.create", issued.key, {{"scopes", array_of(issued.key.scopes)}});
  return issued;
}

IssuedKey create_key(const Scope& scope, store::Tx& tx, SubscriptionId subscription, const NewKey& key) {
  const market::Subscription owned = own_subscription(scope, tx, subscription);
  require(scope, Right::manage_keys);
  if (owned.state == market::SubscriptionState::terminating || owned.state == market::SubscriptionState::terminated ||
      owned.state == market::SubscriptionState::erred) {
    throw Refusal(Code::conflict, "the subscription '" + owned.name + "' has ended; order the agent again");
  }
  const NewKey checked = checked_key(key, KeyKind::subscription, tx.now());
  require_own_scopes(scope, tx, checked.scopes);
  require_room(scope, tx, subscription);
  return insert_key(scope, tx, checked, {.subscription = subscription});
}

IssuedKey create_organization_key(const Scope& scope, store::Tx& tx, const NewKey& key) {
  require(scope, Right::manage_keys);
  if (scope.subscription || scope.project) {
    throw Refusal(Code::permission_denied, "a key of the organization is made by its owner or a manager");
  }
  const NewKey checked = checked_key(key, KeyKind::organization, tx.now());
  if (contains(checked.scopes, "studio") || contains(checked.scopes, "provider")) require(scope, Right::provide_agents);
  require_own_scopes(scope, tx, checked.scopes);
  require_room(scope, tx, std::nullopt);
  return insert_key(scope, tx, checked, {});
}

std::vector<AccessKey> list_keys(const Scope& scope, store::Tx& tx, SubscriptionId subscription) {
  own_subscription(scope, tx, subscription);
  require(scope, Right::read_keys);
  std::vector<AccessKey> keys;
  for (KeyRow& row : keys_of(scope, tx, subscription)) keys.push_back(std::move(row.key));
  return keys;
}

std::vector<AccessKey> list_organization_keys(const Scope& scope, store::Tx& tx) {
  require(scope, Right::read_keys);
  std::vector<AccessKey> keys;
  if (scope.subscription || scope.project) return keys;
  for (const store::Row& row :
       tx.query(std::string(kSelectKeys) +
                    " WHERE organization_id = $1 AND subscription_id IS NULL ORDER BY created_at, is_default DESC, key_id",
                {scope.organization})) {
    keys.push_back(key_of_row(row, tx.now()).key);
  }
  return keys;
}

AccessKey get_key(const Scope& scope, store::Tx& tx, AccessKeyId id) {
  const auto row = tx.first(std::string(kSelectKeys) + " WHERE organization_id = $1 AND key_id = $2", {scope.organization, id});
  if (!row) throw not_found("key");
  AccessKey key = key_of_row(*row, tx.now()).key;
  if (key.subscription) own_subscription(scope, tx, *key.subscription);
  if (!key.subscription && (scope.subscription || scope.project)) throw not_found("key");
  require(scope, Right::read_keys);
  return key;
}

IssuedKey claim_key(const Scope& scope, store::Tx& tx, AccessKeyId id) {
  const AccessKey key = key_to_change(scope, tx, id).key;
  if (key.status != KeyStatus::unclaimed) {
    throw Refusal(Code::conflict, "the key '" + key.name + "' is " + std::string(wire_name(key.status)) +
                                      "; a key is claimed once, make or rotate one instead");
  }
  require_own_scopes(scope, tx, key.scopes);
  IssuedKey issued = issue(tx, key);
  record_key(scope, tx, "key.claim", issued.key, {});
  return issued;
}

IssuedKey rotate_key(const Scope& scope, store::Tx& tx, AccessKeyId id, std::int64_t overlap_s) {
  const KeyRow old = key_to_change(scope, tx, id);
  if (overlap_s < 0 || overlap_s > kKeyOverlapMaxS) throw invalid_field("overlap_seconds", "an overlap is 0 to 604800 seconds");
  if (old.key.status != KeyStatus::active) {
    throw Refusal(Code::conflict, "the key '" + old.key.name + "' is " + std::string(wire_name(old.key.status)) +
                                      "; only an active key is rotated");
  }
  require_own_scopes(scope, tx, old.key.scopes);
  const Timestamp overlap_end = tx.now() + seconds(overlap_s);
  const Timestamp expires_at = old.key.expires_at ? std::min(*old.key.expires_at, overlap_end) : overlap_end;
  tx.execute("UPDATE access_key SET expires_at = $3 WHERE organization_id = $1 AND key_id = $2",
             {old.key.organization, id, expires_at});
  record_key(scope, tx, "key.rotate", old.key, {{"expires_at", rfc3339(expires_at)}});
  return insert_key(scope, tx,
                    {.name = old.key.name,
                     .scopes = old.key.scopes,
                     .expires_at = old.key.expires_at,
                     .allowed_ips = old.key.allowed_ips,
                     .quota_limit = old.key.quota_limit,
                     .rate_limit_per_second = old.key.rate_limit_per_second},
                    {.subscription = old.key.subscription, .is_default = old.is_default});
}

void revoke_key(const Scope& scope, store::Tx& tx, AccessKeyId id, std::string_view reason) {
  const AccessKey key = key_to_change(scope, tx, id).key;
  if (reason.size() > kReasonBytesMax || !is_valid_utf8(reason)) {
    throw invalid_field("reason", "a reason is text of at most 1000 bytes");
  }
  if (key.status != KeyStatus::revoked) revoke_one(scope, tx, key, reason);
}

std::int64_t revoke_keys_of(const Scope& scope, store::Tx& tx, SubscriptionId subscription, std::string_view reason) {
  std::int64_t revoked = 0;
  for (const KeyRow& row : keys_of(scope, tx, subscription)) {
    if (row.key.revoked_at) continue;
    revoke_one(scope, tx, row.key, reason);
    ++revoked;
  }
  return revoked;
}

void set_default_quota(const Scope& scope, store::Tx& tx, SubscriptionId subscription, std::optional<std::int64_t> quota_limit) {
  for (const KeyRow& row : keys_of(scope, tx, subscription)) {
    if (!row.is_default || row.key.revoked_at || row.key.quota_limit == quota_limit) continue;
    tx.execute("UPDATE access_key SET quota_limit = $3 WHERE organization_id = $1 AND key_id = $2",
               {row.key.organization, row.key.id, quota_limit});
    json::Object details{{"quota_limit", nullptr}};
    if (quota_limit) details["quota_limit"] = *quota_limit;
    record_key(scope, tx, "key.update", row.key, std::move(details));
  }
}

std::optional<AccessKey> key_by_hash(store::Tx& tx, std::string_view sha256_bytes) {
  const auto row = tx.first(std::string(kSelectKeys) + " WHERE key_hash = $1", {store::Param::Bytes{std::string(sha256_bytes)}});
  return row ? std::optional<AccessKey>(key_of_row(*row, tx.now()).key) : std::nullopt;
}

void record_uses(store::Tx& tx, AccessKeyId id, OrganizationId organization, std::int64_t uses, Timestamp last) {
  tx.execute(
      "UPDATE access_key SET total_requests = total_requests + $3,"
      " last_used_at = CASE WHEN last_used_at IS NULL OR last_used_at < $4 THEN $4 ELSE last_used_at END"
      " WHERE organization_id = $1 AND key_id = $2",
      {organization, id, uses, last});
}

}  // namespace guildhall::registry
