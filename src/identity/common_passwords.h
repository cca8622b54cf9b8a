// The commonest passwords, folded to lower case and without trailing digits and signs.
#pragma once

#include <string_view>

namespace guildhall::identity {

/// `folded` is lower case. True for an entry of the embedded list, alone or written several times in a row.
bool is_common_password(std::string_view folded);

}  // namespace guildhall::identity
