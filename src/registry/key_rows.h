// Access keys as rows; private to registry.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/access.h"

namespace guildhall::registry {

/// What differs from one way of making a key to another.
struct KeyOrigin {
  std::optional<SubscriptionId> subscription;
  bool is_default = false;
  bool is_claimed = true;  ///< false: no secret yet
};

/// Inserts the key, with a fresh secret when it is claimed. The caller has checked the values.
IssuedKey insert_key(const Scope& scope, store::Tx& tx, const NewKey& values, const KeyOrigin& origin);

/// Revokes every key of the subscription that is not revoked yet; returns how many.
std::int64_t revoke_keys_of(const Scope& scope, store::Tx& tx, SubscriptionId subscription, std::string_view reason);
/// Follows a change of plan; keys that already have the limit are left alone.
void set_default_quota(const Scope& scope, store::Tx& tx, SubscriptionId subscription, std::optional<std::int64_t> quota_limit);

}  // namespace guildhall::registry
