// Text that is in a run but in no index — an uploaded file, a prompt's variable — as passages that may be quoted.
#pragma once

#include <string_view>
#include <vector>

#include "knowledge/retrieve.h"

namespace guildhall::runtime {

/// Cut at blank lines and headings into pieces of up to about 1,500 bytes, scored by how much of the query they hold; at most
/// 12, best first. Deterministic.
std::vector<knowledge::Passage> passages_in(std::string_view text, std::string_view title, std::string_view query);

}  // namespace guildhall::runtime
