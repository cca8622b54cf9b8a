// Starting the stub site and reading its port from what it prints.
#include "site.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>

extern char** environ;

namespace guildhall::test {

Site::Site() {
  const char* program = std::getenv("GUILDHALL_STUB_SITE");
  if (program == nullptr)
    throw std::runtime_error("GUILDHALL_STUB_SITE must name the stub_site program; run this test through ctest");
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe for the stub site");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::string name = program;
  std::array<char*, 2> arguments = {name.data(), nullptr};
  const int failure = posix_spawn(&pid_, program, &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  output_ = ends[0];
  if (failure != 0) throw std::runtime_error("cannot start " + name);
  std::string said;
  for (char next = 0; read(output_, &next, 1) == 1 && next != '\n';) said += next;
  const auto colon = said.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error("the stub site said '" + said + "'");
  port_ = static_cast<std::uint16_t>(std::stoi(said.substr(colon + 1)));
}

Site::~Site() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  close(output_);
}

}  // namespace guildhall::test
