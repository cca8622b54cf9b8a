// Secrets at rest (contracts/identity-and-security.md §16).
//
// A sealed value is `v1.KEY_ID.BASE64URL(nonce ‖ ciphertext)`. A data key is wrapped the same way, as bytes, in data_key.
#include "store/sealed.h"

#include <sodium.h>

#include "base/errors.h"
#include "base/hash.h"
#include "base/text.h"
#include "limits.h"

namespace guildhall::store {

namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kKeyBytes = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t kKeyIdBytes = 8;

struct DataKey {
  std::string id;
  Secret key;
};

Refusal unreadable(std::string why) {
  return Refusal(Code::internal_error, "a stored secret cannot be read").with_log(std::move(why));
}

const unsigned char* unsigned_bytes(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::string encrypted(std::string_view key, std::string_view value, std::string_view associated) {
  std::string out = random_bytes(kNonceBytes);
  out.resize(kNonceBytes + value.size() + kTagBytes);
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + kNonceBytes, nullptr, unsigned_bytes(value), value.size(),
                                             unsigned_bytes(associated), associated.size(), nullptr, bytes, unsigned_bytes(key));
  return out;
}

std::optional<Secret> decrypted(std::string_view key, std::string_view sealed, std::string_view associated) {
  if (key.size() != kKeyBytes || sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  std::string value(sealed.size() - kNonceBytes - kTagBytes, '\0');
  const std::string_view cipher = sealed.substr(kNonceBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(value.data()), nullptr, nullptr,
                                                 unsigned_bytes(cipher), cipher.size(), unsigned_bytes(associated),
                                                 associated.size(), unsigned_bytes(sealed), unsigned_bytes(key)) != 0) {
    return std::nullopt;
  }
  return Secret(std::move(value));
}

/// organization ‖ table ‖ row ‖ column, each with its length before it, so that no two places read the same.
std::string associated_of(const SealedPlace& place) {
  const std::string organization = place.organization.text();
  std::string out;
  for (const std::string_view part : {std::string_view(organization), place.table, place.row, place.column}) {
    out += std::to_string(part.size());
    out += ':';
    out += part;
  }
  return out;
}

std::string wrapping_of(OrganizationId organization, std::string_view key_id) {
  return associated_of({organization, "data_key", key_id, "wrapped"});
}

DataKey unwrapped(const MasterKey& master, OrganizationId organization, const std::string& key_id, const Row& row) {
  if (row.text(1) != master.id()) {
    throw unreadable("data key " + key_id + " is wrapped by master key " + row.text(1) + ", this server has " + master.id());
  }
  auto key = decrypted(master.bytes(), row.bytes(0), wrapping_of(organization, key_id));
  if (!key) throw unreadable("data key " + key_id + " does not open with its master key");
  return {key_id, std::move(*key)};
}

DataKey create_data_key(Tx& tx, const MasterKey& master, OrganizationId organization) {
  DataKey made{to_hex(random_bytes(kKeyIdBytes)), Secret(random_bytes(kKeyBytes))};
  const std::string wrapped = encrypted(master.bytes(), made.key.reveal(), wrapping_of(organization, made.id));
  tx.execute("INSERT INTO data_key (organization_id, key_id, wrapped, master_key_id, created_at) VALUES ($1, $2, $3, $4, $5)",
             {organization, made.id, Param::Bytes{wrapped}, master.id(), tx.now()});
  return made;
}

DataKey sealing_key(Tx& tx, const MasterKey& master, OrganizationId organization) {
  const auto row = tx.first(
      "SELECT wrapped, master_key_id, key_id FROM data_key WHERE organization_id = $1 ORDER BY created_at DESC, key_id LIMIT 1",
      {organization});
  return row ? unwrapped(master, organization, row->text(2), *row) : create_data_key(tx, master, organization);
}

DataKey opening_key(Tx& tx, const MasterKey& master, OrganizationId organization, const std::string& key_id) {
  const auto row =
      tx.first("SELECT wrapped, master_key_id FROM data_key WHERE organization_id = $1 AND key_id = $2", {organization, key_id});
  if (!row) throw unreadable("data key " + key_id + " is gone");
  return unwrapped(master, organization, key_id, *row);
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string out(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr, &size,
                        nullptr, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

}  // namespace

std::string seal(Tx& tx, const MasterKey& master, const SealedPlace& place, const Secret& value) {
  if (value.reveal().size() > kSecretBytesMax) {
    throw Refusal(Code::payload_too_large, "a secret has at most " + std::to_string(kSecretBytesMax) + " bytes");
  }
  const DataKey key = sealing_key(tx, master, place.organization);
  return "v1." + key.id + "." + to_base64url(encrypted(key.key.reveal(), value.reveal(), associated_of(place)));
}

Secret unseal(Tx& tx, const MasterKey& master, const SealedPlace& place, std::string_view sealed) {
  const auto parts = split(sealed, '.');
  if (parts.size() != 3 || parts[0] != "v1" || parts[1].size() != 2 * kKeyIdBytes || !from_hex(parts[1])) {
    throw unreadable("not a sealed value");
  }
  const auto cipher = from_base64url(parts[2]);
  if (!cipher) throw unreadable("a sealed value is not base64url");
  const DataKey key = opening_key(tx, master, place.organization, std::string(parts[1]));
  auto value = decrypted(key.key.reveal(), *cipher, associated_of(place));
  if (!value) throw unreadable("a sealed value was changed or moved");
  return std::move(*value);
}

void shred(Tx& tx, OrganizationId organization) {
  tx.execute("DELETE FROM data_key WHERE organization_id = $1", {organization});
}

}  // namespace guildhall::store
