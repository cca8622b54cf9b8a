// How a membership is written; private to identity.
#pragma once

#include "identity/organizations.h"

namespace guildhall::identity {

void insert_membership(store::Tx& tx, const Membership& membership);

}  // namespace guildhall::identity
