// What precedes the Markdown parser: front matter, MDX imports and tags.
#pragma once

#include <string>
#include <string_view>

namespace guildhall::knowledge {

struct MarkdownSource {
  std::string title;  ///< of the front matter
  std::string body;   ///< Markdown without front matter, imports, exports and tags; the text inside tags stays
  bool had_tags = false;
};

MarkdownSource prepare_markdown(std::string_view text);

}  // namespace guildhall::knowledge
