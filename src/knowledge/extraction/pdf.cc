// PDF: headings by the size of their type, paragraphs put together across lines, columns and pages, running heads left out.
#include <unicode/uchar.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "../limits.h"
#include "base/text.h"
#include "extraction/extract.h"
#include "extraction/pdf_layout.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

constexpr double kHeadingGrowth = 1.15;
constexpr std::size_t kHeadingLineMax = 160;
/// The part of a page at its top and at its bottom where running heads and page numbers stand.
constexpr double kMargin = 0.12;

/// Sizes that differ by less than half a point are the same.
int size_class(double height) {
  return static_cast<int>(std::lround(height * 2));
}

std::string without_digits(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (is_digit && out.ends_with('#')) continue;
    out += is_digit ? '#' : c;
  }
  return out;
}

bool is_in_margin(const PdfLine& line) {
  return line.y < kMargin || line.y > 1 - kMargin;
}

/// "Returns . . . . . 12" of a table of contents: it would be found for everything and answers nothing.
bool is_contents_line(std::string_view line) {
  return line.find(". . . .") != std::string_view::npos || line.find("......") != std::string_view::npos;
}

/// Drops lines of the margins that stand on three pages word for word, or but for their numbers on a third of all; and the
/// lines of tables of contents.
void drop_page_furniture(PdfLayout& layout) {
  std::map<std::string, std::size_t> pages_with;
  for (const PdfPage& page : layout.pages) {
    std::set<std::string> seen;
    for (const auto& block : page.blocks) {
      for (const PdfLine& line : block) {
        if (!is_in_margin(line)) continue;
        seen.insert(line.text);
        seen.insert("#" + without_digits(line.text));
      }
    }
    for (const std::string& text : seen) ++pages_with[text];
  }
  const std::size_t enough = std::max<std::size_t>(3, layout.pages.size() / 3);
  const auto is_furniture_line = [&](const PdfLine& line) {
    return is_contents_line(line.text) ||
           (is_in_margin(line) && (pages_with[line.text] >= 3 || pages_with["#" + without_digits(line.text)] >= enough));
  };
  for (PdfPage& page : layout.pages) {
    for (auto& block : page.blocks) {
      std::erase_if(block, is_furniture_line);
    }
  }
}

/// The size most of the text is set in.
double body_height(const PdfLayout& layout) {
  std::map<int, std::size_t> bytes_of;
  for (const PdfPage& page : layout.pages) {
    for (const auto& block : page.blocks) {
      for (const PdfLine& line : block) bytes_of[size_class(line.height)] += line.text.size();
    }
  }
  const auto most =
      std::max_element(bytes_of.begin(), bytes_of.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == bytes_of.end() ? 0 : most->first / 2.0;
}

std::int32_t first_character(std::string_view text) {
  std::size_t at = 0;
  return text.empty() ? 0 : decode(text, at);
}

std::int32_t last_character(std::string_view text) {
  std::size_t at = text.size();
  while (at > 0 && (static_cast<unsigned char>(text[at - 1]) & 0xC0) == 0x80) --at;
  if (at == 0) return 0;
  --at;
  return decode(text, at);
}

/// Written without spaces between words: Han, kana, Thai and their punctuation.
bool is_unspaced(std::int32_t c) {
  return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x2E80 && c <= 0xA4CF && !(c >= 0x3130 && c <= 0x318F)) ||
         (c >= 0xFF00 && c <= 0xFFEF);
}

/// Joins a line to the text before it: a word divided at the line end becomes whole again.
void join_line(std::string& text, std::string_view line) {
  const std::int32_t next = first_character(line);
  if (text.size() >= 2 && text.back() == '-' && u_islower(next) && u_isalpha(last_character(text.substr(0, text.size() - 1)))) {
    text.pop_back();
  } else if (!text.empty() && !(is_unspaced(last_character(text)) && is_unspaced(next))) {
    text += ' ';
  }
  text += line;
}

bool ends_sentence(std::string_view text) {
  const std::int32_t c = last_character(text);
  for (const std::int32_t end : {0x2E, 0x21, 0x3F, 0x3A, 0x3B, 0x3002, 0xFF01, 0xFF1F, 0x2026, 0x06D4, 0x0964}) {
    if (c == end) return true;
  }
  return false;
}

/// "2.1 Title": how many numbers stand before the title; 0 when the line is no such heading.
int numbered_depth(std::string_view line) {
  int numbers = 0;
  std::size_t at = 0;
  while (at < line.size() && line[at] >= '0' && line[at] <= '9' && numbers < 6) {
    while (at < line.size() && line[at] >= '0' && line[at] <= '9') ++at;
    ++numbers;
    if (at < line.size() && line[at] == '.') ++at;
  }
  const bool has_title = at < line.size() && line[at] == ' ' && u_isupper(first_character(line.substr(at + 1)));
  return numbers >= 2 && has_title && line.size() <= 80 && !ends_sentence(line) ? numbers : 0;
}

/// A bullet that stands apart from the text it belongs to.
bool is_lone_bullet(std::string_view text) {
  for (const std::string_view bullet : {"•", "◦", "▪", "●", "○", "■", "–", "-"}) {
    if (text == bullet) return true;
  }
  return false;
}

/// A title that is the name of the file it was once written in says nothing.
bool is_telling_title(std::string_view title) {
  const std::string lower = ascii_lower(title);
  if (lower.size() < 3 || lower.starts_with("microsoft word") || lower.starts_with("untitled")) return false;
  for (const std::string_view ending :
       {".doc", ".docx", ".pdf", ".indd", ".tex", ".dvi", ".odt", ".rtf", ".ppt", ".pptx", ".xls"}) {
    if (lower.ends_with(ending)) return false;
  }
  return true;
}

