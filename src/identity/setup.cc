// The one-time set-up link of an empty installation.
#include "base/errors.h"
#include "base/hash.h"
#include "identity/accounts.h"
#include "limits.h"

namespace guildhall::identity {
namespace {

std::string setup_hash(std::string_view token) {
  return to_hex(bytes_of(sha256(token)));
}

}  // namespace

std::optional<std::string> make_setup_token(store::Database& database) {
  const std::string token = to_base64url(random_bytes(32));
  const bool made = database.write([&](store::Tx& tx) {
    if (count_accounts(tx) > 0) return false;
    tx.execute("DELETE FROM setup_token");
    tx.execute("INSERT INTO setup_token (token_hash, created_at) VALUES ($1, $2)", {setup_hash(token), tx.now()});
    return true;
  });
  return made ? std::optional(token) : std::nullopt;
}

void consume_setup_token(store::Tx& tx, std::string_view token) {
  const std::int64_t used = tx.execute("DELETE FROM setup_token WHERE token_hash = $1 AND created_at > $2",
                                       {setup_hash(token), tx.now() - seconds(kSetupToken_s)});
  if (used == 0) throw not_found("set-up link");
}

}  // namespace guildhall::identity
