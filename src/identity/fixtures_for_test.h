// People and organizations for tests of identity.
#pragma once

#include <string>

#include "base/text.h"
#include "identity/accounts.h"
#include "identity/organizations.h"

namespace guildhall::identity::test {

inline Account person(store::Tx& tx, const std::string& name, bool is_staff = false) {
  return create_account(
      tx, {.username = name, .email = name + "@example.org", .full_name = "Person " + name, .is_staff = is_staff}, "no-password");
}

inline Authenticated signed_in(const Account& account) {
  return {.account = account, .credential = Credential::session, .session = std::nullopt};
}

inline Organization company(store::Tx& tx, const Account& owner, const std::string& name) {
  Organization values;
  values.name = name;
  return create_organization(tx, owner, values, "r-1");
}

}  // namespace guildhall::identity::test
