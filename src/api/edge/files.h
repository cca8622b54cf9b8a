// Files as answers: entity tags, compressed forms, the files that travel inside the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/embedded_file.h"
#include "edge/call.h"

namespace guildhall::api {

/// For files whose name is stable: asked for again after five minutes.
inline constexpr std::string_view kStableFile = "public, max-age=300, stale-while-revalidate=86400";
/// For files whose name carries a hash of their content.
inline constexpr std::string_view kImmutableFile = "public, max-age=31536000, immutable";

std::string_view content_type_of(std::string_view path);
/// Null when there is no such file.
const EmbeddedFile* find_file(const std::vector<EmbeddedFile>& files, std::string_view path);
/// Whether an Accept-Encoding takes a coding ("gzip", "br").
bool takes_coding(std::string_view accept_encoding, std::string_view coding);
/// A validator of the content.
std::string entity_tag(std::string_view bytes);
/// 200 with the file, 304 when the browser has it; a precompressed `<path>.br` or `<path>.gz` of `files` where it is wanted and
/// there.
void answer_file(Call& call, const std::vector<EmbeddedFile>& files, const EmbeddedFile& file, std::string_view cache_control);

}  // namespace guildhall::api
