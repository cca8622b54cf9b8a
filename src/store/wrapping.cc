// XChaCha20-Poly1305 with associated data.
#include "wrapping.h"

#include <sodium.h>

#include "base/errors.h"
#include "base/hash.h"

namespace guildhall::store {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kSecretKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* unsigned_bytes(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Refusal unwrappable(const std::string& why) {
  return Refusal(Code::internal_error, "a stored secret cannot be read").with_log(why);
}

}  // namespace

std::string encrypted(std::string_view key, std::string_view value, std::string_view associated) {
  std::string out = random_bytes(kNonceBytes);
  out.resize(kNonceBytes + value.size() + kTagBytes);
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + kNonceBytes, nullptr, unsigned_bytes(value), value.size(),
                                             unsigned_bytes(associated), associated.size(), nullptr, bytes, unsigned_bytes(key));
  return out;
}

std::optional<Secret> decrypted(std::string_view key, std::string_view sealed, std::string_view associated) {
  if (key.size() != kSecretKeyBytes || sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  std::string value(sealed.size() - kNonceBytes - kTagBytes, '\0');
  const std::string_view cipher = sealed.substr(kNonceBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<unsigned char*>(value.data()), nullptr, nullptr,
                                                 unsigned_bytes(cipher), cipher.size(), unsigned_bytes(associated),
                                                 associated.size(), unsigned_bytes(sealed), unsigned_bytes(key)) != 0) {
    return std::nullopt;
  }
  return Secret(std::move(value));
}

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

std::string data_key_place(OrganizationId organization, std::string_view key_id) {
  return associated_of({organization, "data_key", key_id, "wrapped"});
}

std::string installation_secret_place(std::string_view name) {
  return associated_of({OrganizationId{}, "installation_secret", name, "wrapped"});
}

Secret unwrapped(const MasterKey& master, std::string_view master_key_id, std::string_view wrapped, std::string_view place,
                 std::string_view what) {
  const Secret* key = master.with_id(master_key_id);
  if (key == nullptr) {
    throw unwrappable(std::string(what) + " is wrapped by master key " + std::string(master_key_id) + ", this server has " +
                      master.id());
  }
  auto value = decrypted(key->reveal(), wrapped, place);
  if (!value) throw unwrappable(std::string(what) + " does not open with its master key");
  return std::move(*value);
}

}  // namespace guildhall::store
