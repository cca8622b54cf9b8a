// Sizes, first lines, headers, layers, SQL and skips.
#include "checks.h"

#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <set>

#include "functions.h"

namespace guildhall::tidy {
namespace {

struct Include {
  int line = 0;
  bool is_quoted = false;
  std::string name;
};

std::vector<Include> includes_of(const SourceFile& file) {
  static const RE2 kInclude(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> includes;
  int number = 0;
  for (const std::string_view line : lines_of(file.uncommented)) {
    ++number;
    std::string quote;
    std::string name;
    if (RE2::PartialMatch(line, kInclude, &quote, &name)) includes.push_back({number, quote == "\"", name});
  }
  return includes;
}

std::string first_folder(const std::string& path) {
  return path.substr(0, std::min(path.find('/'), path.size()));
}

/// The rooms from bottom to top, as cmake/modules.cmake lists them.
std::map<std::string, int> room_order(const Files& files) {
  std::map<std::string, int> order;
  for (const SourceFile& file : files) {
    std::string list;
    if (file.path != "cmake/modules.cmake" || !RE2::PartialMatch(file.text, R"(set\(GUILDHALL_ROOMS\s+([a-z_\s]+)\))", &list))
      continue;
    std::string room;
    re2::StringPiece rest(list);
    while (RE2::FindAndConsume(&rest, R"(([a-z_]+))", &room)) order.emplace(room, static_cast<int>(order.size()));
  }
  return order;
}

/// "waldur" for src/api/waldur/…; the edge all dialects share, and the tables api.cc collects, are not dialects.
std::string dialect_of(const SourceFile& file) {
  std::string dialect;
  if (!RE2::PartialMatch(file.path, R"(^src/api/([a-z_]+)/)", &dialect) || dialect == "edge" || dialect == "include") return {};
  return dialect;
}

bool is_constant_sql(const std::string& operand) {
  static const RE2 kConstant(R"(^(std::string(_view)?\(k[A-Z]\w*\)|k[A-Z]\w*|placeholders\(.*|std::string\($|"))");
  return RE2::PartialMatch(operand, kConstant);
}

constexpr Allowance kSqlJoinAllowed[] = {
    {"src/market/list_query.cc", "the one table that maps list parameters to columns"},
    {"src/market/offering_rows.cc", "a clause of placeholders used by several statements"},
    {"src/market/subscriptions.cc", "count_live takes a condition its callers write out"},
    {"src/delivery/job_leases.cc", "a lock clause that only PostgreSQL has"},
    {"src/knowledge/index/retrieve.cc", "a list of placeholders of the candidates' number"},
    {"src/knowledge/index/dense_cache.cc", "a list of placeholders for the texts whose vectors are read"},
    {"src/store/postgres_connection.cc", "settings of a session, from constants; SET takes no parameters"},
};

constexpr Allowance kPublicHeaderAllowed[] = {
    {"src/base/include/base/json.h", "JSON values are the language every room speaks; the precompiled header carries it"},
};

template <std::size_t size>
bool is_allowed(const Allowance (&allowances)[size], const SourceFile& file) {
  return std::any_of(std::begin(allowances), std::end(allowances), [&](const Allowance& each) { return each.path == file.path; });
}

bool has_file(const Files& files, const std::string& path) {
  return std::any_of(files.begin(), files.end(), [&](const SourceFile& each) { return each.path == path; });
}

}  // namespace

std::vector<Finding> check_file_sizes(const Files& files) {
  static const RE2 kSource(R"(\.(cc|h|ts|tsx|css|cmake|mjs|sql)$)");
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    const int lines = static_cast<int>(lines_of(file.text).size());
    if (RE2::PartialMatch(file.path, kSource) && lines > kFileLinesMax)
      findings.push_back(
          {"file-size", file.path, lines,
           std::to_string(lines) + " lines, at most " + std::to_string(kFileLinesMax) + ": it is two things, make two files"});
  }
  return findings;
}

std::vector<Finding> check_function_sizes(const Files& files) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!file.is_cpp()) continue;
    for (const FunctionSpan& function : functions_of(file))
      if (function.line_count > kFunctionLinesMax)
        findings.push_back({"function-size", file.path, function.first_line,
                            std::to_string(function.line_count) + " lines, at most " + std::to_string(kFunctionLinesMax) + ": " +
                                function.name});
  }
  return findings;
}

std::vector<Finding> check_first_lines(const Files& files) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files)
    if (file.is_cpp() && !RE2::PartialMatch(file.text, R"(^// \S)"))
      findings.push_back({"first-line", file.path, 1, "the first line of a file is a comment that says what it is"});
  return findings;
}

std::vector<Finding> check_public_headers(const Files& files) {
  static const RE2 kPublic(R"(^src/\w+/include/.*\.h$)");
  static const RE2 kStandard(R"(^[a-z_0-9]+$)");
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!RE2::FullMatch(file.path, kPublic) || is_allowed(kPublicHeaderAllowed, file)) continue;
    for (const Include& include : includes_of(file)) {
      if (include.is_quoted || RE2::FullMatch(include.name, kStandard)) continue;
      findings.push_back(
          {"public-header", file.path, include.line,
           "public headers name no library, so that nobody else compiles it: hide <" + include.name + "> in a .cc"});
    }
  }
  return findings;
}

