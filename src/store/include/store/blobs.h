// Large immutable values (uploaded files, flow versions) in the database, addressed by organization and SHA-256.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "store/tx.h"

namespace guildhall::store {

/// Stores the bytes once per organization and returns their SHA-256 in hex.
std::string put_blob(Tx& tx, OrganizationId organization, std::string_view bytes);
std::optional<std::string> get_blob(Tx& tx, OrganizationId organization, std::string_view sha256_hex);
void delete_blob(Tx& tx, OrganizationId organization, std::string_view sha256_hex);

}  // namespace guildhall::store
