// A file as text, without indexing it: for components that read uploaded files.
#pragma once

#include <string>
#include <string_view>

namespace guildhall::knowledge {

/// Markdown and plain text as they are, decoded; HTML as what a reader sees. Refusal(unsupported_media_type) for anything else,
/// Refusal(component_error) for text that is empty, broken or too complex.
std::string readable_text(std::string_view content, std::string_view filename);

}  // namespace guildhall::knowledge
