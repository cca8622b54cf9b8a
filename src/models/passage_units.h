// What may be quoted from a passage: sentences, and lists, steps, code and table rows kept whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "knowledge/retrieve.h"

namespace guildhall::models {

struct Unit {
  std::uint32_t begin = 0;  ///< bytes in Passage::text
  std::uint32_t end = 0;
  bool is_block = false;            ///< a list, table or code: stands in lines of its own
  std::uint32_t heading_begin = 0;  ///< the heading inside the passage it stands under; empty: the passage's own
  std::uint32_t heading_end = 0;

  bool has_own_heading() const { return heading_end > heading_begin; }
  std::string_view heading_in(const knowledge::Passage& passage) const {
    return std::string_view(passage.text).substr(heading_begin, heading_end - heading_begin);
  }
  std::string_view text_in(const knowledge::Passage& passage) const {
    return std::string_view(passage.text).substr(begin, end - begin);
  }
};

/// In source order, without headings and blank text. Small sections are joined in one passage, so a line that stands alone like a
/// heading is one, and the units below it know it. A list goes with the sentence that introduces it; one longer than
/// `characters_max` code points comes item by item.
std::vector<Unit> units_of(const knowledge::Passage& passage, std::size_t characters_max);

}  // namespace guildhall::models
