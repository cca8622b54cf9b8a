// guildhall_bench SERVER STUB EXAMPLES [scenario…]: runs the scenarios and prints one table (contracts/runtime.md §10).
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "scenarios.h"

namespace guildhall::bench {
namespace {

struct Scenario {
  std::string name;
  void (*run)(const Bench&, Report&);
  bool is_of_server = true;  ///< runs without being named
};

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> table = {{"disk", disk},
                                              {"passthrough", passthrough},
                                              {"prompt-stub", prompt_stub},
                                              {"streams-1k", open_streams},
                                              {"cold-start", cold_start},
                                              {"rss", memory},
                                              {"ledger", ledger},
                                              {"hostile", hostile},
                                              {"knowledge-retrieval", knowledge_retrieval, false},
                                              {"knowledge-questions", knowledge_questions, false},
                                              {"knowledge-answers", knowledge_answers, false},
                                              {"knowledge-refusal", knowledge_refusal, false},
                                              {"knowledge-speed", knowledge_speed, false},
                                              {"knowledge-server", knowledge_server, false},
                                              {"knowledge-vectors", knowledge_vectors, false}};
  return table;
}

std::string new_folder() {
  std::string pattern = std::filesystem::temp_directory_path() / "guildhall_bench_XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return pattern;
}

void raise_open_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// "knowledge" names each of its parts.
bool is_named(const std::string& wanted, const Scenario& scenario) {
  return scenario.name == wanted || scenario.name.starts_with(wanted + "-");
}

bool is_wanted(const std::vector<std::string>& names, const Scenario& scenario) {
  if (names.empty()) return scenario.is_of_server;
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return is_named(name, scenario); });
}

int run(const std::vector<std::string>& arguments) {
  Bench bench;
  bench.server = arguments[0];
  bench.stub_model = arguments[1];
  bench.examples = arguments[2];
  bench.self = std::filesystem::read_symlink("/proc/self/exe");
  bench.folder = new_folder();
  if (const char* url = std::getenv("GUILDHALL_TEST_POSTGRES"); url != nullptr) bench.postgres = url;
  if (bench.postgres.empty()) std::puts("skipped: figures on PostgreSQL (GUILDHALL_TEST_POSTGRES is not set)");
  const std::vector<std::string> names(arguments.begin() + 3, arguments.end());
  for (const auto& name : names)
    if (std::none_of(scenarios().begin(), scenarios().end(), [&](const Scenario& each) { return is_named(name, each); })) {
      std::fprintf(stderr, "bench: no scenario '%s'\n", name.c_str());
      return 2;
    }
  raise_open_files();
  Report report;
  for (const auto& scenario : scenarios()) {
    if (!is_wanted(names, scenario)) continue;
    try {
      scenario.run(bench, report);
    } catch (const std::exception& failure) {
      report.fail(scenario.name, failure.what());
    }
  }
  std::printf("\n%s", report.text().c_str());
  if (const char* path = std::getenv("GUILDHALL_BENCH_REPORT"); path != nullptr) std::ofstream(path) << report.text();
  if (!report.has_failed())
    std::filesystem::remove_all(bench.folder);
  else
    std::printf("\nlogs: %s\n", bench.folder.c_str());
  return report.has_failed() ? 1 : 0;
}

}  // namespace
}  // namespace guildhall::bench

int main(int count, char** values) {
  const std::vector<std::string> arguments(values + 1, values + count);
  if (arguments.size() == 1 && arguments[0] == "echo") return guildhall::bench::serve_echo();
  if (arguments.size() < 3) {
    std::fputs("usage: guildhall_bench SERVER STUB_MODEL EXAMPLES [scenario...]\n", stderr);
    return 2;
  }
  return guildhall::bench::run(arguments);
}
