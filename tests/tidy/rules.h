// The rules of the house that text can break, as tables: what is looked for, why it is wrong, what to write instead.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "source_tree.h"

namespace guildhall::tidy {

struct Finding {
  std::string rule;
  std::string path;
  int line = 0;
  std::string message;
};

/// A file a rule does not hold for, and why. One that excuses nothing any more is itself a finding.
struct Allowance {
  std::string_view path;  ///< a file, or a folder with a trailing slash
  std::string_view reason;
};

/// The part of a file a pattern is looked for in.
enum class View { text, uncommented, code };

struct LineRule {
  std::string_view name;
  std::function<bool(const SourceFile&)> applies;
  View view;
  std::string_view pattern;  ///< RE2
  std::string_view why;      ///< the reason and what to write instead
  std::vector<Allowance> allowed;
};

const std::vector<LineRule>& line_rules();

std::vector<Finding> check_lines(const LineRule& rule, const std::vector<SourceFile>& files);

}  // namespace guildhall::tidy
