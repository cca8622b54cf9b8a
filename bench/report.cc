// Printing what a run found, and whether it held.
#include "report.h"

#include <fmt/core.h>
#include <sys/utsname.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/text.h"
#include "base/time.h"

namespace guildhall::bench {
namespace {

std::string environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : otherwise;
}

std::string line_of(const std::string& path, std::string_view field) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    const auto colon = line.find(':');
    if (colon != std::string::npos && trimmed(std::string_view(line).substr(0, colon)) == field)
      return std::string(trimmed(std::string_view(line).substr(colon + 1)));
  }
  return "unknown";
}

std::string host_text() {
  utsname system{};
  ::uname(&system);
  return fmt::format("{}, {} cores, {} of memory, {} {}", line_of("/proc/cpuinfo", "model name"),
                     std::thread::hardware_concurrency(), line_of("/proc/meminfo", "MemTotal"), system.sysname, system.release);
}

}  // namespace

Report::Report() {
  if (::getloadavg(&load_average_, 1) != 1) load_average_ = -1;
}

void Report::add(Figure figure) {
  std::printf("  %-14s %-44s %s%s\n", figure.scenario.c_str(), figure.what.c_str(), figure.measured.c_str(),
              figure.is_met ? (*figure.is_met ? "" : "   below the bar") : "");
  std::fflush(stdout);
  figures_.push_back(std::move(figure));
}

void Report::fail(const std::string& scenario, const std::string& what) {
  std::printf("  %-14s FAILED: %s\n", scenario.c_str(), what.c_str());
  std::fflush(stdout);
  failures_.push_back(scenario + ": " + what);
}

std::string Report::text() const {
  std::string out = fmt::format(
      "- commit {}\n- built with {}\n- on {}\n- {}, load average {:.1f} before the run\n"
      "- the load generator and the stub model run on the same cores as the server\n\n",
      environment("GUILDHALL_BENCH_COMMIT", "unknown"), GUILDHALL_BENCH_FLAGS, host_text(),
      rfc3339(SystemClock().now()).substr(0, 10), load_average_);
  if (!is_in_process_) out += "- the load generator and the stub model run on the same cores as the server\n";
  out += "\n| Scenario | Figure | Measured | Against | Met |\n|---|---|---|---|---|\n";
  for (const auto& figure : figures_)
    out += fmt::format("| {} | {} | {} | {} | {} |\n", figure.scenario, figure.what, figure.measured, figure.against,
                       figure.is_met ? (*figure.is_met ? "yes" : "**no**") : "–");
  if (failures_.empty())
    out += is_in_process_ ? "" : "\nFailures: none; every run has its ledger row and `guildhall reconcile` is clean.\n";
  else
    out += "\nFailures:\n";
  for (const auto& failure : failures_) out += "- " + failure + "\n";
  return out;
}

std::string duration_text(double us) {
  if (us < 0) return "-" + duration_text(-us);
  if (us < 1'000) return fmt::format("{:.0f} µs", us);
  if (us < 1'000'000) return fmt::format("{:.2f} ms", us / 1e3);
  return fmt::format("{:.2f} s", us / 1e6);
}

std::string bytes_text(double bytes) {
  return fmt::format("{:.1f} MB", bytes / 1e6);
}

std::string count_text(double count) {
  std::string digits = fmt::format("{:.0f}", count);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string percent_text(double share) {
  return fmt::format("{:.1f} %", share * 100);
}

}  // namespace guildhall::bench
