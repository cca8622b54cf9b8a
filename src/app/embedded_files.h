// Files that travel inside the program.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace guildhall {

struct EmbeddedFile {
  std::string_view path;  ///< below examples/
  std::string_view bytes;
};

/// The sample flows, help centre and shop of examples/.
const std::vector<EmbeddedFile>& example_files();

}  // namespace guildhall