class PdfDocument {
 public:
  explicit PdfDocument(const PdfLayout& layout) : body_(body_height(layout)) { rank_sizes(layout); }

  void add_page(const PdfPage& page, int number) {
    page_ = number;
    for (const auto& lines : page.blocks) add_block(lines);
  }

  Extracted extracted;

 private:
  bool is_heading(const PdfLine& line) const {
    return line.height >= body_ * kHeadingGrowth && line.text.size() <= kHeadingLineMax;
  }

  void rank_sizes(const PdfLayout& layout) {
    std::set<int, std::greater<>> sizes;
    for (const PdfPage& page : layout.pages) {
      for (const auto& block : page.blocks) {
        for (const PdfLine& line : block) {
          if (is_heading(line)) sizes.insert(size_class(line.height));
        }
      }
    }
    for (const int size : sizes) levels_.emplace(size, std::min(6, static_cast<int>(levels_.size()) + 1));
  }

  void add_block(const std::vector<PdfLine>& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const PdfLine& line = lines[i];
      if (is_heading(line)) {
        const int level = levels_.at(size_class(line.height));
        const bool continues = i > 0 && is_heading(lines[i - 1]) && size_class(lines[i - 1].height) == size_class(line.height);
        add_heading(line.text, level, continues);
      } else if (const int depth = lines.size() == 1 ? numbered_depth(line.text) : 0; depth > 0) {
        add_heading(line.text, std::min(6, static_cast<int>(levels_.size()) + depth - 1), false);
      } else {
        add_text(line.text, i == 0);
      }
    }
  }

  void add_heading(const std::string& text, int level, bool continues) {
    if (continues) {
      join_line(extracted.blocks.back().text, text);
    } else {
      extracted.blocks.push_back(heading_block(std::max(level, 1), text, {}));
      extracted.blocks.back().page = page_;
    }
  }

  /// The first line of a block goes on with the text before it when that stopped in the middle of a sentence.
  void add_text(const std::string& text, bool begins_block) {
    const bool is_item = is_list_item(text);
    Block* last = extracted.blocks.empty() ? nullptr : &extracted.blocks.back();
    if (last != nullptr && is_lone_bullet(last->text)) {
      *last = text_block(BlockKind::list_item, "- " + text);
      last->page = page_;
      return;
    }
    const bool follows_text = last != nullptr && last->kind != BlockKind::heading;
    const bool continues =
        follows_text && !is_item && (!begins_block || (!ends_sentence(last->text) && u_islower(first_character(text))));
    if (continues) {
      join_line(last->text, text);
      return;
    }
    extracted.blocks.push_back(text_block(is_item ? BlockKind::list_item : BlockKind::paragraph, text));
    extracted.blocks.back().page = page_;
  }

  double body_;
  std::map<int, int> levels_;  ///< by size class
  int page_ = 0;
};

/// The first of the largest headings on the first two pages.
std::string largest_heading(const Extracted& extracted) {
  const Block* largest = nullptr;
  for (const Block& block : extracted.blocks) {
    if (block.kind == BlockKind::heading && block.page <= 2 && (largest == nullptr || block.level < largest->level)) {
      largest = &block;
    }
  }
  return largest == nullptr ? std::string() : largest->text;
}

/// True when the title of the properties stands on the first two pages too, so that it is no leftover of a template.
bool is_printed(std::string_view title, const Extracted& extracted) {
  const std::string wanted = ascii_lower(title);
  for (const Block& block : extracted.blocks) {
    if (block.page > 2) break;
    if (ascii_lower(block.text).find(wanted) != std::string::npos) return true;
  }
  return false;
}

/// The title of the properties when it is printed, else the largest heading, else the title after all.
std::string pdf_title(const std::string& property, const Extracted& extracted) {
  const std::string heading = largest_heading(extracted);
  const std::string title = is_telling_title(property) ? property : std::string();
  return heading.empty() || (!title.empty() && is_printed(title, extracted)) ? title : heading;
}

}  // namespace

Extracted extract_pdf_layout(std::string_view layout_text) {
  PdfLayout layout = parse_pdf_layout(layout_text);
  const auto pages = static_cast<int>(layout.pages.size());
  if (pages > kPdfPagesMax) {
    throw ExtractionFailure("too_large", "the PDF has more than " + std::to_string(kPdfPagesMax) + " pages; split it");
  }
  if (pages == 0) throw ExtractionFailure("damaged", "the PDF has no page that can be read; export or print it to PDF again");
  std::vector<int> without_text;
  for (int i = 0; i < pages; ++i) {
    const auto& blocks = layout.pages[static_cast<std::size_t>(i)].blocks;
    if (std::all_of(blocks.begin(), blocks.end(), [](const auto& block) { return block.empty(); })) without_text.push_back(i + 1);
  }
  if (without_text.size() == layout.pages.size()) {
    throw ExtractionFailure("no_text",
                            "the PDF holds pictures of text only; run text recognition (OCR) over it and upload the result");
  }
  drop_page_furniture(layout);
  PdfDocument document(layout);
  for (int i = 0; i < pages; ++i) document.add_page(layout.pages[static_cast<std::size_t>(i)], i + 1);
  Extracted extracted = std::move(document.extracted);
  extracted.title = pdf_title(layout.title, extracted);
  extracted.pages = pages;
  extracted.pages_without_text = std::move(without_text);
  return extracted;
}

}  // namespace guildhall::knowledge
