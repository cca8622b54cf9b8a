// Secrets at rest (contracts/identity-and-security.md §16): XChaCha20-Poly1305 under a data key per organization, which is
// wrapped by a master key that is never in the database.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/secret.h"
#include "store/tx.h"

namespace guildhall::store {

/// 32 bytes from a file or a setting; several while the key is being rotated: the first seals, each of them opens.
class MasterKey {
 public:
  /// Reads the file, a key to a line, or creates it with mode 0600 and a random key. Throws Refusal(invalid_request) when it is
  /// unusable.
  static MasterKey from_file(const std::string& path);
  /// 64 hexadecimal digits, or base64 of 32 bytes; several with white space or commas between them.
  static MasterKey from_text(const Secret& text);

  std::string_view bytes() const { return keys_.front().reveal(); }
  /// First 8 hex digits of the first key's SHA-256; stored beside what it wraps.
  std::string id() const;
  /// The key with that id; null when it is none of these.
  const Secret* with_id(std::string_view id) const;
  /// The last one: the key that is on its way out, or the only one.
  const Secret& oldest() const { return keys_.back(); }
  std::size_t size() const { return keys_.size(); }
  const std::vector<Secret>& keys() const { return keys_; }

 private:
  explicit MasterKey(std::vector<Secret> keys) : keys_(std::move(keys)) {}
  std::vector<Secret> keys_;
};

/// Where a sealed value lives. It is authenticated with the value, so a ciphertext moved elsewhere does not open.
struct SealedPlace {
  OrganizationId organization;
  std::string_view table;
  std::string_view row;
  std::string_view column;
};

/// Makes the organization's data key on first use. The result names the key it was sealed with.
std::string seal(Tx& tx, const MasterKey& master, const SealedPlace& place, const Secret& value);
/// Throws Refusal(internal_error) when the value was tampered with, moved, or its key is gone.
Secret unseal(Tx& tx, const MasterKey& master, const SealedPlace& place, std::string_view sealed);
/// Deletes the organization's data key: everything sealed with it is unreadable from then on.
void shred(Tx& tx, OrganizationId organization);

}  // namespace guildhall::store
