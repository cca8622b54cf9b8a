// The child's side: waits for documents and forks a sandboxed process for each.
#include <fcntl.h>
#include <libxml/parser.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cerrno>
#include <cstring>
#include <new>
#include <optional>

#include "../limits.h"
#include "extraction/extracted_wire.h"
#include "extraction/extraction_protocol.h"
#include "knowledge/extractor.h"

namespace guildhall::knowledge {
namespace {

constexpr int kHostSocket = 0;
/// What others do on the machine goes first.
constexpr int kReaderNiceness = 15;

struct ReceivedRequest {
  ExtractionRequest request;
  std::array<int, kExtractionDescriptors> descriptors{};  ///< input, output, diagnostics
};

/// nullopt when the socket is closed or says something else than a request.
std::optional<ReceivedRequest> receive_request() {
  ReceivedRequest received;
  iovec part{&received.request, sizeof received.request};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof received.descriptors)> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const auto got = uninterrupted([&] { return recvmsg(kHostSocket, &message, MSG_CMSG_CLOEXEC); });
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (got != static_cast<ssize_t>(sizeof received.request) || header == nullptr || header->cmsg_type != SCM_RIGHTS ||
      header->cmsg_len != CMSG_LEN(sizeof received.descriptors)) {
    return std::nullopt;
  }
  std::memcpy(received.descriptors.data(), CMSG_DATA(header), sizeof received.descriptors);
  return received;
}

void write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = uninterrupted([&] { return write(STDOUT_FILENO, bytes.data(), bytes.size()); });
    if (written <= 0) _exit(kExitBroken);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// The document, mapped rather than copied; an empty one has nothing to map.
std::string_view mapped_input(int descriptor) {
  struct stat status{};
  if (fstat(descriptor, &status) != 0) _exit(kExitBroken);
  if (status.st_size == 0) return {};
  const auto size = static_cast<std::size_t>(status.st_size);
  void* bytes = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (bytes == MAP_FAILED) _exit(kExitBroken);
  return {static_cast<const char*>(bytes), size};
}

void read_document(const ExtractionRequest& request, std::string_view content) {
  try {
    const bool is_page = request.task == ExtractionTask::read_page;
    write_extracted(is_page ? extract_page(decoded_text(content)) : extract(content, request.type, request.filename), write_all);
  } catch (const ExtractionFailure& failure) {
    write_failure(failure, write_all);
  } catch (const std::bad_alloc&) {
    _exit(kExitNoMemory);
  } catch (const std::exception&) {
    _exit(kExitBroken);
  }
}

void write_attempts(SandboxKind kind) {
  std::string lines;
  for (const ForbiddenAct& act : try_forbidden_acts(kind)) lines += act.name + "\t" + std::to_string(act.error) + "\n";
  write_all(lines);
}

[[noreturn]] void become_pdf_program(const char* program) {
  const std::string last_page = std::to_string(kPdfPagesMax + 1);
  const char* const arguments[] = {"pdftotext", "-bbox-layout",    "-nodiag", "-enc", "UTF-8",
                                   "-l",        last_page.c_str(), "-",       "-",    nullptr};
  const char* const environment[] = {nullptr};
  execve(program, const_cast<char* const*>(arguments), const_cast<char* const*>(environment));
  _exit(kExitBroken);
}

SandboxKind kind_of(ExtractionTask task) {
  const bool is_pdf_text = task == ExtractionTask::pdf_to_layout || task == ExtractionTask::examine_pdf_text;
  return is_pdf_text ? SandboxKind::pdf_text : SandboxKind::reader;
}

/// The process of one document, from its fork to its end.
[[noreturn]] void run_reader(const ReceivedRequest& received, pid_t host, SandboxState* shared) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != host) _exit(kExitBroken);
  setpriority(PRIO_PROCESS, 0, kReaderNiceness);
  const ExtractionRequest& request = received.request;
  const SandboxKind kind = kind_of(request.task);
  const auto [input, output, diagnostics] = received.descriptors;
  std::string_view content;
  if (request.task == ExtractionTask::read || request.task == ExtractionTask::read_page) content = mapped_input(input);
  if (dup2(input, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 || dup2(diagnostics, STDERR_FILENO) < 0)
    _exit(kExitBroken);
  close_range(STDERR_FILENO + 1, ~0U, 0);
  if (kind == SandboxKind::reader) close(STDIN_FILENO);

  SandboxState state = *shared;
  const std::int64_t output_max = kind == SandboxKind::reader ? kSandboxOutputBytesMax : kPdfLayoutBytesMax;
  enter_sandbox(kind, output_max, request.pdf_program, state);
  *shared = state;
  munmap(shared, sizeof *shared);
  if (!is_tight_enough(kind, state)) _exit(kExitNotTight);
  switch (request.task) {
    case ExtractionTask::read:
    case ExtractionTask::read_page: read_document(request, content); break;
    case ExtractionTask::pdf_to_layout: become_pdf_program(request.pdf_program);
    case ExtractionTask::examine_reader:
    case ExtractionTask::examine_pdf_text: write_attempts(kind); break;
  }
  _exit(0);
}

/// Waits for the reader; kills it when the other side of the socket is gone.
ExtractionReply wait_for_reader(pid_t reader) {
  const auto handle = static_cast<int>(syscall(SYS_pidfd_open, reader, 0));
  pollfd watched[] = {{handle, POLLIN, 0}, {kHostSocket, POLLIN, 0}};
  uninterrupted([&] { return poll(watched, handle < 0 ? 0 : 2, -1); });
  if (watched[1].revents != 0) kill(reader, SIGKILL);
  if (handle >= 0) close(handle);
  ExtractionReply reply;
  rusage used{};
  uninterrupted([&] { return wait4(reader, &reply.wait_status, 0, &used); });
  const auto milliseconds = [](const timeval& time) { return std::int64_t{time.tv_sec} * 1000 + time.tv_usec / 1000; };
  reply.cpu_ms = milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
  reply.memory_peak_kib = used.ru_maxrss;
  return reply;
}

/// False when the other side is gone.
bool serve_request(const ReceivedRequest& received, const SandboxState& state) {
  void* page = mmap(nullptr, sizeof(SandboxState), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;
  auto* shared = new (page) SandboxState(state);
  const pid_t host = getpid();
  const pid_t reader = fork();
  if (reader == 0) run_reader(received, host, shared);
  for (const int descriptor : received.descriptors) close(descriptor);
  if (reader < 0) return false;
  ExtractionReply reply = wait_for_reader(reader);
  reply.sandbox = *shared;
  munmap(page, sizeof(SandboxState));
  const auto sent = uninterrupted([&] { return send(kHostSocket, &reply, sizeof reply, MSG_NOSIGNAL); });
  return sent == static_cast<ssize_t>(sizeof reply);
}

}  // namespace

int run_extraction_host() {
  if (chdir("/") != 0) return 1;
  SandboxState state;
  enter_namespaces(state);
  xmlInitParser();
  while (const auto received = receive_request()) {
    if (!serve_request(*received, state)) break;
  }
  return 0;
}

}  // namespace guildhall::knowledge
