// A file that travels inside the program (cmake/embed_files.cmake).
#pragma once

#include <string_view>

namespace guildhall {

struct EmbeddedFile {
  std::string_view path;  ///< below the folder it was embedded from
  std::string_view bytes;
};

}  // namespace guildhall
