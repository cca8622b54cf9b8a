// Serving files with entity tags and compressed forms.
#include "edge/files.h"

#include "base/hash.h"
#include "base/text.h"

namespace guildhall::api {
namespace {

struct CompressedForm {
  std::string_view coding;
  std::string_view suffix;
};
/// The smaller one first.
constexpr CompressedForm kCompressedForms[] = {{"br", ".br"}, {"gzip", ".gz"}};

}  // namespace

std::string_view content_type_of(std::string_view path) {
  if (path.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (path.ends_with(".css")) return "text/css; charset=utf-8";
  if (path.ends_with(".html")) return "text/html; charset=utf-8";
  if (path.ends_with(".json")) return "application/json; charset=utf-8";
  if (path.ends_with(".svg")) return "image/svg+xml";
  if (path.ends_with(".woff2")) return "font/woff2";
  return "application/octet-stream";
}

const EmbeddedFile* find_file(const std::vector<EmbeddedFile>& files, std::string_view path) {
  for (const EmbeddedFile& file : files)
    if (file.path == path) return &file;
  return nullptr;
}

bool takes_coding(std::string_view accept_encoding, std::string_view coding) {
  for (const std::string_view part : split(accept_encoding, ',')) {
    const auto pieces = split(part, ';');
    if (!equals_ignoring_case(trimmed(pieces.front()), coding)) continue;
    const std::string weight = pieces.size() > 1 ? ascii_lower(trimmed(pieces[1])) : "q=1";
    return weight != "q=0" && weight != "q=0.0" && weight != "q=0.00" && weight != "q=0.000";
  }
  return false;
}

std::string entity_tag(std::string_view bytes) {
  const Sha256 digest = sha256(bytes);
  // Weak, because the plain and the compressed forms share it.
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
  const auto accepted = call.request().headers.get_or("accept-encoding", "");
  for (const auto& form : kCompressedForms) {
    if (!takes_coding(accepted, form.coding)) continue;
    const EmbeddedFile* packed = find_file(files, std::string(file.path) + std::string(form.suffix));
    if (packed == nullptr) continue;
    call.set_header("Content-Encoding", std::string(form.coding));
    return call.answer_bytes(std::string(packed->bytes), content_type_of(file.path));
  }
  call.answer_bytes(std::string(file.bytes), content_type_of(file.path));
}

}  // namespace guildhall::api
