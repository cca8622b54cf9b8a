// Children by posix_spawn: no descriptor but their socket, no environment, no blocked signal.
#include "extraction/extraction_child.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "base/time.h"
#include "knowledge/extractor.h"

namespace guildhall::knowledge {
namespace {

[[noreturn]] void throw_errno(const std::string& what, int error) {
  throw std::runtime_error(what + ": " + std::strerror(error));
}

class SpawnSettings {
 public:
  explicit SpawnSettings(int child_socket) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, child_socket, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  pid_t spawn(const std::string& program) const {
    const std::string argument(kExtractionArgument);
    const char* const arguments[] = {"guildhall-documents", argument.c_str(), nullptr};
    const char* const environment[] = {nullptr};
    pid_t pid = -1;
    const int error = posix_spawn(&pid, program.c_str(), &actions_, &attributes_, const_cast<char* const*>(arguments),
                                  const_cast<char* const*>(environment));
    if (error != 0) throw_errno("the reader of documents cannot be started from " + program, error);
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

int new_memory_file() {
  const int descriptor = memfd_create("document", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) throw_errno("no memory for a document", errno);
  return descriptor;
}

}  // namespace

OwnedDescriptor::~OwnedDescriptor() {
  if (descriptor_ >= 0) close(descriptor_);
}

OwnedDescriptor& OwnedDescriptor::operator=(OwnedDescriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

MemoryFile::MemoryFile() : descriptor_(new_memory_file()) {}

MemoryFile::MemoryFile(std::string_view content) : descriptor_(new_memory_file()) {
  while (!content.empty()) {
    const auto written = uninterrupted([&] { return write(descriptor(), content.data(), content.size()); });
    if (written <= 0) throw_errno("no memory for a document", errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  lseek(descriptor(), 0, SEEK_SET);
  // Whoever gets it can read it and nothing else.
  if (fcntl(descriptor(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0) {
    throw_errno("a document cannot be sealed", errno);
  }
}

MemoryFile::~MemoryFile() {
  if (mapping_ != nullptr) munmap(mapping_, size_);
}

void MemoryFile::clear() const {
  if (ftruncate(descriptor(), 0) != 0 || lseek(descriptor(), 0, SEEK_SET) != 0)
    throw_errno("a document cannot be emptied", errno);
}

std::string_view MemoryFile::content() {
  if (mapping_ == nullptr) {
    struct stat status{};
    if (fstat(descriptor(), &status) != 0) throw_errno("a document cannot be read back", errno);
    if (status.st_size == 0) return {};
    size_ = static_cast<std::size_t>(status.st_size);
    void* mapping = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor(), 0);
    if (mapping == MAP_FAILED) throw_errno("a document cannot be read back", errno);
    mapping_ = mapping;
  }
  return {static_cast<const char*>(mapping_), size_};
}

ExtractionChild::ExtractionChild(const std::string& program) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
    throw_errno("no socket for the reader of documents", errno);
  }
  socket_ = OwnedDescriptor(pair[0]);
  const OwnedDescriptor theirs(pair[1]);
  pid_ = SpawnSettings(theirs.get()).spawn(program);
}

ExtractionChild::~ExtractionChild() {
  // Without its socket an idle child ends by itself.
  socket_ = OwnedDescriptor();
  if (pid_ > 0) uninterrupted([&] { return waitpid(pid_, nullptr, 0); });
}

void ExtractionChild::end() {
  kill(pid_, SIGKILL);
  uninterrupted([&] { return waitpid(pid_, nullptr, 0); });
  pid_ = -1;
}

bool ExtractionChild::send_request(const ExtractionRequest& request, const MemoryFile& input, const MemoryFile& output,
                                   const MemoryFile& diagnostics) {
  ExtractionRequest copy = request;
  iovec part{&copy, sizeof copy};
  const std::array<int, kExtractionDescriptors> descriptors = {input.descriptor(), output.descriptor(), diagnostics.descriptor()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> control{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptors);
  std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof descriptors);
  return uninterrupted([&] { return sendmsg(socket_.get(), &message, MSG_NOSIGNAL); }) == static_cast<ssize_t>(sizeof copy);
}

ExtractionChild::End ExtractionChild::run(const ExtractionRequest& request, const MemoryFile& input, const MemoryFile& output,
                                          const MemoryFile& diagnostics, std::int64_t wall_ms, ExtractionReply& reply) {
  if (!send_request(request, input, output, diagnostics)) {
    end();
    return End::died;
  }
  const std::int64_t deadline_us = monotonic_us() + wall_ms * 1000;
  pollfd watched{socket_.get(), POLLIN, 0};
  const int ready = uninterrupted([&] {
    const std::int64_t left_ms = (deadline_us - monotonic_us()) / 1000;
    return poll(&watched, 1, left_ms > 0 ? static_cast<int>(left_ms) : 0);
  });
  if (ready == 0) {
    end();
    return End::timed_out;
  }
  const auto got = uninterrupted([&] { return recv(socket_.get(), &reply, sizeof reply, 0); });
  if (got == static_cast<ssize_t>(sizeof reply)) return End::replied;
  end();
  return End::died;
}

}  // namespace guildhall::knowledge
