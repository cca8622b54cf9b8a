// Entity tags: `ETag` on an object, `If-Match` on its change (contracts/registry.md §1).
#pragma once

#include <string>
#include <string_view>

#include "edge/call.h"

namespace guildhall::api {

/// A tag in quotation marks that is another one when any of these members is. They are those a caller may change: progress and
/// counters must not make the tag a person holds stale.
std::string entity_tag(const json::Object& members);

/// Refusal(precondition_failed) unless the call has no If-Match, or one that is `*` or names `tag` in its list.
void require_match(const Call& call, std::string_view tag);

/// Whether an If-Match names the tag. Weak tags never match. Fed by anyone.
bool names_tag(std::string_view if_match, std::string_view tag);

}  // namespace guildhall::api
