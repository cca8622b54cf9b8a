// Secrets at rest (contracts/identity-and-security.md §16).
//
// A sealed value is `v1.KEY_ID.BASE64URL(nonce ‖ ciphertext)`. A data key is wrapped the same way, as bytes, in data_key.
#include "store/sealed.h"

#include <sodium.h>

#include "base/errors.h"
#include "base/hash.h"
#include "base/text.h"
#include "limits.h"
#include "wrapping.h"

namespace guildhall::store {

namespace {

constexpr std::size_t kKeyIdBytes = 8;

struct DataKey {
  std::string id;
  Secret key;
};

Refusal unreadable(std::string why) {
  return Refusal(Code::internal_error, "a stored secret cannot be read").with_log(std::move(why));
}

DataKey data_key_of(const MasterKey& master, OrganizationId organization, const std::string& key_id, const Row& row) {
  return {key_id, unwrapped(master, row.text(1), row.bytes(0), data_key_place(organization, key_id), "data key " + key_id)};
}

DataKey create_data_key(Tx& tx, const MasterKey& master, OrganizationId organization) {
  DataKey made{to_hex(random_bytes(kKeyIdBytes)), Secret(random_bytes(kSecretKeyBytes))};
  const std::string wrapped = encrypted(master.bytes(), made.key.reveal(), data_key_place(organization, made.id));
  tx.execute("INSERT INTO data_key (organization_id, key_id, wrapped, master_key_id, created_at) VALUES ($1, $2, $3, $4, $5)",
             {organization, made.id, Param::Bytes{wrapped}, master.id(), tx.now()});
  return made;
}

DataKey sealing_key(Tx& tx, const MasterKey& master, OrganizationId organization) {
  const auto row = tx.first(
      "SELECT wrapped, master_key_id, key_id FROM data_key WHERE organization_id = $1 ORDER BY created_at DESC, key_id LIMIT 1",
      {organization});
  return row ? data_key_of(master, organization, row->text(2), *row) : create_data_key(tx, master, organization);
}

DataKey opening_key(Tx& tx, const MasterKey& master, OrganizationId organization, const std::string& key_id) {
  const auto row =
      tx.first("SELECT wrapped, master_key_id FROM data_key WHERE organization_id = $1 AND key_id = $2", {organization, key_id});
  if (!row) throw unreadable("data key " + key_id + " is gone");
  return data_key_of(master, organization, key_id, *row);
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
