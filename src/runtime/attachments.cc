// Reads the files of a message.
#include "attachments.h"

#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "runtime/limits.h"

namespace guildhall::runtime {
namespace {

std::string_view image_type(std::string_view extension) {
  if (extension == "png") return "image/png";
  if (extension == "jpg" || extension == "jpeg") return "image/jpeg";
  if (extension == "gif") return "image/gif";
  if (extension == "webp") return "image/webp";
  return {};
}

}  // namespace

std::string_view file_name(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string file_extension(std::string_view path) {
  const std::string_view name = file_name(path);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string() : ascii_lower(name.substr(dot + 1));
}

std::string bytes_of_file(const RunState& run, const std::string& path) {
  auto bytes = run.request.read_file ? run.request.read_file(path) : std::nullopt;
  if (!bytes)
    throw Refusal(Code::component_error, "the file '" + std::string(file_name(path)) + "' does not exist; upload it first");
  return std::move(*bytes);
}

void attach_files(const RunState& run, const std::vector<std::string>& paths, models::ChatMessage& message) {
  for (const std::string& path : paths) {
    const std::string bytes = bytes_of_file(run, path);
    const std::string_view image = image_type(file_extension(path));
    if (!image.empty()) {
      message.image_urls.push_back("data:" + std::string(image) + ";base64," + to_base64(bytes));
    } else if (bytes.size() <= kAttachedTextBytesMax && is_valid_utf8(bytes) && bytes.find('\0') == std::string::npos) {
      message.text += (message.text.empty() ? "" : "\n\n") + bytes;
    } else {
      log::info("message_file_skipped", {{"file", file_name(path)}, {"reason", "neither an image nor text"}});
    }
  }
}

}  // namespace guildhall::runtime
