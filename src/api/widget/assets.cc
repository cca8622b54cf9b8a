// Serving embedded files with entity tags and compressed forms.
#include "widget/assets.h"

#include "base/hash.h"
#include "base/text.h"
#include "embedded_files.h"
#include "widget/routes.h"

namespace guildhall::api::widget_dialect {
namespace {

constexpr std::string_view kStable = "public, max-age=300, stale-while-revalidate=86400";
constexpr std::string_view kImmutable = "public, max-age=31536000, immutable";

/// The scripts are for pages of other sites: cross-origin isolation there must not keep them out.
void answer_asset(Call& call, std::string_view path, std::string_view cache_control) {
  const EmbeddedFile* file = path.ends_with(".js") || path == "manifest.json" ? find_file(widget_files(), path) : nullptr;
  if (file == nullptr) {
    if (widget_files().empty())
      throw Refusal(Code::not_found,
                    "this server was built without its web part; run ./dev build, which builds it, and start again");
    throw not_found("file");
  }
  call.set_header("Cross-Origin-Resource-Policy", "cross-origin");
  answer_file(call, widget_files(), *file, cache_control);
}

void get_loader(Call& call) {
  answer_asset(call, "loader.js", kStable);
}
void get_asset(Call& call) {
  const std::string& path = call.path("file");
  answer_asset(call, path, path == "manifest.json" ? kStable : kImmutable);
}

}  // namespace

std::string_view content_type_of(std::string_view path) {
  if (path.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (path.ends_with(".css")) return "text/css; charset=utf-8";
  if (path.ends_with(".html")) return "text/html; charset=utf-8";
  if (path.ends_with(".json")) return "application/json; charset=utf-8";
  if (path.ends_with(".svg")) return "image/svg+xml";
  return "application/octet-stream";
}

const EmbeddedFile* find_file(const std::vector<EmbeddedFile>& files, std::string_view path) {
  for (const EmbeddedFile& file : files)
    if (file.path == path) return &file;
  return nullptr;
}

bool takes_gzip(std::string_view accept_encoding) {
  for (const std::string_view part : split(accept_encoding, ',')) {
    const auto pieces = split(part, ';');
    if (!equals_ignoring_case(trimmed(pieces.front()), "gzip")) continue;
    const std::string weight = pieces.size() > 1 ? ascii_lower(trimmed(pieces[1])) : "q=1";
    return weight != "q=0" && weight != "q=0.0" && weight != "q=0.00" && weight != "q=0.000";
  }
  return false;
}

std::string entity_tag(std::string_view bytes) {
  const Sha256 digest = sha256(bytes);
  // Weak, because the plain and the compressed form share it.
  return "W/\"" + to_hex(bytes_of(digest)).substr(0, 32) + "\"";
}

void answer_file(Call& call, const std::vector<EmbeddedFile>& files, const EmbeddedFile& file, std::string_view cache_control) {
  const std::string tag = entity_tag(file.bytes);
  call.set_header("ETag", tag);
  call.set_header("Cache-Control", std::string(cache_control));
  call.set_header("Vary", "Accept-Encoding");
  if (call.request().headers.get_or("if-none-match", "").find(tag) != std::string_view::npos) {
    call.set_status(304);
    return call.answer_empty();
  }
  const EmbeddedFile* packed = find_file(files, std::string(file.path) + ".gz");
  if (packed != nullptr && takes_gzip(call.request().headers.get_or("accept-encoding", ""))) {
    call.set_header("Content-Encoding", "gzip");
    return call.answer_bytes(std::string(packed->bytes), content_type_of(file.path));
  }
  call.answer_bytes(std::string(file.bytes), content_type_of(file.path));
}

RouteTable asset_routes() {
  Route row;
  row.is_unsafe_without_csrf = true;
  return {get("/widget/v1/loader.js", "The script a page carries", kAnyone, get_loader, row),
          get("/widget/v1/{file}", "Its content-hashed parts, and the manifest with their SRI hashes", kAnyone, get_asset, row)};
}

}  // namespace guildhall::api::widget_dialect