std::vector<Finding> check_layers(const Files& files) {
  const std::map<std::string, int> order = room_order(files);
  std::set<std::string> dialects;
  for (const SourceFile& file : files)
    if (const std::string dialect = dialect_of(file); !dialect.empty()) dialects.insert(dialect);
  std::vector<Finding> findings;
  if (order.empty()) findings.push_back({"layers", "cmake/modules.cmake", 0, "lists no rooms"});
  for (const SourceFile& file : files) {
    const std::string room(file.room());
    if (!file.is_cpp() || room.empty()) continue;
    const auto here = order.find(room);
    if (here == order.end()) findings.push_back({"layers", file.path, 1, room + " is not a room of cmake/modules.cmake"});
    for (const Include& include : includes_of(file)) {
      if (!include.is_quoted || has_file(files, "tests/support/include/" + include.name)) continue;
      const std::string folder = first_folder(include.name);
      const auto there = order.find(folder);
      const bool is_own_folder = room == "api" && dialects.contains(folder);
      if (here != order.end() && there != order.end() && !is_own_folder && there->second > here->second)
        findings.push_back({"layers", file.path, include.line, "lower never knows upper: " + room + " includes " + include.name});
      const std::string own = dialect_of(file);
      const bool is_own_header =
          std::any_of(files.begin(), files.end(), [&](const SourceFile& each) { return each.path == "src/api/" + include.name; });
      if (!own.empty() && is_own_header && dialects.contains(folder) && folder != own)
        findings.push_back(
            {"layers", file.path, include.line, "a dialect knows no other dialect: move what both need into src/api/edge"});
    }
  }
  return findings;
}

std::vector<Finding> check_libraries(const Files& files) {
  struct Library {
    const char* pattern;
    std::string_view room;
  };
  static constexpr Library kLibraries[] = {
      {R"(^boost/(asio|beast)|^sys/(socket|epoll)\.h$)", "net"}, {R"(^curl/)", "net"}, {R"(^(sqlite3|libpq-fe)\.h$)", "store"}};
  // A pair of local sockets hands descriptors to the child that reads documents; no network is in reach of it.
  static const std::set<std::string_view> kDescriptorSockets = {"src/knowledge/extraction/extraction_child.cc",
                                                                "src/knowledge/extraction/extraction_host.cc"};
  std::vector<Finding> findings;
  std::set<std::string> socket_files;
  for (const SourceFile& file : files) {
    if (!file.is_cpp()) continue;
    for (const Include& include : includes_of(file)) {
      if (RE2::PartialMatch(include.name, kLibraries[0].pattern) && include.name.starts_with("boost/"))
        socket_files.insert(file.path);
      if (include.name == "sys/socket.h" && kDescriptorSockets.contains(file.path)) continue;
      for (const Library& library : kLibraries)
        if (!file.room().empty() && RE2::PartialMatch(include.name, library.pattern) && file.room() != library.room)
          findings.push_back({"libraries", file.path, include.line,
                              "only " + std::string(library.room) + " includes <" + include.name + ">: use its public headers"});
    }
  }
  if (static_cast<int>(socket_files.size()) > kSocketFilesMax)
    findings.push_back({"libraries", *socket_files.rbegin(), 0,
                        std::to_string(socket_files.size()) + " files include Asio or Beast, at most " +
                            std::to_string(kSocketFilesMax) + ": each costs seconds to compile"});
  return findings;
}

std::vector<Finding> check_sql(const Files& files) {
  // A literal with SQL in it, joined to something on its right; and something joined to SQL on its left.
  static const RE2 kJoin(
      R"re("[^"\n]*\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|FROM|WHERE|AND|VALUES|LIMIT|ORDER BY|SET)\b[^"\n]*"\s*\+\s*([^\s+,;]+))re");
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!file.is_cpp() || !file.path.starts_with("src/") || file.is_test()) continue;
    if (is_allowed(kSqlJoinAllowed, file)) continue;
    re2::StringPiece rest(file.uncommented);
    std::string operand;
    while (RE2::FindAndConsume(&rest, kJoin, &operand)) {
      if (is_constant_sql(operand)) continue;
      const std::size_t offset = file.uncommented.size() - rest.size();
      findings.push_back({"sql", file.path, line_at(file.uncommented, offset),
                          "SQL joined with '" + operand + "': pass values as $1, $2 …, and keep statements constant"});
    }
  }
  return findings;
}

namespace {

/// "src/knowledge" of "src/knowledge/index/retrieve.cc", "bench" of "bench/load.cc".
std::string room_of(const std::string& path) {
  const std::size_t folder = path.find('/');
  const std::size_t room = path.find('/', folder + 1);
  return path.substr(0, room == std::string::npos ? folder : room);
}

}  // namespace

std::vector<Finding> check_skips(const Files& files) {
  static const RE2 kOutside(R"(GUILDHALL_FIXTURES|GUILDHALL_TEST_POSTGRES)");
  // A measurement runs only when it is asked for, by its name: "speed of …".
  static const RE2 kSilent(
      R"re(TEST_CASE\("([^s]|s[^p]|sp[^e])[^"\n]*" \* doctest::skip\(|\b(it|test|describe)\.(skip|only)\()re");
  std::map<std::string, bool> folder_names_skips;
  for (const SourceFile& file : files)
    if (file.text.find("skipped: ") != std::string::npos) folder_names_skips[room_of(file.path)] = true;
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!file.is_test() || file.path.starts_with("tests/tidy/")) continue;
    if (file.is_cpp() && RE2::PartialMatch(file.uncommented, kOutside) && !folder_names_skips[room_of(file.path)])
      findings.push_back(
          {"skips", file.path, 1, "depends on something outside the repository: print \"skipped: <what>\" when it is absent"});
    if (RE2::PartialMatch(file.text, kSilent))
      findings.push_back({"skips", file.path, 1, "a test that is switched off silently: remove it, or print \"skipped: <why>\""});
  }
  return findings;
}

}  // namespace guildhall::tidy
