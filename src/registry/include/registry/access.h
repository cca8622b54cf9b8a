// Access: keys, widgets and the configuration a customer gives its agent (contracts/registry.md §2, §8, §11).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/time.h"
#include "delivery/events.h"
#include "identity/scope.h"
#include "store/tx.h"

namespace guildhall::registry {

enum class KeyStatus : std::uint8_t { unclaimed, active, expired, revoked };
std::string_view wire_name(KeyStatus status);

struct AccessKey {
  AccessKeyId id;
  OrganizationId organization;
  std::optional<SubscriptionId> subscription;  ///< none: an organization key (studio, provider, metering, admin)
  std::string name;
  std::string prefix;  ///< first 11 characters; "ar_" while unclaimed
  std::vector<std::string> scopes;
  std::vector<std::string> allowed_ips;
  std::optional<std::int64_t> quota_limit;
  std::optional<Decimal> rate_limit_per_second;
  KeyStatus status = KeyStatus::unclaimed;
  std::optional<Timestamp> expires_at;
  std::optional<Timestamp> revoked_at;
  std::string revocation_reason;
  std::optional<Timestamp> last_used_at;
  std::int64_t total_requests = 0;
  std::string created_by;
  Timestamp created_at;
};

struct NewKey {
  std::string name;
  std::vector<std::string> scopes;
  std::optional<Timestamp> expires_at;
  std::vector<std::string> allowed_ips;
  std::optional<std::int64_t> quota_limit;
  std::optional<Decimal> rate_limit_per_second;
};
struct IssuedKey {
  AccessKey key;
  Secret plaintext;  ///< `ar_` + 43 base64url characters; exists nowhere else
};

/// For a subscription of the scope's organization; needs manage_keys, and a key as actor grants at most its own scopes.
IssuedKey create_key(const Scope& scope, store::Tx& tx, SubscriptionId subscription, const NewKey& key);
/// An organization key: scopes among studio, provider, metering, admin.
IssuedKey create_organization_key(const Scope& scope, store::Tx& tx, const NewKey& key);
std::vector<AccessKey> list_keys(const Scope& scope, store::Tx& tx, SubscriptionId subscription);
/// Studio, provider, metering and admin keys.
std::vector<AccessKey> list_organization_keys(const Scope& scope, store::Tx& tx);
AccessKey get_key(const Scope& scope, store::Tx& tx, AccessKeyId id);
/// UNCLAIMED → ACTIVE with a secret; a second time Refusal(conflict).
IssuedKey claim_key(const Scope& scope, store::Tx& tx, AccessKeyId id);
/// A new key with the same rights; the old one expires after `overlap_s` (0–604,800).
IssuedKey rotate_key(const Scope& scope, store::Tx& tx, AccessKeyId id, std::int64_t overlap_s);
/// Idempotent. No call is admitted with it later than one second after the commit.
void revoke_key(const Scope& scope, store::Tx& tx, AccessKeyId id, std::string_view reason);

/// The key with this hash, whatever its status; nullopt when unknown. For admission.
std::optional<AccessKey> key_by_hash(store::Tx& tx, std::string_view sha256_bytes);
/// Adds uses counted elsewhere in a batch (≤ 60 s stale).
void record_uses(store::Tx& tx, AccessKeyId id, OrganizationId organization, std::int64_t uses, Timestamp last);

/// persona and behaviour of one subscription (§2 AgentConfig), as the JSON object the API shows. Defaults fill what is unset.
json::Object agent_config(const Scope& scope, store::Tx& tx, SubscriptionId subscription);
/// Merges the members given; Refusal(validation_failed) names what is unknown or out of range. Needs configure_agents.
json::Object update_agent_config(const Scope& scope, store::Tx& tx, SubscriptionId subscription, const json::Object& changes);

struct Widget {
  WidgetId id;
  OrganizationId organization;
  SubscriptionId subscription;
  std::string public_id;  ///< `wgt_…`
  std::string key;        ///< `pk_…`: public by nature, bound to `domains`
  std::string name;
  std::string position = "bottom-right";
  std::string theme = "auto";
  std::string primary_color = "#2563eb";
  std::vector<std::string> domains;  ///< host, `*.host` one level, `localhost` on any port
  bool is_active = true;
  Timestamp created_at;
};
/// Needs configure_agents; empty or malformed domains are Refusal(validation_failed).
Widget create_widget(const Scope& scope, store::Tx& tx, SubscriptionId subscription, const Widget& values);
Widget update_widget(const Scope& scope, store::Tx& tx, const Widget& values);
void delete_widget(const Scope& scope, store::Tx& tx, WidgetId id);
std::vector<Widget> list_widgets(const Scope& scope, store::Tx& tx, SubscriptionId subscription);
Widget get_widget(const Scope& scope, store::Tx& tx, WidgetId id);
/// By `pk_` key or `wgt_` id, for the public routes; nullopt when unknown or inactive.
std::optional<Widget> widget_by_key(store::Tx& tx, std::string_view key_or_public_id);
/// Whether an Origin header may use the widget (contracts/support-partner.md §4.6); missing, `null` and malformed never match.
bool is_origin_allowed(const std::vector<std::string>& domains, std::string_view origin);

/// Installs handlers: "subscription.activated" makes the Default key (UNCLAIMED) and the configuration,
/// "subscription.updated" gives the Default key the plan's quota, "subscription.terminated" revokes keys and widgets, and
/// "offering.changed" moves the agent along with an offering that was moved in the marketplace.
void subscribe(delivery::Subscribers& subscribers);

}  // namespace guildhall::registry
