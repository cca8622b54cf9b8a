// Namespaces, limits, Landlock and seccomp, in the order in which each still works.
#include "extraction/sandbox.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "../limits.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GUILDHALL_IS_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GUILDHALL_IS_SANITIZED
#endif

namespace guildhall::knowledge {
namespace {

constexpr rlim_t kPdfDescriptorsMax = 32;

void drop_capabilities(SandboxState& state) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  if (syscall(SYS_capset, &header, none) != 0) {
    state.lacks |= kLacksNamespaces;
    state.namespaces_error = errno;
  }
}

void limit(int resource, rlim_t most, SandboxState& state) {
  const rlimit value{most, most};
  if (setrlimit(static_cast<__rlimit_resource>(resource), &value) == 0) return;
  state.lacks |= kLacksLimits;
  state.limits_error = errno;
}

void set_limits(SandboxKind kind, std::int64_t output_bytes, SandboxState& state) {
#ifdef GUILDHALL_IS_SANITIZED
  // Shadow memory takes terabytes of address space; the limit is absent and said to be.
  state.lacks |= kLacksLimits;
  state.limits_error = EOVERFLOW;
#else
  limit(RLIMIT_AS, static_cast<rlim_t>(kSandboxAddressBytesMax), state);
  limit(RLIMIT_DATA, static_cast<rlim_t>(kSandboxPrivateBytesMax), state);
#endif
  limit(RLIMIT_CPU, static_cast<rlim_t>(kSandboxCpuSMax), state);
  limit(RLIMIT_FSIZE, static_cast<rlim_t>(output_bytes), state);
  limit(RLIMIT_CORE, 0, state);
  limit(RLIMIT_NPROC, 0, state);
  if (kind == SandboxKind::pdf_text) limit(RLIMIT_NOFILE, kPdfDescriptorsMax, state);
}

bool allow_path(int ruleset, const char* path, std::uint64_t access) {
  const int descriptor = open(path, O_PATH | O_CLOEXEC);
  // A library folder this system does without.
  if (descriptor < 0) return true;
  landlock_path_beneath_attr rule{};
  rule.allowed_access = access;
  rule.parent_fd = descriptor;
  const long result = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  close(descriptor);
  return result == 0;
}

/// Everything Landlock knew when it began, and moving between folders and truncating where the kernel knows them.
std::uint64_t handled_access(long abi) {
  constexpr std::uint64_t kFirstThirteen = (1ULL << 13) - 1;
  constexpr std::uint64_t kRefer = 1ULL << 13;
  constexpr std::uint64_t kTruncate = 1ULL << 14;
  return kFirstThirteen | (abi >= 2 ? kRefer : 0) | (abi >= 3 ? kTruncate : 0);
}

bool enter_landlock(SandboxKind kind, const std::string& pdf_program) {
  const long abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (abi < 1) return false;
  landlock_ruleset_attr attributes{};
  attributes.handled_access_fs = handled_access(abi);
  const auto ruleset = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (ruleset < 0) return false;
  bool is_made = true;
  if (kind == SandboxKind::pdf_text) {
    constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    constexpr std::uint64_t kRun = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE;
    // Character tables of Chinese, Japanese and Korean fonts are in /usr/share/poppler.
    for (const char* folder : {"/usr/lib", "/lib", "/lib64", "/usr/lib64", "/usr/share/poppler"}) {
      is_made = is_made && allow_path(ruleset, folder, kRead);
    }
    is_made = is_made && allow_path(ruleset, "/etc/ld.so.cache", LANDLOCK_ACCESS_FS_READ_FILE);
    for (const char* loader : {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", pdf_program.c_str()}) {
      is_made = is_made && allow_path(ruleset, loader, kRun);
    }
  }
  is_made = is_made && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  close(ruleset);
  return is_made;
}

/// What a parser of ours calls: memory, its output, the clock, and its own end.
constexpr int kReaderCalls[] = {
    SCMP_SYS(write),        SCMP_SYS(writev),         SCMP_SYS(munmap), SCMP_SYS(mremap),       SCMP_SYS(brk),
    SCMP_SYS(madvise),      SCMP_SYS(futex),          SCMP_SYS(exit),   SCMP_SYS(exit_group),   SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(getpid), SCMP_SYS(gettid),       SCMP_SYS(tgkill),
    SCMP_SYS(sigaltstack),  SCMP_SYS(clock_gettime),  SCMP_SYS(close),  SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),
};
/// What a program needs to be loaded and pdftotext to read its input.
constexpr int kProgramCalls[] = {
    SCMP_SYS(execve),
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(arch_prctl),
    SCMP_SYS(getdents64),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(prlimit64),
    SCMP_SYS(getrlimit),
    SCMP_SYS(fcntl),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getcwd),
    SCMP_SYS(sched_getaffinity),
};

