// Finds the functions of a C++ file and how many lines each has.
#pragma once

#include <string>
#include <vector>

#include "source_tree.h"

namespace guildhall::tidy {

struct FunctionSpan {
  std::string name;  ///< its signature's first line, for the message
  int first_line = 0;
  int line_count = 0;
};

/// Function bodies at namespace and class level, and test cases. It reads formatted code: a brace straight after a word
/// (`member_{1}`) initialises, a brace after a space opens a body. The rows of a `static const` table inside are not counted.
std::vector<FunctionSpan> functions_of(const SourceFile& file);

}  // namespace guildhall::tidy
