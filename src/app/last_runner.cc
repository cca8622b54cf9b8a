// The file `runner`: 36 characters, rewritten by every server that starts.
#include "last_runner.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "base/log.h"

namespace guildhall::app {
namespace {

constexpr std::size_t kIdBytes = 36;

void log_unusable() {
  const std::string reason = std::generic_category().message(errno);
  log::warning("last_runner.unusable", {{"error", std::string_view(reason)}});
}

}  // namespace

LastRunner::LastRunner(const std::string& data_folder) {
  file_ = ::open((data_folder + "/runner").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) {
    log_unusable();
  } else if (flock(file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) log_unusable();
    close(file_);
    file_ = -1;
  }
}

LastRunner::~LastRunner() {
  if (file_ >= 0) close(file_);
}

std::optional<Uuid> LastRunner::succeed(const Uuid& runner) {
  if (file_ < 0) return std::nullopt;
  std::array<char, kIdBytes> before{};
  const ssize_t got = pread(file_, before.data(), before.size(), 0);
  const std::string mine = dashed(runner);
  if (pwrite(file_, mine.data(), mine.size(), 0) != static_cast<ssize_t>(mine.size())) log_unusable();
  return got == static_cast<ssize_t>(kIdBytes) ? parse_uuid({before.data(), before.size()}) : std::nullopt;
}

}  // namespace guildhall::app
