// Finding the console's files.
#include "edge/console_files.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "edge/files.h"
#include "embedded_files.h"

namespace guildhall::api {
namespace {

/// The file as it lies in the folder of --web-dir.
std::optional<std::string> read_from_folder(const std::string& folder, const std::string& path) {
  std::ifstream file(folder + "/console/" + path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

}  // namespace

bool has_console(const Call& call) {
  return !call.services().web_dir.empty() || find_file(console_files(), "index.html") != nullptr;
}

bool is_console_file_name(std::string_view name) {
  if (name.empty() || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
  });
}

void answer_console_file(Call& call, const std::string& path, std::string_view cache_control) {
  const std::string& folder = call.services().web_dir;
  if (!folder.empty()) {
    const auto bytes = read_from_folder(folder, path);
    if (!bytes) throw not_found("file");
    const std::vector<EmbeddedFile> only = {{path, *bytes}};
    return answer_file(call, only, only.front(), "no-store");
  }
  const EmbeddedFile* file = find_file(console_files(), path);
  if (file == nullptr) {
    if (console_files().empty())
      throw Refusal(Code::not_found,
                    "this server was built without its web part; run ./dev build, which builds it, and start again");
    throw not_found("file");
  }
  answer_file(call, console_files(), *file, cache_control);
}

}  // namespace guildhall::api
