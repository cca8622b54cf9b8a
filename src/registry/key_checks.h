// What a key may be: names, scopes, addresses, limits (contracts/registry.md §11); private to registry.
#pragma once

#include <string>
#include <vector>

#include "registry/access.h"

namespace guildhall::registry {

enum class KeyKind : std::uint8_t { subscription, organization };

/// The values with `invoke` spelt out and repeated scopes dropped. Refusal(validation_failed) names every field that is wrong.
NewKey checked_key(const NewKey& key, KeyKind kind, Timestamp now);

/// An IPv4 or IPv6 address, or a network in CIDR form.
bool is_address_or_network(const std::string& text);

}  // namespace guildhall::registry
