// Serving the console: the same page under each of its areas, and the content-hashed files it loads.
#include "edge/console_files.h"
#include "edge/files.h"
#include "edge/tables.h"

namespace guildhall::api {
namespace console {
namespace {

/// contracts/identity-and-security.md §17, all pages and console. No script of the console makes a Trusted Types policy.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

void get_page(Call& call) {
  call.set_header("Content-Security-Policy", std::string(kPolicy));
  call.set_header("Cross-Origin-Opener-Policy", "same-origin");
  call.set_header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()");
  answer_console_file(call, "index.html", "no-cache");
}

void get_asset(Call& call) {
  const std::string& name = call.path("file");
  if (!is_console_file_name(name)) throw not_found("file");
  answer_console_file(call, "assets/" + name, kImmutableFile);
}

}  // namespace

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
