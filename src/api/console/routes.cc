// Serving the console: the same page under each of its areas, and the content-hashed files it loads.
#include <algorithm>
#include <fstream>
#include <iterator>

#include "console/console.h"
#include "edge/files.h"
#include "edge/tables.h"
#include "embedded_files.h"

namespace guildhall::api {
namespace console {
namespace {

/// contracts/identity-and-security.md §17, all pages and console. No script of the console makes a Trusted Types policy.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

/// The file as it lies in the folder of --web-dir.
std::optional<std::string> read_from_folder(const std::string& folder, const std::string& path) {
  std::ifstream file(folder + "/console/" + path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
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

void get_page(Call& call) {
  call.set_header("Content-Security-Policy", std::string(kPolicy));
  call.set_header("Cross-Origin-Opener-Policy", "same-origin");
  call.set_header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");
  answer_console_file(call, "index.html", "no-cache");
}

void get_asset(Call& call) {
  const std::string& name = call.path("file");
  if (!is_file_name(name)) throw not_found("file");
  answer_console_file(call, "assets/" + name, kImmutableFile);
}

}  // namespace

bool has_console(const Call& call) {
  return !call.services().web_dir.empty() || find_file(console_files(), "index.html") != nullptr;
}

bool is_file_name(std::string_view name) {
  if (name.empty() || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace console

RouteTable console_routes() {
  using namespace console;
  Route open;
  open.is_unsafe_without_csrf = true;
  return {get("/console", "The console", kAnyone, get_page, open),
          get("/console/{page*}", "The console, at one of its pages", kAnyone, get_page, open),
          get("/console/assets/{file}", "The console's content-hashed files", kAnyone, get_asset, open),
          get("/marketplace", "The marketplace", kAnyone, get_page, open),
          get("/marketplace/{page*}", "The marketplace, at one of its pages", kAnyone, get_page, open)};
}

}  // namespace guildhall::api
