// Encrypting one value under one key; private to store.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "store/sealed.h"

namespace guildhall::store {

inline constexpr std::size_t kSecretKeyBytes = 32;

/// Nonce and ciphertext, authenticated with `associated`.
std::string encrypted(std::string_view key, std::string_view value, std::string_view associated);
/// nullopt when anything of it was changed or the key is another.
std::optional<Secret> decrypted(std::string_view key, std::string_view sealed, std::string_view associated);

/// organization ‖ table ‖ row ‖ column, each with its length before it, so that no two places read the same.
std::string associated_of(const SealedPlace& place);
/// The places of wrapped keys.
std::string data_key_place(OrganizationId organization, std::string_view key_id);
std::string installation_secret_place(std::string_view name);

/// What `master` wrapped there, by the one of its keys that has this id; `what` names it in the log. Refusal(internal_error).
Secret unwrapped(const MasterKey& master, std::string_view master_key_id, std::string_view wrapped, std::string_view place,
                 std::string_view what);

}  // namespace guildhall::store
