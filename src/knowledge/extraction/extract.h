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
  int level = 0;            ///< heading: 1–6; list item: depth from 0
  std::string text;         ///< one line, but for code; list items with their marker, table rows between bars
  std::string anchor;       ///< of headings: what a URL may name after `#`
  int header = -1;          ///< of table rows: which of `Extracted::headers` names the columns, -1 when none does
  int table = 0;            ///< rows of one table share its number
  int page = 0;             ///< from 1; 0 in formats without pages
  bool is_passage = false;  ///< a passage of its own, never packed with its neighbours: a row of a CSV file
  std::string question;     ///< set for a question–answer pair; `text` is then the answer
};

Block heading_block(int level, std::string text, std::string anchor);
Block text_block(BlockKind kind, std::string text, int level = 0);
/// A row of `table`, named by the header row of that index or by none (-1).
Block row_block(std::string text, int table, int header);

/// What an HTML page says to crawlers, in its own words: nothing here is checked.
struct CrawlerNotes {
  std::string base;
  std::string canonical;
  std::string directives;          ///< of its <meta name="robots"> and the crawler's own, separated by commas
  std::vector<std::string> links;  ///< in the order of the page, without those marked nofollow
};

struct Extracted {
  std::string title;  ///< empty when the document names none
  std::vector<Block> blocks;
  std::vector<std::string> headers;     ///< rows that name the columns of tables
  std::vector<int> pages_without_text;  ///< of a PDF, ascending
  int pages = 0;                        ///< of a PDF
  CrawlerNotes crawler;                 ///< of a page read with extract_page

  /// The row that names the columns of a table row; empty when there is none.
  std::string_view header_of(const Block& block) const {
    return block.header < 0 ? std::string_view() : std::string_view(headers[static_cast<std::size_t>(block.header)]);
  }
};

/// Ends extraction; the document becomes FAILED with this code and message.
class ExtractionFailure : public std::exception {
 public:
  ExtractionFailure(std::string failure_code, std::string text) : code(std::move(failure_code)), message(std::move(text)) {}
  const char* what() const noexcept override { return message.c_str(); }

  std::string code;
  std::string message;
};

enum class ContentType : std::uint8_t { markdown, html, text, csv, docx, pdf };
std::string_view media_type(ContentType type);

/// Decides from the bytes without parsing them; the name only settles whether text without any mark-up is Markdown or CSV.
/// Refusal(unsupported_media_type) for anything that is none of the types.
ContentType sniff(std::string_view content, std::string_view filename);

/// Valid UTF-8 with line feeds, without byte order mark and NUL. UTF-16 with a byte order mark is converted; other encodings
/// are ExtractionFailure("unsupported_encoding").
std::string decoded_text(std::string_view content);

/// The blocks of a document, parsed in this process: what the sandboxed child runs. Of a PDF `content` is the layout that
/// pdftotext wrote. ExtractionFailure: "empty", "no_text", "unsupported", "unsupported_encoding", "too_complex", "too_large",
/// "damaged", "encrypted", "unsafe".
Extracted extract(std::string_view content, ContentType type, std::string_view filename);

// The formats; the first four take decoded text.
Extracted extract_markdown(std::string_view text);
Extracted extract_html(std::string_view text);
/// The same with what the page says to crawlers. A page without text is no failure: it may link to others.
Extracted extract_page(std::string_view text);
Extracted extract_plain(std::string_view text);
Extracted extract_csv(std::string_view text);
Extracted extract_docx(std::string_view archive);
/// Takes the output of `pdftotext -bbox-layout`: pages, blocks, lines and words with their places.
Extracted extract_pdf_layout(std::string_view layout);

/// True when the text is rows of one delimiter; a name that says so needs less evidence.
bool looks_like_csv(std::string_view head, bool is_named_csv);

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
/// "- ", "* ", "• ", "1. " or "1) " at the beginning.
bool is_list_item(std::string_view line);

}  // namespace guildhall::knowledge
