// Accounts, passwords and sessions (contracts/identity-and-security.md §1–3, §5, §7).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/secret.h"
#include "base/time.h"
#include "identity/scope.h"
#include "store/database.h"

namespace guildhall::identity {

struct Account {
  AccountId id;
  std::string username;
  std::string email;
  std::string full_name;
  bool is_staff = false;    ///< operator
  bool is_support = false;  ///< operator read-only
  bool is_active = true;
  std::int64_t token_lifetime_s = 3600;  ///< 0: tokens never end
  Timestamp created_at;
};

struct NewAccount {
  std::string username;  ///< 1–150 of letters, digits and @.+-_ ; unique after folding
  std::string email;
  std::string full_name;
  bool is_staff = false;
};

/// What a password becomes: the pepper's id and an argon2id PHC string of HMAC(pepper, password). Copies share their slots. Slow
/// by design (tens of ms): call it outside any transaction. At most 2 × cores run at once, 64 wait, more is Refusal(overloaded).
class PasswordHasher {
 public:
  explicit PasswordHasher(Secret pepper);
  std::string hash(const Secret& password) const;
  bool verify(std::string_view phc, const Secret& password) const;
  /// As slow as verify and always false: for accounts that do not exist.
  bool verify_nobody(const Secret& password) const;
  /// HMAC-SHA-256 under the pepper in hex: counts names without storing them.
  std::string keyed_digest(std::string_view text) const;

 private:
  struct Slots;
  std::string peppered(const Secret& password) const;

  Secret pepper_;
  std::string pepper_id_;
  std::string nobody_;
  std::shared_ptr<Slots> slots_;
};

/// Refusal(validation_failed) on `password` when the policy refuses it: under 12 characters, over 1,024 bytes, among the
/// commonest, or equal to a word of the account.
void check_password_policy(const Secret& password, const NewAccount& account);

/// Refusal(validation_failed) naming `username` or `email` when taken or malformed.
Account create_account(store::Tx& tx, const NewAccount& account, std::string_view password_hash);
Account get_account(store::Tx& tx, AccountId id);
std::optional<Account> find_account(store::Tx& tx, std::string_view username_or_email);
std::int64_t count_accounts(store::Tx& tx);
/// All of them, oldest first; needs operate_read.
std::vector<Account> list_accounts(const Scope& scope, store::Tx& tx, std::size_t offset, std::size_t limit);
/// Disabling ends every session and token with this commit. Needs operate; nobody disables themselves.
void set_account_active(const Scope& scope, store::Tx& tx, AccountId id, bool active);
/// Replaces the hash and ends every session and token but `kept`, a credential in the clear (empty: ends all).
void set_password(const Scope& scope, store::Tx& tx, AccountId id, std::string_view password_hash, std::string_view kept);
/// The stored hash, for checking the current password before a change.
std::string password_hash_of(store::Tx& tx, AccountId id);

/// A signed-in person, however they proved it.
struct SignedIn {
  Account account;
  std::string token;  ///< the fresh credential in the clear; shown once, stored hashed
  Timestamp expires_at;
};

struct Attempt {
  std::string username;
  Secret password;
  std::string address;  ///< of the client
  std::string request_id;
};

/// Checks the password with the guards of §7: four failures in ten minutes for an account and address, or twenty for an account,
/// are refused like a wrong password. Success issues a 40-hex token (`Authorization: Token`). Refusal(not_authenticated)
/// whatever is wrong. On first sign-in makes the organization and project of §4. Audited.
SignedIn sign_in_with_token(store::Database& database, const PasswordHasher& hasher, const Attempt& attempt);
/// As above with a session for the cookie: 256 random bits in base64url.
SignedIn sign_in_with_session(store::Database& database, const PasswordHasher& hasher, const Attempt& attempt);

/// The account behind a token or session, extending its life at most once per half lifetime. Refusal(token_invalid).
struct Authenticated {
  Account account;
  Credential credential = Credential::none;
  std::optional<SessionId> session;
};
Authenticated authenticate_token(store::Database& database, std::string_view token);
Authenticated authenticate_session(store::Database& database, std::string_view session);
void sign_out(store::Tx& tx, const Authenticated& who, std::string_view credential);

/// The one-time link of an empty installation: the token is stored hashed and printed once. Nullopt when accounts exist.
std::optional<std::string> make_setup_token(store::Database& database);
/// Uses it up; Refusal(not_found) when unknown, used or older than 24 hours.
void consume_setup_token(store::Tx& tx, std::string_view token);

}  // namespace guildhall::identity
