// Finds file-local names that would meet when a room is compiled as one unit.
#include <re2/re2.h>

#include <map>

#include "checks.h"

namespace guildhall::tidy {
namespace {

struct LocalName {
  std::string key;  ///< namespace, name and first line of the parameters
  std::string name;
  int line = 0;
};

/// Reads formatted code: what stands at column 0 between `namespace {` and its end is local to the file.
std::vector<LocalName> local_names(const SourceFile& file) {
  static const RE2 kNamespace(R"(^namespace ([\w:]+) \{)");
  static const RE2 kFunction(R"(^(?:[A-Za-z][\w:<>,&*\[\] ]+[ &*])(\w+)(\([^;]*(?:\{.*|,|\())$)");
  static const RE2 kType(R"(^(?:struct|class|enum class|enum) (\w+)[^;(]*\{)");
  static const RE2 kConstant(R"(^(?:constexpr|const|static const|static constexpr) .*\b(k[A-Z]\w*)(?:\[\])?\s*(?:=|\{).*)");
  std::vector<LocalName> names;
  std::string space;
  bool is_local = false;
  int number = 0;
  for (const std::string_view line : lines_of(file.code)) {
    ++number;
    std::string name;
    std::string parameters;
    if (line == "namespace {")
      is_local = true;
    else if (line == "}" || RE2::PartialMatch(line, R"(^\}\s+$)"))
      is_local = is_local && !lines_of(file.text)[static_cast<std::size_t>(number - 1)].starts_with("}  // namespace");
    else if (RE2::PartialMatch(line, kNamespace, &name))
      space += "::" + name;
    if (!is_local) continue;
    if (RE2::PartialMatch(line, kFunction, &name, &parameters)) {
      names.push_back({space + "::" + name + parameters.substr(0, parameters.find('{')), name, number});
    } else if (RE2::PartialMatch(line, kType, &name) || RE2::PartialMatch(line, kConstant, &name)) {
      names.push_back({space + "::" + name, name, number});
    }
  }
  return names;
}

}  // namespace

std::vector<Finding> check_unity_names(const Files& files) {
  std::map<std::string, std::string> seen;  // room and key → path
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!file.path.ends_with(".cc") || file.room().empty() || file.is_test()) continue;
    for (const LocalName& local : local_names(file)) {
      const auto [at, is_new] = seen.emplace(std::string(file.room()) + " " + local.key, file.path);
      if (!is_new && at->second != file.path)
        findings.push_back({"unity-name", file.path, local.line,
                            local.name + " is local to " + at->second +
                                " as well: the release compiles a room as one unit, name one of them more exactly"});
    }
  }
  return findings;
}

}  // namespace guildhall::tidy
