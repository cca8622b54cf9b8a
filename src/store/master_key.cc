// Where the master key comes from, and how its file changes.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>
#include <vector>

#include "base/errors.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "store/key_rotation.h"
#include "store/sealed.h"

namespace guildhall::store {

namespace {

constexpr std::size_t kMasterKeyBytes = 32;
constexpr std::size_t kKeyFileBytesMax = 1024;
constexpr std::size_t kKeysMax = 8;

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

/// A file beside `path` that holds `text` durably; what it is called.
std::string write_partial(const std::string& path, const Secret& text) {
  const std::string partial = path + "." + to_hex(random_bytes(8)) + ".partial";
  const KeyFile file(partial, O_WRONLY | O_CREAT | O_EXCL);
  if (file.descriptor() < 0) throw key_file_refused(path, "cannot be created: " + error_text());
  const auto size = static_cast<ssize_t>(text.reveal().size());
  if (write(file.descriptor(), text.reveal().data(), text.reveal().size()) != size || fsync(file.descriptor()) != 0) {
    const std::string why = error_text();
    unlink(partial.c_str());
    throw key_file_refused(path, "cannot be written: " + why);
  }
  return partial;
}

/// Makes the names of the folder of `path` durable, on file systems that can (EINVAL: those that cannot).
void sync_folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const KeyFile file(folder, O_RDONLY | O_DIRECTORY);
  const bool is_synced = file.descriptor() >= 0 && (fsync(file.descriptor()) == 0 || errno == EINVAL);
  if (!is_synced) throw key_file_refused(path, "its folder cannot be synced: " + error_text());
}

/// The text appears under its name only when it is complete, and never over what another process made meanwhile.
void create_key_file(const std::string& path, const Secret& text) {
  const std::string partial = write_partial(path, text);
  const int linked = link(partial.c_str(), path.c_str());
  const int error = errno;
  unlink(partial.c_str());
  if (linked != 0 && error != EEXIST) {
    throw key_file_refused(path, "cannot be created: " + std::generic_category().message(error));
  }
  sync_folder_of(path);
}

/// The file is the old one or the new one, at every moment.
void replace_key_file(const std::string& path, const Secret& text) {
  const std::string partial = write_partial(path, text);
  if (rename(partial.c_str(), path.c_str()) != 0) {
    const std::string why = error_text();
    unlink(partial.c_str());
    throw key_file_refused(path, "cannot be replaced: " + why);
  }
  sync_folder_of(path);
}

Secret text_of(const std::vector<Secret>& keys) {
  std::string text;
  for (const Secret& key : keys) text += to_hex(key.reveal()) + "\n";
  return Secret(std::move(text));
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

/// nullopt when there is none, too many, or anything that is no key.
std::optional<std::vector<Secret>> keys_in(std::string_view text) {
  std::vector<Secret> keys;
  std::size_t at = 0;
  constexpr std::string_view kBetween = " \t\r\n,";
  while ((at = text.find_first_not_of(kBetween, at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    auto key = key_in(text.substr(at, end - at));
    if (!key || keys.size() == kKeysMax) return std::nullopt;
    keys.push_back(std::move(*key));
    at = end;
  }
  if (keys.empty()) return std::nullopt;
  return keys;
}

std::string id_of(const Secret& key) {
  return to_hex(bytes_of(sha256(key.reveal()))).substr(0, 8);
}

}  // namespace

MasterKey MasterKey::from_file(const std::string& path) {
  for (const bool may_create : {true, false}) {
    const KeyFile file(path, O_RDONLY);
    if (file.descriptor() >= 0) {
      const Secret text = read_key_file(path, file.descriptor());
      if (text.reveal().size() == kMasterKeyBytes) return MasterKey({text});
      auto keys = keys_in(text.reveal());
      if (!keys) throw key_file_refused(path, "holds neither 64 hexadecimal digits nor base64 of 32 bytes nor 32 bytes");
      return MasterKey(std::move(*keys));
    }
    if (errno != ENOENT || !may_create) break;
    create_key_file(path, text_of({Secret(random_bytes(kMasterKeyBytes))}));
  }
  throw key_file_refused(path, "cannot be opened: " + error_text());
}

MasterKey MasterKey::from_text(const Secret& text) {
  auto keys = keys_in(text.reveal());
  if (!keys) throw Refusal(Code::invalid_request, "the master key is neither 64 hexadecimal digits nor base64 of 32 bytes");
  return MasterKey(std::move(*keys));
}

std::string MasterKey::id() const {
  return id_of(keys_.front());
}

const Secret* MasterKey::with_id(std::string_view id) const {
  for (const Secret& key : keys_)
    if (id_of(key) == id) return &key;
  return nullptr;
}

MasterKey add_master_key(const std::string& path) {
  const MasterKey before = MasterKey::from_file(path);
  if (before.size() > 1) return before;
  create_key_file(path + ".former-" + before.id(), text_of(before.keys()));
  std::vector<Secret> keys{Secret(random_bytes(kMasterKeyBytes))};
  keys.insert(keys.end(), before.keys().begin(), before.keys().end());
  replace_key_file(path, text_of(keys));
  return MasterKey::from_file(path);
}

MasterKey keep_first_master_key(const std::string& path) {
  const MasterKey before = MasterKey::from_file(path);
  if (before.size() > 1) replace_key_file(path, text_of({before.keys().front()}));
  return MasterKey::from_file(path);
}

}  // namespace guildhall::store
