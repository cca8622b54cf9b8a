// Reading of guildhall.toml into plain pairs, so that one file alone knows the TOML library.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace guildhall {

/// Keys and their values as text, in the file's order of keys: strings as they are, integers in decimal, booleans as
/// `true` and `false`, arrays joined by commas. Throws Refusal(validation_failed) naming file, line or key.
std::vector<std::pair<std::string, std::string>> read_settings_file(const std::string& path);

}  // namespace guildhall
