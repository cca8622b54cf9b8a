// Wrapping everything again under another master key.
#include "store/key_rotation.h"

#include "base/errors.h"
#include "base/hash.h"
#include "wrapping.h"

namespace guildhall::store {
namespace {

/// What a master key wrapped, wherever it stands.
struct Wrapped {
  std::optional<OrganizationId> organization;  ///< of a data key; none for an installation secret
  std::string name;
  std::string wrapped;
  std::string master_key_id;

  std::string place() const { return organization ? data_key_place(*organization, name) : installation_secret_place(name); }
  std::string what() const { return (organization ? "data key " : "installation secret ") + name; }
};

std::vector<Wrapped> everything_wrapped(Tx& tx) {
  std::vector<Wrapped> all;
  for (const Row& row : tx.query("SELECT organization_id, key_id, wrapped, master_key_id FROM data_key"
                                 " ORDER BY organization_id, key_id"))
    all.push_back({row.id<OrganizationId>(0), row.text(1), row.bytes(2), row.text(3)});
  for (const Row& row : tx.query("SELECT name, wrapped, master_key_id FROM installation_secret ORDER BY name"))
    all.push_back({std::nullopt, row.text(0), row.bytes(1), row.text(2)});
  return all;
}

void put_wrapped(Tx& tx, const Wrapped& entry) {
  if (entry.organization) {
    tx.execute("UPDATE data_key SET wrapped = $3, master_key_id = $4 WHERE organization_id = $1 AND key_id = $2",
               {*entry.organization, entry.name, Param::Bytes{entry.wrapped}, entry.master_key_id});
  } else {
    tx.execute("UPDATE installation_secret SET wrapped = $2, master_key_id = $3 WHERE name = $1",
               {entry.name, Param::Bytes{entry.wrapped}, entry.master_key_id});
  }
}

void keep_installation_secret(Tx& tx, const MasterKey& master, std::string_view name) {
  if (tx.first("SELECT 1 FROM installation_secret WHERE name = $1", {name})) return;
  const Secret secret = installation_secret(tx, master, name);
  tx.execute(
      "INSERT INTO installation_secret (name, wrapped, master_key_id, created_at) VALUES ($1, $2, $3, $4)",
      {name, Param::Bytes{encrypted(master.bytes(), secret.reveal(), installation_secret_place(name))}, master.id(), tx.now()});
}

}  // namespace

Secret installation_secret(Tx& tx, const MasterKey& master, std::string_view name) {
  const auto row = tx.first("SELECT wrapped, master_key_id FROM installation_secret WHERE name = $1", {name});
  if (!row) {
    const Sha256 derived = hmac_sha256(master.oldest().reveal(), name);
    return Secret(std::string(bytes_of(derived)));
  }
  if (master.with_id(row->text(1)) == nullptr) {
    throw Refusal(Code::invalid_request, "the secrets of this installation are wrapped by master key " + row->text(1) +
                                             ", and the key given is " + master.id() + "; give it the key " + row->text(1));
  }
  return unwrapped(master, row->text(1), row->bytes(0), installation_secret_place(name),
                   "installation secret " + std::string(name));
}

std::int64_t rewrap_all(Tx& tx, const MasterKey& master, const std::vector<std::string_view>& installation_secrets) {
  for (const std::string_view name : installation_secrets) keep_installation_secret(tx, master, name);
  std::vector<Wrapped> all = everything_wrapped(tx);
  for (Wrapped& entry : all) {
    const Secret value = unwrapped(master, entry.master_key_id, entry.wrapped, entry.place(), entry.what());
    if (entry.master_key_id == master.id()) continue;
    entry.wrapped = encrypted(master.bytes(), value.reveal(), entry.place());
    entry.master_key_id = master.id();
    put_wrapped(tx, entry);
  }
  return static_cast<std::int64_t>(all.size());
}

std::int64_t count_unopened(Tx& tx, const MasterKey& master) {
  std::int64_t unopened = 0;
  for (const Wrapped& entry : everything_wrapped(tx)) {
    const bool opens = entry.master_key_id == master.id() && decrypted(master.bytes(), entry.wrapped, entry.place()).has_value();
    if (!opens) ++unopened;
  }
  return unopened;
}

}  // namespace guildhall::store
