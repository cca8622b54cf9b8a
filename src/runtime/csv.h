// CSV as a table. Fed by uploaded files.
#pragma once

#include <string_view>

#include "runtime/values.h"

namespace guildhall::runtime {

/// RFC 4180 with comma, semicolon or tab, whichever the header line holds most of. The first line names the columns; cells are
/// text; missing cells are empty and extra ones dropped. Refusal(component_error) past kCsvColumnsMax columns.
Table parse_csv(std::string_view text);

}  // namespace guildhall::runtime
