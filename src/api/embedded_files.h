// Files of the web part that travel inside the program.
#pragma once

#include <vector>

#include "base/embedded_file.h"

namespace guildhall {

/// web/dist/widget as it was when the build was configured; empty without the web part.
const std::vector<EmbeddedFile>& widget_files();

/// web/dist/console, likewise.
const std::vector<EmbeddedFile>& console_files();

/// The sample shop of examples/shop.
const std::vector<EmbeddedFile>& shop_files();

}  // namespace guildhall
