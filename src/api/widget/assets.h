// Files that travel inside the program, as answers with caching.
#pragma once

#include <string>
#include <string_view>

#include "base/embedded_file.h"
#include "edge/call.h"

namespace guildhall::api::widget_dialect {

std::string_view content_type_of(std::string_view path);
/// Null when there is no such file.
const EmbeddedFile* find_file(const std::vector<EmbeddedFile>& files, std::string_view path);
/// Whether an Accept-Encoding takes gzip.
bool takes_gzip(std::string_view accept_encoding);
/// A validator of the content.
std::string entity_tag(std::string_view bytes);
/// 200 with the file, 304 when the browser has it; the precompressed `<path>.gz` of `files` where it is wanted and there.
void answer_file(Call& call, const std::vector<EmbeddedFile>& files, const EmbeddedFile& file, std::string_view cache_control);

}  // namespace guildhall::api::widget_dialect
