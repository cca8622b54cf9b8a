// Running the real program, to its end or until it is killed.
#include "support/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

extern char** environ;

namespace guildhall::test {
namespace {

constexpr std::chrono::seconds kPatience{60};

std::vector<std::string> child_variables(const ChildEnvironment& environment) {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (std::strncmp(*entry, "GUILDHALL_", 10) != 0) variables.emplace_back(*entry);
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

/// Starts the program with these descriptors as its standard output and error.
pid_t spawn_program(std::vector<std::string> arguments, const ChildEnvironment& environment, int out, int err) {
  arguments.insert(arguments.begin(), program_path());
  std::vector<std::string> variables = child_variables(environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  pid_t pid = -1;
  const int failure =
      posix_spawn(&pid, arguments.front().c_str(), &actions, nullptr, pointers(arguments).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) throw std::runtime_error("cannot start " + arguments.front() + ": " + std::strerror(failure));
  return pid;
}

std::pair<int, int> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error(std::string("pipe: ") + std::strerror(errno));
  return {ends[0], ends[1]};
}

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) throw std::runtime_error(std::string("waitpid: ") + std::strerror(errno));
  return exit_code_of(status);
}

/// Appends what comes from `fd` within `timeout`; false at its end.
bool read_some(int fd, std::string& out, std::chrono::milliseconds timeout) {
  pollfd waiting{fd, POLLIN, 0};
  if (poll(&waiting, 1, static_cast<int>(timeout.count())) <= 0) return true;
  std::array<char, 4096> buffer{};
  const ssize_t got = read(fd, buffer.data(), buffer.size());
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) return false;
  out.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

}  // namespace

std::string program_path() {
  const char* path = std::getenv("GUILDHALL_BINARY");
  if (path == nullptr || *path == '\0')
    throw std::runtime_error("GUILDHALL_BINARY must name the guildhall program; run this test through ctest");
  return path;
}

ProgramRun run_program(const std::vector<std::string>& arguments, const ChildEnvironment& environment) {
  const auto [out_read, out_write] = make_pipe();
  const auto [err_read, err_write] = make_pipe();
  const pid_t pid = spawn_program(arguments, environment, out_write, err_write);
  close(out_write);
  close(err_write);
  ProgramRun run;
  bool has_out = true;
  bool has_err = true;
  while (has_out || has_err) {
    if (has_out) has_out = read_some(out_read, run.out, std::chrono::milliseconds(has_err ? 20 : 1000));
    if (has_err) has_err = read_some(err_read, run.err, std::chrono::milliseconds(has_out ? 20 : 1000));
  }
  close(out_read);
  close(err_read);
  run.exit_code = wait_for(pid);
  return run;
}

bool kill_program_after(const std::vector<std::string>& arguments, std::chrono::microseconds delay) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t pid = spawn_program(arguments, {}, nowhere, nowhere);
  close(nowhere);
  const timespec patience{.tv_sec = delay.count() / 1'000'000, .tv_nsec = delay.count() % 1'000'000 * 1'000};
  ppoll(nullptr, 0, &patience, nullptr);
  kill(pid, SIGKILL);
  return wait_for(pid) == 128 + SIGKILL;
}

ScratchPath::ScratchPath() {
  std::string name = (std::filesystem::temp_directory_path() / "guildhall-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder like " + name);
  path_ = name;
}

ScratchPath::~ScratchPath() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

ServerProcess::ServerProcess(std::filesystem::path data, std::string database, ChildEnvironment environment)
    : data_(std::move(data)),
      database_(std::move(database)),
      environment_(std::move(environment)),
      log_path_(data_.string() + ".log") {}

ServerProcess::~ServerProcess() {
  if (is_running()) kill_hard();
}

void ServerProcess::start() {
  if (is_running()) throw std::logic_error("the server runs already");
  std::vector<std::string> arguments{"serve", "--data", data_.string(), "--listen", "127.0.0.1:0", "--monitor-listen="};
  if (!database_.empty()) {
    arguments.emplace_back("--database");
    arguments.push_back(database_);
  }
  const int log = open(log_path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log < 0) throw std::runtime_error("cannot write " + log_path_.string());
  const auto [out_read, out_write] = make_pipe();
  pid_ = spawn_program(arguments, environment_, out_write, log);
  close(out_write);
  close(log);
  output_ = out_read;
  greeting_.clear();
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  const std::string before_port = " ready on http://127.0.0.1:";
  while (true) {
    const auto at = greeting_.find(before_port);
    if (at != std::string::npos && greeting_.find('\n', at) != std::string::npos) {
      port_ = static_cast<std::uint16_t>(std::stoul(greeting_.substr(at + before_port.size())));
      return;
    }
    if (!read_some(output_, greeting_, std::chrono::milliseconds(200))) {
      const pid_t pid = std::exchange(pid_, -1);
      close(std::exchange(output_, -1));
      throw std::runtime_error("the server ended with " + std::to_string(wait_for(pid)) + " before it was ready: " + greeting_ +
                               "; log " + log_path_.string());
    }
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("the server was not ready within a minute: " + greeting_);
  }
}

void ServerProcess::kill_hard() {
  if (!is_running()) return;
  kill(pid_, SIGKILL);
  wait_for(std::exchange(pid_, -1));
  close(std::exchange(output_, -1));
}

int ServerProcess::stop() {
  if (!is_running()) throw std::logic_error("the server does not run");
  kill(pid_, SIGTERM);
  // Standard output ends with the process: reading to its end is waiting without sleeping.
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::string rest;
  while (read_some(output_, rest, std::chrono::milliseconds(200)))
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("the server did not leave within a minute of SIGTERM");
  close(std::exchange(output_, -1));
  return wait_for(std::exchange(pid_, -1));
}

}  // namespace guildhall::test
