// The self-test of the sandbox: what a hostile document's reader would try first.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

#include <cerrno>
#include <functional>

#include "extraction/sandbox.h"

namespace guildhall::knowledge {
namespace {

// Numbers of the kernel for kinds of sockets that must not come to be.
constexpr int kLocal = 1;
constexpr int kInternet = 2;
constexpr int kStream = 1;

/// The error a raw system call met; 0 when it was possible.
int error_of(long result) {
  return result < 0 ? errno : 0;
}

/// A child that is nevertheless born ends at once.
int try_fork() {
  const long child = syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (child == 0) _exit(0);
  return error_of(child);
}

int try_map_code() {
  void* memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return memory == MAP_FAILED ? errno : 0;
}

int try_open(const char* path, int flags) {
  const long descriptor = syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
  return error_of(descriptor);
}

int try_run(const char* program) {
  const char* const arguments[] = {program, nullptr};
  return error_of(syscall(SYS_execve, program, arguments, arguments + 1));
}

}  // namespace

std::vector<ForbiddenAct> try_forbidden_acts(SandboxKind kind) {
  std::vector<ForbiddenAct> acts = {
      {"open a file", try_open("/etc/passwd", O_RDONLY)},
      {"open its own memory", try_open("/proc/self/mem", O_RDWR)},
      {"write a file", try_open("/tmp/guildhall-sandbox-self-test", O_WRONLY | O_CREAT)},
      {"delete a file", error_of(syscall(SYS_unlinkat, AT_FDCWD, "/tmp/guildhall-sandbox-self-test", 0))},
      {"open a socket", error_of(syscall(SYS_socket, kInternet, kStream, 0))},
      {"open a local socket", error_of(syscall(SYS_socket, kLocal, kStream, 0))},
      {"connect", error_of(syscall(SYS_connect, 0, nullptr, 0))},
      {"fork", try_fork()},
      {"run a program", try_run("/bin/true")},
      {"trace a process", error_of(syscall(SYS_ptrace, PTRACE_TRACEME, 0, nullptr, nullptr))},
      {"signal its parent", error_of(syscall(SYS_kill, syscall(SYS_getppid), 0))},
      {"read another process", error_of(syscall(SYS_process_vm_readv, 1, nullptr, 0, nullptr, 0, 0))},
      {"make namespaces", error_of(syscall(SYS_unshare, 0x10000000))},
      {"mount", error_of(syscall(SYS_mount, "none", "/", "tmpfs", 0, nullptr))},
      {"load a kernel program", error_of(syscall(SYS_bpf, 0, nullptr, 0))},
  };
  if (kind == SandboxKind::reader) acts.push_back({"run memory it wrote", try_map_code()});
  return acts;
}

}  // namespace guildhall::knowledge
