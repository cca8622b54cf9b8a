// Signing in with a password, for a token or a session (contracts/identity-and-security.md §2–4, §7).
#include <algorithm>
#include <utility>

#include "account_rows.h"
#include "base/errors.h"
#include "base/hash.h"
#include "base/text.h"
#include "credentials.h"
#include "guards.h"
#include "identity/accounts.h"
#include "identity/audit.h"
#include "identity/organizations.h"
#include "limits.h"

namespace guildhall::identity {
namespace {

/// What the first, reading step found out. `hash` is absent when there is nothing to verify against.
struct SignInCase {
  bool guarded = false;
  std::optional<AccountId> account;
  std::string hash;
};

Refusal wrong_credentials() {
  return {Code::not_authenticated, "user name or password is wrong"};
}

SignInCase look_up(store::Tx& tx, const Guarded& who, std::string_view username) {
  SignInCase found{.guarded = is_guarded(tx, who), .account = {}, .hash = {}};
  const auto row =
      tx.first("SELECT account_id, password_hash FROM account WHERE (username_key = $1 OR email_key = $1) AND is_active",
               {folded(username)});
  if (row) {
    found.account = row->id<AccountId>(0);
    found.hash = row->text(1);
  }
  return found;
}

void refuse_sign_in(store::Database& database, const Guarded& who, const SignInCase& found, const Attempt& attempt) {
  database.write([&](store::Tx& tx) {
    // An attempt that was not evaluated does not prolong the guard, or an attacker could shut the owner out for good.
    if (!found.guarded) count_failure(tx, who);
    Scope scope;
    scope.account = found.account;
    scope.actor_name = "anonymous";
    scope.request_id = attempt.request_id;
    audit(scope, tx,
          {.action = "account.sign_in",
           .object_type = "account",
           .object_id = found.account ? found.account->text() : std::string(),
           .details = {{"guarded", found.guarded}},
           .succeeded = false});
  });
  throw wrong_credentials();
}

SignedIn sign_in(store::Database& database, const PasswordHasher& hasher, const Attempt& attempt, CredentialKind kind) {
  const bool usable = attempt.username.size() <= kEmailBytesMax && is_valid_utf8(attempt.username) &&
                      attempt.password.reveal().size() <= kPasswordBytesMax;
  const std::string username = usable ? attempt.username : std::string();
  const Guarded who{.name_digest = hasher.keyed_digest(folded(username)), .address_prefix = prefix_of(attempt.address)};
  const SignInCase found = database.read([&](store::Tx& tx) { return look_up(tx, who, username); });
  if (found.guarded) refuse_sign_in(database, who, found, attempt);
  const bool matches =
      usable && found.account ? hasher.verify(found.hash, attempt.password) : hasher.verify_nobody(attempt.password);
  if (!matches) refuse_sign_in(database, who, found, attempt);

  return database.write([&](store::Tx& tx) {
    // Takes the account's row first: of parallel first sign-ins one makes the organization. The guards are read again, so that
    // a burst of parallel guesses gains nothing.
    const std::int64_t updated =
        tx.execute("UPDATE account SET signed_in_at = $2 WHERE account_id = $1 AND password_hash = $3 AND is_active",
                   {*found.account, tx.now(), found.hash});
    if (updated == 0 || is_guarded(tx, who)) throw wrong_credentials();
    forget_failures(tx, who);
    const Account account = get_account(tx, *found.account);
    SignedIn signed_in = issue_credential(tx, account, kind);
    ensure_organization(tx, account, attempt.request_id);
    audit(own_scope(account, kind == CredentialKind::token ? Credential::token : Credential::session, attempt.request_id), tx,
          {.action = "account.sign_in", .object_type = "account", .object_id = account.id.text(), .details = {}});
    return signed_in;
  });
}

}  // namespace

SignedIn sign_in_with_token(store::Database& database, const PasswordHasher& hasher, const Attempt& attempt) {
  return sign_in(database, hasher, attempt, CredentialKind::token);
}

SignedIn sign_in_with_session(store::Database& database, const PasswordHasher& hasher, const Attempt& attempt) {
  return sign_in(database, hasher, attempt, CredentialKind::session);
}

}  // namespace guildhall::identity
