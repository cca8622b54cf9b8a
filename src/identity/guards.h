// The counters of failed sign-ins (contracts/identity-and-security.md §7); private to identity.
#pragma once

#include <string>
#include <string_view>

#include "store/tx.h"

namespace guildhall::identity {

/// Who tried, without storing the name: unknown names are counted like known ones.
struct Guarded {
  std::string name_digest;
  std::string address_prefix;  ///< of prefix_of
};

/// The /24 of an IPv4 address, the /56 of an IPv6 address, anything else as it is.
std::string prefix_of(std::string_view address);

/// True when no password is to be evaluated: four failures in ten minutes for name and prefix, twenty for the name, or a hundred
/// in an hour for the prefix.
bool is_guarded(store::Tx& tx, const Guarded& who);
/// Counts one failure and drops counters that no longer matter.
void count_failure(store::Tx& tx, const Guarded& who);
/// After a success: the owner's typing errors from this place are forgotten.
void forget_failures(store::Tx& tx, const Guarded& who);

}  // namespace guildhall::identity
