// Percent-encoding (RFC 3986 §2.1). Fed by anyone: requests of strangers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace guildhall::net {

/// The decoded text, or nullopt for a broken escape. With `plus_is_space`, `+` becomes a space.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);
/// The value of one hexadecimal digit, or -1.
int hex_digit(char c);

}  // namespace guildhall::net
