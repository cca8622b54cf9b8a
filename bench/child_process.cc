// Starting and stopping the server under test, and reading what the kernel says of it.
#include "child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "base/text.h"

namespace guildhall::bench {
namespace {

constexpr std::string_view kReady = "ready on http://127.0.0.1:";

[[noreturn]] void become(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                         int output, const std::string& log_path) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::dup2(output, STDOUT_FILENO);
  const int log = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log >= 0) ::dup2(log, STDERR_FILENO);
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                           const std::string& log_path)
    : name_(command.front()) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = ::fork();
  if (pid_ == 0) become(command, environment, pipe[1], log_path);
  ::close(pipe[1]);
  if (pid_ < 0) throw std::runtime_error("no process for " + name_);
  try {
    wait_until_ready(pipe[0]);
  } catch (...) {
    ::close(pipe[0]);
    stop();
    throw;
  }
  ::close(pipe[0]);
}

ChildProcess::~ChildProcess() {
  stop();
}

void ChildProcess::wait_until_ready(int output) {
  std::string said;
  std::array<char, 4096> buffer;
  while (true) {
    const auto at = said.find(kReady);
    if (at != std::string::npos && said.find_first_not_of("0123456789", at + kReady.size()) != std::string::npos) {
      const char* digits = said.data() + at + kReady.size();
      std::from_chars(digits, said.data() + said.size(), port_);
      return;
    }
    const ssize_t count = ::read(output, buffer.data(), buffer.size());
    if (count <= 0) throw std::runtime_error(name_ + " ended before it was ready: " + said);
    said.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

void ChildProcess::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
}

std::int64_t ChildProcess::cpu_us() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  std::int64_t user = 0;
  std::int64_t system = 0;
  fields >> user >> system;
  return (user + system) * (1'000'000 / ::sysconf(_SC_CLK_TCK));
}

std::int64_t ChildProcess::status_bytes(const std::string& field) const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(field + ":")) continue;
    return parse_integer(trimmed(std::string_view(line).substr(field.size() + 1, line.rfind(' ') - field.size() - 1)))
               .value_or(0) *
           1024;
  }
  return 0;
}

std::int64_t ChildProcess::resident_bytes() const {
  return status_bytes("VmRSS");
}
std::int64_t ChildProcess::resident_max_bytes() const {
  return status_bytes("VmHWM");
}

}  // namespace guildhall::bench
