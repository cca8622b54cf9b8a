// Citations: where a quoted span stands.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/extractive.h"

namespace guildhall::models {

/// `span` must occur in the passage's text; it is cut to 300 code points. `heading` is the one inside the passage, if any.
Citation citation_of(const knowledge::Passage& passage, std::string_view span, std::int64_t n, std::string_view heading = {});

/// The deepest heading, else the title: how a passage is offered to a visitor.
std::string label_of(const knowledge::Passage& passage);

}  // namespace guildhall::models
