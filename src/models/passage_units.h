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
  bool is_block = false;    ///< a list, table or code: stands in lines of its own

  std::string_view text_in(const knowledge::Passage& passage) const {
    return std::string_view(passage.text).substr(begin, end - begin);
  }
};

/// In source order, without headings and blank text. A list goes with the sentence that introduces it; one longer than
/// `characters_max` code points comes item by item.
std::vector<Unit> units_of(const knowledge::Passage& passage, std::size_t characters_max);

}  // namespace guildhall::models
