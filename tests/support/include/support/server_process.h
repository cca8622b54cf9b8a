// The real program as a child process: one command that runs to its end, or a server that is started, stopped and killed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace guildhall::test {

/// Settings of the child by variable name. Every other GUILDHALL_ variable is kept from it.
using ChildEnvironment = std::map<std::string, std::string>;

/// GUILDHALL_BINARY, which ctest sets; throws when it is not set.
std::string program_path();

struct ProgramRun {
  int exit_code = -1;
  std::string out;
  std::string err;
};
/// Runs `guildhall arguments…` to its end.
ProgramRun run_program(const std::vector<std::string>& arguments, const ChildEnvironment& environment = {});

/// Starts `guildhall arguments…` and kills it after `delay`; false when it had ended by then.
bool kill_program_after(const std::vector<std::string>& arguments, std::chrono::microseconds delay);

/// A folder of its own below the temporary folder, removed at the end of its life.
class ScratchPath {
 public:
  ScratchPath();
  ~ScratchPath();
  ScratchPath(const ScratchPath&) = delete;
  ScratchPath& operator=(const ScratchPath&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// `guildhall serve` on a free port of 127.0.0.1. Not thread-safe but for port() and pid().
class ServerProcess {
 public:
  /// `database` empty: SQLite in the data folder. The log goes to `log_path`, appended.
  ServerProcess(std::filesystem::path data, std::string database, ChildEnvironment environment = {});
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// Returns when the server said that it is ready; throws with its output when it ends before or stays silent for a minute.
  void start();
  /// SIGKILL, and waits until the process is gone.
  void kill_hard();
  /// SIGTERM; the exit code. Throws when it does not leave within a minute.
  int stop();

  bool is_running() const { return pid_ > 0; }
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return pid_; }
  const std::filesystem::path& log_path() const { return log_path_; }
  /// What it printed up to and with the line of readiness.
  const std::string& greeting() const { return greeting_; }

 private:
  std::filesystem::path data_;
  std::string database_;
  ChildEnvironment environment_;
  std::filesystem::path log_path_;
  pid_t pid_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
  std::string greeting_;
};

}  // namespace guildhall::test
