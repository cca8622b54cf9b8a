// Tokens and sessions as they are stored: by hash, with a sliding end; private to identity.
#pragma once

#include <cstdint>

#include "identity/accounts.h"

namespace guildhall::identity {

enum class CredentialKind : std::uint8_t { token, session };

/// Makes one and drops the account's expired ones.
SignedIn issue_credential(store::Tx& tx, const Account& account, CredentialKind kind);

}  // namespace guildhall::identity
