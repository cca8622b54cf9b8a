// The widget's scripts, for pages of other sites.
#include "edge/files.h"
#include "embedded_files.h"
#include "widget/routes.h"

namespace guildhall::api::widget_dialect {
namespace {

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
  answer_asset(call, "loader.js", kStableFile);
}
void get_asset(Call& call) {
  const std::string& path = call.path("file");
  answer_asset(call, path, path == "manifest.json" ? kStableFile : kImmutableFile);
}

}  // namespace

RouteTable asset_routes() {
  Route row;
  row.is_unsafe_without_csrf = true;
  return {get("/widget/v1/loader.js", "The script a page carries", kAnyone, get_loader, row),
          get("/widget/v1/{file}", "Its content-hashed parts, and the manifest with their SRI hashes", kAnyone, get_asset, row)};
}

}  // namespace guildhall::api::widget_dialect
