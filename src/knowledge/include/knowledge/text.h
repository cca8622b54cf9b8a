// A file as text, without indexing it: for components that read uploaded files.
#pragma once

#include <string>
#include <string_view>

namespace guildhall::knowledge {

class Extractor;

/// Markdown, CSV and plain text as they are, decoded; HTML, DOCX and PDF as what a reader sees. Refusal(unsupported_media_type)
/// for anything else, Refusal(component_error) for a file that is empty, broken, protected or too complex.
std::string readable_text(const Extractor& extractor, std::string_view content, std::string_view filename);

}  // namespace guildhall::knowledge
