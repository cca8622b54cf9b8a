// How an account is read from its row; private to identity.
#pragma once

#include <string_view>

#include "identity/accounts.h"

namespace guildhall::identity {

inline constexpr std::string_view kAccountColumns =
    "account.account_id, account.username, account.email, account.full_name, account.is_staff, account.is_support,"
    " account.is_active, account.token_lifetime_s, account.created_at";

inline Account account_of_row(const store::Row& row) {
  return {.id = row.id<AccountId>(0),
          .username = row.text(1),
          .email = row.text(2),
          .full_name = row.text(3),
          .is_staff = row.boolean(4),
          .is_support = row.boolean(5),
          .is_active = row.boolean(6),
          .token_lifetime_s = row.integer(7),
          .created_at = row.timestamp(8)};
}

/// The scope of what an account does to itself: no organization, no rights, its own name in the installation's audit chain.
inline Scope own_scope(const Account& account, Credential credential, std::string_view request_id) {
  Scope scope;
  scope.credential = credential;
  scope.account = account.id;
  scope.actor_name = account.username;
  scope.request_id = request_id;
  return scope;
}

}  // namespace guildhall::identity
