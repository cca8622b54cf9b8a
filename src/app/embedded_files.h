// Files that travel inside the program.
#pragma once

#include <vector>

#include "base/embedded_file.h"

namespace guildhall {

/// The sample flows, help centre and shop of examples/.
const std::vector<EmbeddedFile>& example_files();

}  // namespace guildhall
