// Any bytes as guildhall.toml: pairs, or a refusal that names the file.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/errors.h"
#include "base/text.h"
#include "settings_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const int file = memfd_create("settings", MFD_CLOEXEC);
  if (file < 0 || write(file, bytes, size) != static_cast<ssize_t>(size)) std::abort();
  try {
    for (const auto& [key, value] : guildhall::read_settings_file("/proc/self/fd/" + std::to_string(file)))
      if (!guildhall::is_valid_utf8(key) || !guildhall::is_valid_utf8(value)) std::abort();
  } catch (const guildhall::Refusal& refusal) {
    if (refusal.message.empty()) std::abort();
  }
  close(file);
  return 0;
}
