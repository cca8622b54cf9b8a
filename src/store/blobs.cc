// Large immutable values, stored once per organization.
#include "store/blobs.h"

#include "base/errors.h"
#include "base/hash.h"
#include "limits.h"

namespace guildhall::store {

std::string put_blob(Tx& tx, OrganizationId organization, std::string_view bytes) {
  if (bytes.size() > kBlobBytesMax) {
    throw Refusal(Code::payload_too_large, "the file has " + std::to_string(bytes.size()) + " bytes; at most " +
                                               std::to_string(kBlobBytesMax) + " are stored");
  }
  std::string hash = to_hex(bytes_of(sha256(bytes)));
  // Asking first spares sending the bytes again; the conflict clause is for two who store the same at once.
  const auto present = tx.first("SELECT 1 FROM blob WHERE organization_id = $1 AND sha256 = $2", {organization, hash});
  if (present) return hash;
  tx.execute("INSERT INTO blob (organization_id, sha256, bytes, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
             {organization, hash, Param::Bytes{std::string(bytes)}, tx.now()});
  return hash;
}

std::optional<std::string> get_blob(Tx& tx, OrganizationId organization, std::string_view sha256_hex) {
  const auto row = tx.first("SELECT bytes FROM blob WHERE organization_id = $1 AND sha256 = $2", {organization, sha256_hex});
  return row ? std::optional(row->bytes(0)) : std::nullopt;
}

void delete_blob(Tx& tx, OrganizationId organization, std::string_view sha256_hex) {
  tx.execute("DELETE FROM blob WHERE organization_id = $1 AND sha256 = $2", {organization, sha256_hex});
}

}  // namespace guildhall::store
