// Rotation of the master key (contracts/identity-and-security.md §16), with the servers stopped:
//
//   1. add_master_key puts a new key before the old one in the key file;
//   2. rewrap_all wraps everything with the first key, in one transaction;
//   3. keep_first_master_key takes the old key out of the file.
//
// The file holds both keys from before the transaction until after it, and what is wrapped names its key: so a crash between any
// two instructions leaves every secret readable, and beginning again at 1 with a file of two keys finishes the rotation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "store/sealed.h"
#include "store/tx.h"

namespace guildhall::store {

/// The keys of the file with a new random one before them, durably; a file that has several already is left as it is. The former
/// file stays beside it as `PATH.former-ID`: backups made with it need it.
MasterKey add_master_key(const std::string& path);
/// Leaves the first key alone in the file, durably.
MasterKey keep_first_master_key(const std::string& path);

/// A secret the installation made for itself, 32 bytes: the stored one, else derived from the last key of `master`, which is the
/// one that was there when it was first needed. Refusal(invalid_request) when another master key wrapped the stored one.
Secret installation_secret(Tx& tx, const MasterKey& master, std::string_view name);

/// Stores these installation secrets as they are now, then wraps them and every data key with the first key of `master`. Returns
/// how many keys and secrets there are. Refusal(internal_error) when one of them does not open: then nothing has changed.
std::int64_t rewrap_all(Tx& tx, const MasterKey& master, const std::vector<std::string_view>& installation_secrets);
/// How many of them `master` does not open with its first key.
std::int64_t count_unopened(Tx& tx, const MasterKey& master);

}  // namespace guildhall::store
