// Filling the sample shop page with the widget's key.
#include "widget/demo.h"

#include <algorithm>

#include "base/text.h"
#include "edge/files.h"
#include "embedded_files.h"
#include "widget/routes.h"

namespace guildhall::api::widget_dialect {
namespace {

constexpr std::string_view kPlace = "{{widget_key}}";
constexpr std::size_t kKeyCharactersMin = 16;
constexpr std::size_t kKeyCharactersMax = 64;

/// contracts/identity-and-security.md §17, all pages; the widget runs under it unchanged, with its one Trusted Types policy.
constexpr std::string_view kShopPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types guildhall";

void get_shop(Call& call) {
  std::string key = call.query("key");
  if (key.empty()) key = call.services().demo_widget_key;
  if (key.empty()) throw Refusal(Code::not_found, "this installation has no sample shop; start the server with --demo");
  if (!is_widget_key(key)) throw invalid_field("key", "must be a widget key, pk_…");
  const EmbeddedFile* page = find_file(shop_files(), "index.html");
  if (page == nullptr) throw not_found("page");
  call.set_header("Content-Security-Policy", std::string(kShopPolicy));
  call.set_header("Cross-Origin-Opener-Policy", "same-origin");
  call.set_header("Cache-Control", "no-store");
  call.answer_bytes(page_with_key(page->bytes, key), content_type_of(page->path));
}

void get_shop_file(Call& call) {
  const EmbeddedFile* file = find_file(shop_files(), call.path("file"));
  if (file == nullptr || file->path == "index.html") throw not_found("file");
  call.set_header("Content-Security-Policy", "default-src 'none'; sandbox");
  answer_file(call, shop_files(), *file, "public, max-age=300");
}

}  // namespace

bool is_widget_key(std::string_view text) {
  if (!text.starts_with("pk_")) return false;
  const std::string_view random = text.substr(3);
  if (random.size() < kKeyCharactersMin || random.size() > kKeyCharactersMax) return false;
  return std::all_of(random.begin(), random.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
}

std::string page_with_key(std::string_view page, std::string_view widget_key) {
  return replaced(page, kPlace, widget_key);
}

RouteTable demo_routes() {
  Route page;
  page.query = {{"key"}};
  page.is_unsafe_without_csrf = true;
  Route file;
  file.is_unsafe_without_csrf = true;
  return {get("/demo", "The sample shop with the widget on it", kAnyone, get_shop, page),
          get("/demo/{file}", "Its style, script and pictures", kAnyone, get_shop_file, file)};
}

}  // namespace guildhall::api::widget_dialect
