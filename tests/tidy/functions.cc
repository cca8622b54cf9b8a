// A scanner of braces: enough to know where a function begins and ends in formatted code.
#include "functions.h"

#include <re2/re2.h>

#include <algorithm>

namespace guildhall::tidy {
namespace {

enum class Scope { names, function, other };

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}

bool initialises(const std::string& code, std::size_t brace, int parentheses) {
  if (parentheses > 0 || brace == 0) return true;
  if (!is_space(code[brace - 1])) return code[brace - 1] != ')';
  std::size_t before = brace;
  while (before > 0 && is_space(code[before - 1])) --before;
  return before > 0 && (code[before - 1] == '=' || code[before - 1] == ',');
}

/// What the brace after this statement opens; statements are read outside functions only.
Scope scope_of(std::string_view statement) {
  static const RE2 kNames(R"(^\s*(template\s*<.*>\s*)?(inline\s+)?(namespace|class|struct|union|enum|extern)\b)");
  static const RE2 kType(R"(^\s*(template\s*<[^(]*>\s*)?(class|struct|union|enum)\s[^()]*$)");
  static const RE2 kNamespace(R"(^\s*(inline\s+)?(namespace\b|extern\s+"))");
  if (RE2::PartialMatch(statement, kNamespace)) return Scope::names;
  if (RE2::PartialMatch(statement, kNames) && RE2::PartialMatch(statement, kType)) return Scope::names;
  return statement.find('(') == std::string_view::npos ? Scope::other : Scope::function;
}

std::size_t skip_space(std::string_view code, std::size_t i) {
  while (i < code.size() && is_space(code[i])) ++i;
  return i;
}

/// Preprocessor lines are no part of a statement.
std::string without_directives(std::string code) {
  bool continues = false;
  for (std::size_t i = 0; i < code.size();) {
    const std::size_t end = std::min(code.find('\n', i), code.size());
    const bool is_directive = continues || (i < end && code[i] == '#');
    continues = is_directive && end > i && code[end - 1] == '\\';
    if (is_directive)
      std::fill(code.begin() + static_cast<std::ptrdiff_t>(i), code.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    i = end + 1;
  }
  return code;
}

/// Lines of constant tables inside a function: rows are data, however many there are.
int table_lines(const std::vector<std::string_view>& lines, int first, int count) {
  static const RE2 kTable(R"(^(\s*)static const(expr)? .*(= |\w)\{$)");
  int skipped = 0;
  std::string indent;
  bool is_inside = false;
  for (int i = first - 1; i < first - 1 + count; ++i) {
    const std::string_view line = lines.at(static_cast<std::size_t>(i));
    if (is_inside) ++skipped;
    if (is_inside && line == indent + "};")
      is_inside = false;
    else if (!is_inside && RE2::PartialMatch(line, kTable, &indent))
      is_inside = true;
  }
  return skipped;
}

struct Open {
  Scope scope;
  std::size_t statement;
};

}  // namespace

std::vector<FunctionSpan> functions_of(const SourceFile& file) {
  const std::string code = without_directives(file.code);
  const std::vector<std::string_view> lines = lines_of(file.text);
  std::vector<FunctionSpan> found;
  std::vector<Open> open;
  int parentheses = 0;
  int inner = 0;  // braces inside a function or an initialiser
  std::size_t statement = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '(') ++parentheses;
    if (c == ')') --parentheses;
    if (c == ';' && inner == 0 && parentheses == 0) statement = i + 1;
    if (c == '{') {
      if (inner > 0 || initialises(code, i, parentheses)) {
        ++inner;
        continue;
      }
      const Scope scope = scope_of(std::string_view(code).substr(statement, i - statement));
      open.push_back({scope, skip_space(code, statement)});
      if (scope != Scope::names) inner = 1;
      statement = i + 1;
    } else if (c == '}') {
      if (inner > 1 || (inner == 1 && (open.empty() || open.back().scope == Scope::names))) {
        --inner;
        continue;
      }
      if (open.empty()) continue;
      const Open closed = open.back();
      open.pop_back();
      inner = 0;
      statement = i + 1;
      if (closed.scope != Scope::function) continue;
      const int first = line_at(code, closed.statement);
      const int count = line_at(code, i) - first + 1;
      found.push_back(
          {std::string(lines.at(static_cast<std::size_t>(first - 1))), first, count - table_lines(lines, first, count)});
    }
  }
  return found;
}

}  // namespace guildhall::tidy
