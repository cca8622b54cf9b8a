// What the platform says around a handover, in the languages of contracts/support-partner.md §4.8.
#pragma once

#include <string>
#include <string_view>

namespace guildhall::support {

/// Keys: announced, after_hours ({time}), nobody, joined ({name}), returned, resolved, failed. English where a language is
/// missing.
std::string handover_text(std::string_view key, std::string_view language);

}  // namespace guildhall::support
