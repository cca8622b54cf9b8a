// Making and comparing entity tags.
#include "edge/entity_tag.h"

#include "base/hash.h"
#include "base/text.h"

namespace guildhall::api {

std::string entity_tag(const json::Object& members) {
  constexpr std::size_t kTagBytes = 12;
  const Sha256 digest = sha256(json::write(members));
  return "\"" + to_hex(bytes_of(digest).substr(0, kTagBytes)) + "\"";
}

bool names_tag(std::string_view if_match, std::string_view tag) {
  for (const std::string_view each : split(if_match, ',')) {
    const std::string_view named = trimmed(each);
    if (named == "*" || named == tag) return true;
  }
  return false;
}

void require_match(const Call& call, std::string_view tag) {
  const auto header = call.request().headers.get("if-match");
  if (!header || names_tag(*header, tag)) return;
  throw Refusal(Code::precondition_failed,
                "this was changed since it was read, or If-Match does not name its ETag; read it again");
}

}  // namespace guildhall::api
