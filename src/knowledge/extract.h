// From bytes to blocks: what a document says, in order. The bytes come from anyone.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace guildhall::knowledge {

enum class BlockKind : std::uint8_t { heading, paragraph, list_item, table_row, code };

struct Block {
  BlockKind kind = BlockKind::paragraph;
  int level = 0;       ///< heading: 1–6; list item: depth from 0
  std::string text;    ///< one line, but for code; list items with their marker, table rows between bars
  std::string anchor;  ///< of headings: what a URL may name after `#`
  std::string header;  ///< of table rows: the row that names the columns, empty when there is none
  int table = 0;       ///< rows of one table share its number
};

struct Extracted {
  std::string title;  ///< empty when the document names none
  std::vector<Block> blocks;
};

/// Ends extraction; the document becomes FAILED with this code and message.
class ExtractionFailure : public std::exception {
 public:
  ExtractionFailure(std::string failure_code, std::string text) : code(std::move(failure_code)), message(std::move(text)) {}
  const char* what() const noexcept override { return message.c_str(); }

  std::string code;
  std::string message;
};

enum class ContentType : std::uint8_t { markdown, html, text };
std::string_view media_type(ContentType type);

/// Decides from the bytes; the name only settles whether text without any mark-up is Markdown.
/// Refusal(unsupported_media_type) for anything that is not Markdown, HTML or text.
ContentType sniff(std::string_view content, std::string_view filename);

/// Valid UTF-8 with line feeds, without byte order mark and NUL. UTF-16 with a byte order mark is converted; other encodings
/// are ExtractionFailure("unsupported_encoding").
std::string decoded_text(std::string_view content);

/// The blocks of a document. ExtractionFailure: "empty", "unsupported_encoding", "too_complex".
Extracted extract(std::string_view content, ContentType type, std::string_view filename);

// The formats; each takes decoded text.
Extracted extract_markdown(std::string_view text);
Extracted extract_html(std::string_view text);
Extracted extract_plain(std::string_view text);

/// Heading anchors as GitHub makes them, numbered when they repeat.
class AnchorNames {
 public:
  std::string name(std::string_view heading);

 private:
  std::unordered_map<std::string, int> used_;
};

/// White space runs as one space, none at the ends.
std::string collapsed(std::string_view text);
/// "| a | b |"
std::string table_row_text(const std::vector<std::string>& cells);

}  // namespace guildhall::knowledge
