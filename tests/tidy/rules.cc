// Banned words and calls, each with its reason, its replacement and the few files that may.
#include "rules.h"

#include <re2/re2.h>

#include <set>

namespace guildhall::tidy {
namespace {

bool any_file(const SourceFile&) {
  return true;
}
bool any_cpp(const SourceFile& file) {
  return file.is_cpp();
}
bool product_code(const SourceFile& file) {
  return file.is_cpp() && file.path.starts_with("src/") && !file.is_test();
}
bool web_code(const SourceFile& file) {
  return file.path.starts_with("web/") && (file.path.ends_with(".ts") || file.path.ends_with(".tsx"));
}

bool domain_code(const SourceFile& file) {
  static const std::set<std::string_view> kDomain = {"identity", "market", "billing", "registry", "knowledge", "flow"};
  return product_code(file) && kDomain.contains(file.room());
}

bool excuses(const Allowance& allowance, const SourceFile& file) {
  return allowance.path.ends_with("/") ? file.path.starts_with(allowance.path) : file.path == allowance.path;
}

const std::string& view_of(const SourceFile& file, View view) {
  if (view == View::text) return file.text;
  return view == View::code ? file.code : file.uncommented;
}

std::vector<LineRule> word_rules() {
  return {
      {"leftover-marker",
       any_file,
       View::text,
       R"(\b(TODO|FIXME|XXX|HACK)\b)",
       "a leftover marker: do it now, or write an issue and say in the text what holds today",
       {{"tests/tidy/", "the rule and its planted violations"}}},
      {"machine-path",
       any_file,
       View::text,
       R"((^|[^\w.])(/work/|/tmp/g\b|/home/\w+/|/root/))",
       "a path of one machine: use GUILDHALL_SOURCE_DIR, GUILDHALL_FIXTURES or a temporary folder",
       {{"tests/tidy/", "the rule and its planted violations"}}},
      {"registry-host",
       any_file,
       View::text,
       R"(registry\.npmjs\.org|registry\.yarnpkg|pypi\.org|pythonhosted\.org|crates\.io/api|proxy\.golang\.org|deb\.debian\.org|archive\.ubuntu\.com)",
       "the address of a package registry: the reader's own configuration decides where packages come from",
       {{"tests/tidy/", "the rule and its planted violations"}}},
  };
}

const std::vector<LineRule>& call_rules() {
  static const std::vector<LineRule> kRules = {
      {"std-regex",
       any_cpp,
       View::code,
       R"(std::(regex|smatch|cmatch)\b|#include <regex>)",
       "std::regex recurses and backtracks on text others supply: use RE2, or base/text.h",
       {}},
      {"std-format",
       any_cpp,
       View::code,
       R"(std::(v?format|print|println|expected)\b|#include <(format|print|expected)>)",
       "g++ 12 does not have it: use fmt/core.h, or a struct for a result",
       {}},
      {"coroutine",
       any_cpp,
       View::code,
       R"(\bco_(await|return|yield)\b)",
       "g++ 12 miscompiles common coroutine forms: block in a named pool instead",
       {}},
      {"child-process",
       any_cpp,
       View::code,
       R"((^|[^\w.:>])(std::)?(system|popen|vfork|execlp|execvp)\()",
       "a shell runs what a tenant supplies: the one child of the server is started by "
       "src/knowledge/extraction/extraction_child.cc",
       {{"bench/check_ledger.cc", "runs the server's own reconcile on a folder the benchmark made"}}},
      {"weak-random",
       any_cpp,
       View::code,
       R"((^|[^\w.:>])(std::)?(s?rand|drand48)\(\s*\))",
       "predictable and unseeded: use base/ids.h or base/secret.h for secrets, std::mt19937_64 with a printed seed in tests",
       {}},
      {"sleep",
       product_code,
       View::code,
       R"(sleep_for|sleep_until|\busleep\(|\bnanosleep\()",
       "a sleeping thread cannot be stopped: wait on a condition variable with a stop token, or use a timer",
       {{"src/net/server.cc", "stop() polls for the last connection within its own short deadline"},
        {"src/store/postgres_database.cc", "back-off of at most milliseconds before a conflicting transaction runs again"}}},
      {"unsafe-c",
       any_cpp,
       View::code,
       R"((^|[^\w.:>])(std::)?(gets|strcpy|strcat|sprintf|vsprintf|strtok|localtime|gmtime|asctime|ctime)\()",
       "unbounded or not safe between threads: use std::string, fmt::format or base/time.h",
       {}},
      {"atoi",
       product_code,
       View::code,
       R"((^|[^\w.:>])(std::)?(atoi|atol|atof|stoi|stol|stod|strtod)\()",
       "accepts rubbish or throws what nobody maps: use std::from_chars and check where it stopped",
       {}},
      {"detached-thread",
       any_cpp,
       View::code,
       R"(\.detach\(\)|std::async\b)",
       "nobody joins it: use the pools of base/threads.h",
       {}},
      {"stdout",
       product_code,
       View::code,
       R"(std::(cout|cerr|endl)\b|(^|[^\w.:>])(std::)?printf\()",
       "lines of several threads mix: use base/log.h, or the output a command was given",
       {{"src/app/", "the commands of a person print their answers"}}},
      {"environment",
       product_code,
       View::code,
       R"(\bgetenv\()",
       "a setting nobody can list: read it through base/settings.h so that `guildhall doctor` shows where it came from",
       {}},
      {"domain-clock",
       domain_code,
       View::code,
       R"((system_clock|steady_clock)::now|std::(j?thread)\s*[({]|std::(j?thread)\s+\w+[({;])",
       "domain code starts no thread and reads no clock but the transaction's: use tx.now()",
       {}},
      {"float-money",
       product_code,
       View::code,
       R"(\b(double|float)\s+\w*(price|amount|cost|fee|revenue|total_minor)\w*)",
       "binary fractions lose money: use Decimal or an integer of minor units",
       {}},
      {"swallowed-error",
       product_code,
       View::code,
       R"(catch\s*\([^)]*\)\s*\{\s*\})",
       "an error that nobody hears of: handle it, log it, or let it pass",
       {}},
      {"poor-name",
       any_cpp,
       View::code,
       R"(\b(class|struct)\s+\w*(Manager|Helper|Util|Utils|Impl)\b)",
       "the name does not say what it is: name the thing",
       {}},
      {"web-any",
       web_code,
       View::text,
       R"((:\s*any\b|\bas any\b|<any>)|\.innerHTML\s*=|\beval\()",
       "strict TypeScript, and text never becomes markup: write the type, build the nodes",
       {}},
      {"banner", any_cpp, View::text, R"(^\s*//\s*[-=*#~]{4,})", "comments are sentences, not banners", {}},
  };
  return kRules;
}

}  // namespace

const std::vector<LineRule>& line_rules() {
  static const std::vector<LineRule> rules = [] {
    std::vector<LineRule> all = word_rules();
    all.insert(all.end(), call_rules().begin(), call_rules().end());
    return all;
  }();
  return rules;
}

std::vector<Finding> check_lines(const LineRule& rule, const std::vector<SourceFile>& files) {
  const RE2 pattern{std::string(rule.pattern)};
  std::vector<Finding> findings;
  std::set<std::string_view> used;
  for (const SourceFile& file : files) {
    if (!rule.applies(file)) continue;
    int number = 0;
    for (const std::string_view line : lines_of(view_of(file, rule.view))) {
      ++number;
      if (!RE2::PartialMatch(line, pattern)) continue;
      bool is_allowed = false;
      for (const Allowance& allowance : rule.allowed)
        if (excuses(allowance, file)) is_allowed = used.insert(allowance.path).second || true;
      if (!is_allowed) findings.push_back({std::string(rule.name), file.path, number, std::string(rule.why)});
    }
  }
  for (const Allowance& allowance : rule.allowed)
    if (!used.contains(allowance.path) && !files.empty())
      findings.push_back({std::string(rule.name), std::string(allowance.path), 0,
                          "is excused (" + std::string(allowance.reason) + ") and needs no excuse: take the allowance out"});
  return findings;
}

}  // namespace guildhall::tidy
