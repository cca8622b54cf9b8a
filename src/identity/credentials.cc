// Issuing, checking and ending tokens and sessions (contracts/identity-and-security.md §3, §5; contracts/cmp.md §2.1).
#include "credentials.h"

#include <algorithm>

#include "account_rows.h"
#include "base/errors.h"
#include "base/hash.h"
#include "identity/audit.h"
#include "limits.h"

namespace guildhall::identity {
namespace {

struct Life {
  std::int64_t idle_us = 0;
  std::int64_t absolute_us = 0;
};

constexpr Timestamp kNever{253'370'764'800'000'000};  // 9999-01-01

std::string_view kind_name(CredentialKind kind) {
  return kind == CredentialKind::token ? "token" : "session";
}

Life life_of(const Account& account, CredentialKind kind) {
  if (kind == CredentialKind::token) return {.idle_us = seconds(account.token_lifetime_s), .absolute_us = 0};
  if (account.is_staff || account.is_support) return {seconds(kOperatorSessionIdle_s), seconds(kOperatorSessionAbsolute_s)};
  return {seconds(kSessionIdle_s), seconds(kSessionAbsolute_s)};
}

std::string credential_hash(std::string_view credential) {
  return to_hex(bytes_of(sha256(credential)));
}

/// A credential that is good now, and the new end it should get when it is due.
struct CheckedCredential {
  Authenticated who;
  std::optional<Timestamp> extend_to;
};

CheckedCredential check_credential(store::Tx& tx, const std::string& hash, CredentialKind kind) {
  const auto row = tx.first("SELECT " + std::string(kAccountColumns) +
                                ", credential.session_id, credential.expires_at, credential.ends_at FROM credential"
                                " JOIN account ON account.account_id = credential.account_id"
                                " WHERE credential.credential_hash = $1 AND credential.kind = $2",
                            {hash, kind_name(kind)});
  if (!row || row->timestamp(10) <= tx.now()) throw Refusal(Code::token_invalid, "this sign-in has ended; sign in again");
  Account account = account_of_row(*row);
  if (!account.is_active) throw Refusal(Code::token_invalid, "this sign-in has ended; sign in again");

  CheckedCredential checked;
  const std::int64_t idle_us = life_of(account, kind).idle_us;
  const Timestamp fresh_end = std::min(tx.now() + idle_us, row->timestamp(11));
  if (idle_us > 0 && row->timestamp(10) <= tx.now() + idle_us / 2 && fresh_end > row->timestamp(10))
    checked.extend_to = fresh_end;
  checked.who.account = std::move(account);
  checked.who.credential = kind == CredentialKind::token ? Credential::token : Credential::session;
  checked.who.session = row->id<SessionId>(9);
  return checked;
}

Authenticated authenticate(store::Database& database, std::string_view credential, CredentialKind kind) {
  const std::string hash = credential_hash(credential);
  CheckedCredential checked = database.read([&](store::Tx& tx) { return check_credential(tx, hash, kind); });
  if (checked.extend_to) {
    database.write([&](store::Tx& tx) {
      tx.execute("UPDATE credential SET expires_at = $2 WHERE credential_hash = $1 AND expires_at < $2",
                 {hash, *checked.extend_to});
    });
  }
  return std::move(checked.who);
}

}  // namespace

SignedIn issue_credential(store::Tx& tx, const Account& account, CredentialKind kind) {
  const Life life = life_of(account, kind);
  SignedIn result{.account = account,
                  .token = kind == CredentialKind::token ? to_hex(random_bytes(20)) : to_base64url(random_bytes(32)),
                  .expires_at = life.idle_us > 0 ? tx.now() + life.idle_us : kNever};
  const Timestamp ends_at = life.absolute_us > 0 ? tx.now() + life.absolute_us : kNever;
  tx.execute("DELETE FROM credential WHERE account_id = $1 AND expires_at <= $2", {account.id, tx.now()});
  tx.execute(
      "INSERT INTO credential (credential_hash, session_id, account_id, kind, created_at, expires_at, ends_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {credential_hash(result.token), SessionId::random(), account.id, kind_name(kind), tx.now(), result.expires_at, ends_at});
  return result;
}

Authenticated authenticate_token(store::Database& database, std::string_view token) {
  return authenticate(database, token, CredentialKind::token);
}

Authenticated authenticate_session(store::Database& database, std::string_view session) {
  return authenticate(database, session, CredentialKind::session);
}

void sign_out(store::Tx& tx, const Authenticated& who, std::string_view credential) {
  tx.execute("DELETE FROM credential WHERE credential_hash = $1 AND account_id = $2",
             {credential_hash(credential), who.account.id});
  audit(own_scope(who.account, who.credential, {}), tx,
        {.action = "account.sign_out", .object_type = "account", .object_id = who.account.id.text(), .details = {}});
}

}  // namespace guildhall::identity