bool allow_calls(scmp_filter_ctx filter, const int* begin, const int* end) {
  for (const int* call = begin; call != end; ++call) {
    if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, *call, 0) != 0) return false;
  }
  return true;
}

/// Memory that is never to be run, for our parsers; programs are loaded with memory that is.
bool allow_memory(scmp_filter_ctx filter, SandboxKind kind) {
  for (const int call : {SCMP_SYS(mmap), SCMP_SYS(mprotect)}) {
    const int result = kind == SandboxKind::pdf_text
                           ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0)
                           : seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (result != 0) return false;
  }
  return true;
}

bool allow_program(scmp_filter_ctx filter) {
  constexpr scmp_datum_t kWriting = O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND;
  return allow_calls(filter, std::begin(kProgramCalls), std::end(kProgramCalls)) &&
         seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, kWriting, O_RDONLY)) == 0;
}

/// A sanitizer tells readable memory by writing it into a pipe, and takes what it may not for broken.
bool allow_sanitizer([[maybe_unused]] scmp_filter_ctx filter) {
#ifdef GUILDHALL_IS_SANITIZED
  constexpr int kPipeCalls[] = {SCMP_SYS(pipe), SCMP_SYS(pipe2), SCMP_SYS(read)};
  return allow_calls(filter, std::begin(kPipeCalls), std::end(kPipeCalls));
#else
  return true;
#endif
}

/// A call that is not listed answers EPERM: a library that only asks goes on, one that insists gets nowhere.
bool enter_seccomp(SandboxKind kind) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == nullptr) return false;
  bool is_loaded = allow_calls(filter, std::begin(kReaderCalls), std::end(kReaderCalls)) && allow_memory(filter, kind) &&
                   allow_sanitizer(filter);
  if (kind == SandboxKind::pdf_text) is_loaded = is_loaded && allow_program(filter);
  const int error = is_loaded ? -seccomp_load(filter) : EINVAL;
  seccomp_release(filter);
  errno = error;
  return error == 0;
}

}  // namespace

void enter_namespaces(SandboxState& state) {
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    state.lacks |= kLacksNamespaces;
    state.namespaces_error = errno;
  }
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) != 0) {
    state.namespaces_error = errno;
    // The administrator may do without the user namespace that others need.
    if (unshare(CLONE_NEWNET | CLONE_NEWIPC) != 0) state.lacks |= kLacksNamespaces;
  }
  drop_capabilities(state);
}

void enter_sandbox(SandboxKind kind, std::int64_t output_bytes, const std::string& pdf_program, SandboxState& state) {
  if (!enter_landlock(kind, pdf_program)) {
    state.lacks |= kLacksLandlock;
    state.landlock_error = errno;
  }
  set_limits(kind, output_bytes, state);
  if (!enter_seccomp(kind)) {
    state.lacks |= kLacksSeccomp;
    state.seccomp_error = errno;
  }
}

bool is_tight_enough(SandboxKind kind, const SandboxState& state) {
  return (state.lacks & kLacksSeccomp) == 0 && (kind == SandboxKind::reader || (state.lacks & kLacksLandlock) == 0);
}

}  // namespace guildhall::knowledge
