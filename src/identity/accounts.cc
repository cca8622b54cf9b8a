// Accounts: creating, finding, disabling, and replacing their password.
#include "identity/accounts.h"

#include <algorithm>

#include "account_rows.h"
#include "base/errors.h"
#include "base/hash.h"
#include "base/text.h"
#include "identity/audit.h"
#include "limits.h"

namespace guildhall::identity {
namespace {

// Letters are ASCII alone: no two different names look alike.
bool is_username(std::string_view text) {
  if (text.empty() || text.size() > kUsernameBytesMax) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("@.+-_").find(c) != std::string_view::npos;
  });
}

bool is_email(std::string_view text) {
  if (text.size() > kEmailBytesMax || !is_valid_utf8(text)) return false;
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  const std::string_view domain = text.substr(at + 1);
  if (domain.empty() || domain.front() == '.' || domain.back() == '.' || domain.find("..") != std::string_view::npos)
    return false;
  return std::none_of(text.begin(), text.end(),
                      [](char c) {
                        return static_cast<unsigned char>(c) <= ' ' || c == 0x7f ||
                               std::string_view("<>()[]\\,;:\"").find(c) != std::string_view::npos;
                      }) &&
         text.substr(0, at).find('@') == std::string_view::npos;
}

/// A name may not be somebody's address either, or one could sign in where the other is meant.
bool is_taken(store::Tx& tx, const std::string& key) {
  return tx.first("SELECT 1 FROM account WHERE username_key = $1 OR email_key = $1", {key}).has_value();
}

}  // namespace

Account create_account(store::Tx& tx, const NewAccount& account, std::string_view password_hash) {
  if (!is_username(account.username)) {
    throw invalid_field("username", "a user name is 1 to 150 letters, digits and @ . + - _");
  }
  if (!is_email(account.email)) throw invalid_field("email", "this is not an e-mail address");
  if (account.full_name.size() > kFullNameBytesMax || !is_valid_utf8(account.full_name)) {
    throw invalid_field("full_name", "a name has at most 300 bytes of UTF-8");
  }
  const std::string username_key = folded(account.username);
  const std::string email_key = folded(account.email);
  if (is_taken(tx, username_key)) throw invalid_field("username", "this user name is taken; choose another");
  if (is_taken(tx, email_key)) throw invalid_field("email", "an account with this e-mail address exists; sign in instead");

  const Account created{.id = AccountId::random(),
                        .username = account.username,
                        .email = account.email,
                        .full_name = account.full_name,
                        .is_staff = account.is_staff,
                        .created_at = tx.now()};
  const std::int64_t inserted = tx.execute(
      "INSERT INTO account (account_id, username, username_key, email, email_key, full_name, password_hash, is_staff, is_support,"
      " is_active, token_lifetime_s, signed_in_at, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE, TRUE, $9, NULL, $10) ON CONFLICT DO NOTHING",
      {created.id, created.username, username_key, created.email, email_key, created.full_name, password_hash, created.is_staff,
       created.token_lifetime_s, created.created_at});
  if (inserted == 0) throw invalid_field("username", "this user name or e-mail address is taken; choose another");
  audit(own_scope(created, Credential::none, {}), tx,
        {.action = "account.create",
         .object_type = "account",
         .object_id = created.id.text(),
         .details = {{"is_staff", created.is_staff}}});
  return created;
}

Account get_account(store::Tx& tx, AccountId id) {
  const auto row = tx.first("SELECT " + std::string(kAccountColumns) + " FROM account WHERE account_id = $1", {id});
  if (!row) throw not_found("account");
  return account_of_row(*row);
}

std::optional<Account> find_account(store::Tx& tx, std::string_view username_or_email) {
  const auto row = tx.first("SELECT " + std::string(kAccountColumns) + " FROM account WHERE username_key = $1 OR email_key = $1",
                            {folded(username_or_email)});
  return row ? std::optional(account_of_row(*row)) : std::nullopt;
}

std::int64_t count_accounts(store::Tx& tx) {
  return tx.first("SELECT count(*) FROM account")->integer(0);
}

std::vector<Account> list_accounts(const Scope& scope, store::Tx& tx, std::size_t offset, std::size_t limit) {
  require(scope, Right::operate_read);
  std::vector<Account> accounts;
  for (const store::Row& row :
       tx.query("SELECT " + std::string(kAccountColumns) + " FROM account ORDER BY created_at, account_id LIMIT $1 OFFSET $2",
                {static_cast<std::int64_t>(limit), static_cast<std::int64_t>(offset)})) {
    accounts.push_back(account_of_row(row));
  }
  return accounts;
}

void set_account_active(const Scope& scope, store::Tx& tx, AccountId id, bool active) {
  require(scope, Right::operate);
  get_account(tx, id);
  if (scope.account == id && !active) throw Refusal(Code::conflict, "nobody disables their own account; ask another operator");
  tx.execute("UPDATE account SET is_active = $2 WHERE account_id = $1", {id, active});
  if (!active) tx.execute("DELETE FROM credential WHERE account_id = $1", {id});
  audit(scope, tx,
        {.action = active ? "account.activate" : "account.deactivate",
         .object_type = "account",
         .object_id = id.text(),
         .details = {}});
}

void set_password(const Scope& scope, store::Tx& tx, AccountId id, std::string_view password_hash, std::string_view kept) {
  if (scope.account != id) require(scope, Right::operate);
  get_account(tx, id);
  tx.execute("UPDATE account SET password_hash = $2 WHERE account_id = $1", {id, password_hash});
  tx.execute("DELETE FROM credential WHERE account_id = $1 AND credential_hash <> $2", {id, to_hex(bytes_of(sha256(kept)))});
  audit(scope, tx, {.action = "account.set_password", .object_type = "account", .object_id = id.text(), .details = {}});
}

std::string password_hash_of(store::Tx& tx, AccountId id) {
  const auto row = tx.first("SELECT password_hash FROM account WHERE account_id = $1", {id});
  if (!row) throw not_found("account");
  return row->text(0);
}

}  // namespace guildhall::identity
