// Finds parsers that have neither a fuzz program nor a written reason.
#include <re2/re2.h>

#include <map>

#include "checks.h"

namespace guildhall::tidy {
namespace {

constexpr std::string_view kList = "tests/fuzz/parsers.txt";

/// Parser → what its line says, and the line's number.
std::map<std::string, std::pair<std::string, int>> listed_parsers(const Files& files) {
  static const RE2 kLine(R"(^(\w+): (.*)$)");
  std::map<std::string, std::pair<std::string, int>> listed;
  for (const SourceFile& file : files) {
    if (file.path != kList) continue;
    int number = 0;
    for (const std::string_view line : lines_of(file.text)) {
      ++number;
      std::string name;
      std::string says;
      if (RE2::FullMatch(line, kLine, &name, &says)) listed.emplace(name, std::pair(says, number));
    }
  }
  return listed;
}

/// A program of tests/fuzz, or a reason after a dash.
bool is_covered(const std::string& says, const Files& files) {
  if (says.starts_with("- ")) return says.size() > 12;
  const std::string program = "tests/fuzz/" + says.substr(0, says.find_first_of(", ")) + ".cc";
  for (const SourceFile& file : files)
    if (file.path == program) return true;
  return false;
}

}  // namespace

std::vector<Finding> check_parsers(const Files& files) {
  // A declaration: a type, then the name, at the start of a statement; calls in inline bodies do not look like that.
  static const RE2 kParser(
      R"(^\s*(?:static |virtual |inline )*[\w:<>, ]+[>\w] ((?:parse\w*|read_flow|read_sitemap|read_settings_file|verified_token|extract\w*|decoded_text|detect_language|analyse|sentences))\([^)])");
  static const RE2 kClass(R"(^class (\w+(?:Reader|Parser)|ReplyStream)\b[^;]*$)");
  const auto listed = listed_parsers(files);
  std::vector<Finding> findings;
  std::map<std::string, bool> found;
  for (const SourceFile& file : files) {
    if (!file.path.starts_with("src/") || !file.path.ends_with(".h") || file.is_test()) continue;
    int number = 0;
    for (const std::string_view line : lines_of(file.code)) {
      ++number;
      std::string name;
      if (!RE2::PartialMatch(line, kParser, &name) && !RE2::PartialMatch(line, kClass, &name)) continue;
      if (line.find("return ") != std::string_view::npos) continue;
      found[name] = true;
      if (!listed.contains(name))
        findings.push_back(
            {"parsers", file.path, number,
             name +
                 " reads what others send and is not in tests/fuzz/parsers.txt: name its fuzz program, or the reason for none"});
    }
  }
  for (const auto& [name, line] : listed) {
    if (!found.contains(name))
      findings.push_back({"parsers", std::string(kList), line.second, name + " is not declared any more: take the line out"});
    if (!is_covered(line.first, files))
      findings.push_back(
          {"parsers", std::string(kList), line.second, name + " names neither a program of tests/fuzz nor a reason"});
  }
  return findings;
}

}  // namespace guildhall::tidy
