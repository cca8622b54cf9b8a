// Where the master key comes from.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/errors.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "store/sealed.h"

namespace guildhall::store {

namespace {

constexpr std::size_t kMasterKeyBytes = 32;
constexpr std::size_t kKeyFileBytesMax = 256;

Refusal key_file_refused(const std::string& path, const std::string& why) {
  return Refusal(Code::invalid_request, "master key file " + path + ": " + why);
}

class KeyFile {
 public:
  KeyFile(const std::string& path, int flags) : descriptor_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~KeyFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  KeyFile(const KeyFile&) = delete;
  KeyFile& operator=(const KeyFile&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

std::string error_text() {
  return std::generic_category().message(errno);
}

/// The key appears under its name only when it is complete, and never over one that another process made meanwhile.
void create_key_file(const std::string& path) {
  const std::string partial = path + "." + to_hex(random_bytes(8)) + ".partial";
  {
    const KeyFile file(partial, O_WRONLY | O_CREAT | O_EXCL);
    if (file.descriptor() < 0) throw key_file_refused(path, "cannot be created: " + error_text());
    const Secret text(to_hex(random_bytes(kMasterKeyBytes)) + "\n");
    const auto size = static_cast<ssize_t>(text.reveal().size());
    if (write(file.descriptor(), text.reveal().data(), text.reveal().size()) != size || fsync(file.descriptor()) != 0) {
      const std::string why = error_text();
      unlink(partial.c_str());
      throw key_file_refused(path, "cannot be written: " + why);
    }
  }
  const int linked = link(partial.c_str(), path.c_str());
  const int error = errno;
  unlink(partial.c_str());
  if (linked != 0 && error != EEXIST) {
    throw key_file_refused(path, "cannot be created: " + std::generic_category().message(error));
  }
}

Secret read_key_file(const std::string& path, int descriptor) {
  struct stat status{};
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) throw key_file_refused(path, "is not a file");
  if ((status.st_mode & 07) != 0) log::warning("store.master_key_readable_by_all", {{"path", std::string_view(path)}});
  std::string text(kKeyFileBytesMax + 1, '\0');
  const ssize_t size = read(descriptor, text.data(), text.size());
  if (size < 0) throw key_file_refused(path, "cannot be read: " + error_text());
  text.resize(static_cast<std::size_t>(size));
  return Secret(std::move(text));
}

std::optional<Secret> key_in(std::string_view text) {
  auto key = text.size() == 2 * kMasterKeyBytes ? from_hex(text) : from_base64(text);
  if (!key || key->size() != kMasterKeyBytes) return std::nullopt;
  return Secret(std::move(*key));
}

}  // namespace

MasterKey MasterKey::from_file(const std::string& path) {
  for (const bool may_create : {true, false}) {
    const KeyFile file(path, O_RDONLY);
    if (file.descriptor() >= 0) {
      const Secret text = read_key_file(path, file.descriptor());
      if (text.reveal().size() == kMasterKeyBytes) return MasterKey(text);
      auto key = key_in(trimmed(text.reveal()));
      if (!key) throw key_file_refused(path, "holds neither 64 hexadecimal digits nor base64 of 32 bytes nor 32 bytes");
      return MasterKey(std::move(*key));
    }
    if (errno != ENOENT || !may_create) break;
    create_key_file(path);
  }
  throw key_file_refused(path, "cannot be opened: " + error_text());
}

MasterKey MasterKey::from_text(const Secret& text) {
  auto key = key_in(trimmed(text.reveal()));
  if (!key) throw Refusal(Code::invalid_request, "the master key is neither 64 hexadecimal digits nor base64 of 32 bytes");
  return MasterKey(std::move(*key));
}

std::string MasterKey::id() const {
  return to_hex(bytes_of(sha256(bytes()))).substr(0, 8);
}

}  // namespace guildhall::store
