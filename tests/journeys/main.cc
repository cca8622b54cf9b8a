// journeys --server PROGRAM --stub-model PROGRAM --stub-site PROGRAM --database sqlite|postgres FILE-OR-FOLDER…
// Runs each scenario against a fresh server; exits with 1 when one fails. Files that begin with `_` are included by others.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "base/time.h"
#include "scenario_run.h"

namespace {

using namespace guildhall;
using namespace guildhall::test;

std::vector<std::filesystem::path> scenario_files(const std::vector<std::string>& places) {
  std::vector<std::filesystem::path> files;
  for (const auto& place : places) {
    if (!std::filesystem::is_directory(place)) {
      files.emplace_back(place);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(place))
      if (entry.path().extension() == ".txt" && entry.path().filename().string() != "CMakeLists.txt" &&
          entry.path().filename().string().front() != '_')
        files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// True when the scenario passed.
bool run_file(const std::filesystem::path& file, const Programs& programs) {
  const std::int64_t began_us = monotonic_us();
  Outcome outcome;
  std::string name = file.stem().string();
  try {
    outcome = run_scenario(read_scenario(file), programs);
  } catch (const std::exception& error) {
    outcome.failures.emplace_back(error.what());
  }
  const long long took_ms = (monotonic_us() - began_us) / 1000;
  std::printf("%s %s: %zu steps, %lld ms\n", outcome.failures.empty() ? "ok    " : "FAILED", name.c_str(), outcome.steps,
              took_ms);
  for (const auto& failure : outcome.failures) std::printf("  %s\n", failure.c_str());
  std::fflush(stdout);
  return outcome.failures.empty();
}

}  // namespace

int main(int count, char** arguments) {
  Programs programs;
  std::string database = "sqlite";
  std::vector<std::string> places;
  for (int i = 1; i < count; ++i) {
    const std::string word = arguments[i];
    const bool has_value = i + 1 < count;
    if (word == "--server" && has_value)
      programs.server = arguments[++i];
    else if (word == "--stub-model" && has_value)
      programs.stub_model = arguments[++i];
    else if (word == "--stub-site" && has_value)
      programs.stub_site = arguments[++i];
    else if (word == "--database" && has_value)
      database = arguments[++i];
    else
      places.push_back(word);
  }
  if (programs.server.empty() || places.empty()) {
    std::fputs(
        "usage: journeys --server PROGRAM --stub-model PROGRAM --stub-site PROGRAM [--database sqlite|postgres] "
        "FILE-OR-FOLDER...\n",
        stderr);
    return 2;
  }
  if (database == "postgres") {
    const char* url = std::getenv("GUILDHALL_TEST_POSTGRES");
    if (url == nullptr || *url == '\0') {
      std::puts("skipped: journeys on PostgreSQL (GUILDHALL_TEST_POSTGRES is not set)");
      return 0;
    }
    programs.postgres_url = url;
  }
  std::size_t failed = 0;
  const auto files = scenario_files(places);
  for (const auto& file : files)
    if (!run_file(file, programs)) ++failed;
  std::printf("%zu of %zu scenarios passed on %s\n", files.size() - failed, files.size(), database.c_str());
  return failed == 0 && !files.empty() ? 0 : 1;
}
