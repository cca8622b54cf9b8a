// Plain text: paragraphs between empty lines, underlined headings, list lines.
#include "base/text.h"
#include "extraction/extract.h"

namespace guildhall::knowledge {
namespace {

constexpr std::size_t kTitleLineMax = 80;
/// A line at least this long was probably wrapped, so the next one continues it.
constexpr std::size_t kWrappedLineMin = 45;

bool is_underline(std::string_view line) {
  return line.size() >= 3 &&
         (line.find_first_not_of('=') == std::string_view::npos || line.find_first_not_of('-') == std::string_view::npos);
}

class PlainReader {
 public:
  explicit PlainReader(std::string_view text) : lines_(split(text, '\n')) {}

  Extracted read() {
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const std::string_view line = trimmed(lines_[i]);
      if (line.empty()) {
        flush();
      } else if (i + 1 < lines_.size() && current_.empty() && is_underline(trimmed(lines_[i + 1])) && !is_underline(line)) {
        add_heading(line, trimmed(lines_[i + 1])[0] == '=' ? 1 : 2);
        ++i;
      } else if (is_title_line(i, line)) {
        add_heading(line, 1);
      } else {
        add_line(line);
      }
    }
    flush();
    return std::move(extracted_);
  }

 private:
  /// The first line of the text, short, alone and followed by more.
  bool is_title_line(std::size_t i, std::string_view line) const {
    return extracted_.blocks.empty() && current_.empty() && code_points(line) <= kTitleLineMax && !is_list_item(line) &&
           line.back() != '.' && i + 2 < lines_.size() && trimmed(lines_[i + 1]).empty();
  }

  void add_heading(std::string_view line, int level) {
    flush();
    if (extracted_.title.empty() && extracted_.blocks.empty()) extracted_.title = collapsed(line);
    extracted_.blocks.push_back(heading_block(level, collapsed(line), {}));
  }

  void add_line(std::string_view line) {
    if (is_list_item(line)) {
      flush();
      is_item_ = true;
    } else if (!current_.empty() && last_length_ < kWrappedLineMin && !is_item_) {
      current_ += '\n';
      current_ += collapsed(line);
      last_length_ = code_points(line);
      return;
    }
    if (!current_.empty()) current_ += ' ';
    current_ += collapsed(line);
    last_length_ = code_points(line);
  }

  void flush() {
    if (!current_.empty()) {
      extracted_.blocks.push_back(text_block(is_item_ ? BlockKind::list_item : BlockKind::paragraph, std::move(current_)));
    }
    current_.clear();
    is_item_ = false;
    last_length_ = 0;
  }

  std::vector<std::string_view> lines_;
  Extracted extracted_;
  std::string current_;
  bool is_item_ = false;
  std::size_t last_length_ = 0;
};

}  // namespace

bool is_list_item(std::string_view line) {
  if (line.starts_with("- ") || line.starts_with("* ") || line.starts_with("• ")) return true;
  std::size_t digits = 0;
  while (digits < line.size() && digits < 4 && line[digits] >= '0' && line[digits] <= '9') ++digits;
  return digits > 0 && digits + 1 < line.size() && (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ';
}

Extracted extract_plain(std::string_view text) {
  return PlainReader(text).read();
}

}  // namespace guildhall::knowledge
