// A scanner for the one form of XHTML that pdftotext writes. It is no XML reader on purpose: pdftotext lets control characters
// through that XML forbids, and a page must not be lost over one of them.
#include "extraction/pdf_layout.h"

#include <charconv>

#include "../limits.h"
#include "base/text.h"
#include "extraction/extract.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

/// `name="12.5"` in a tag; 0 when it is not there.
double number_attribute(std::string_view tag, std::string_view name) {
  const std::size_t at = tag.find(name);
  if (at == std::string_view::npos) return 0;
  const char* begin = tag.data() + at + name.size();
  double value = 0;
  const auto [end, error] = std::from_chars(begin, tag.data() + tag.size(), value);
  return error == std::errc() && value > -1e6 && value < 1e6 ? value : 0;
}

/// The five entities pdftotext writes, ligatures taken apart, control characters and broken bytes left out.
std::string clean_text(std::string_view text) {
  static constexpr std::pair<std::string_view, std::string_view> kSpelt[] = {
      {"&amp;", "&"},          {"&lt;", "<"},           {"&gt;", ">"},          {"&quot;", "\""},
      {"&apos;", "'"},         {"\xEF\xAC\x80", "ff"},  {"\xEF\xAC\x81", "fi"}, {"\xEF\xAC\x82", "fl"},
      {"\xEF\xAC\x83", "ffi"}, {"\xEF\xAC\x84", "ffl"}, {"\xC2\xAD", ""},       {"\xC2\xA0", " "},
  };
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    bool is_spelt = false;
    for (const auto& [from, to] : kSpelt) {
      if (!rest.starts_with(from)) continue;
      out += to;
      at += from.size();
      is_spelt = true;
      break;
    }
    if (is_spelt) continue;
    const std::size_t begin = at;
    const std::int32_t c = decode(text, at);
    if (at == begin) ++at;
    if (c >= 0x20 && c != 0x7F && c != 0xFFFD && (c < 0xE000 || c > 0xF8FF)) out.append(text, begin, at - begin);
  }
  return out;
}

/// Gathers the words of a line; its height is the mean of theirs by the length of their text.
class LineOfWords {
 public:
  void add(std::string_view tag, std::string_view text, double page_height) {
    const std::string word = clean_text(text);
    if (trimmed(word).empty()) return;
    const double top = number_attribute(tag, "yMin=\"");
    const double bottom = number_attribute(tag, "yMax=\"");
    const auto weight = static_cast<double>(word.size());
    height_ += (bottom - top) * weight;
    middle_ += (top + bottom) / 2 / (page_height > 0 ? page_height : 1) * weight;
    weight_ += weight;
    if (!text_.empty()) text_ += ' ';
    text_ += word;
  }

  bool is_empty() const { return text_.empty(); }

  PdfLine take() {
    PdfLine line{std::move(text_), height_ / weight_, middle_ / weight_};
    *this = {};
    return line;
  }

 private:
  std::string text_;
  double height_ = 0;
  double middle_ = 0;
  double weight_ = 0;
};

class LayoutScan {
 public:
  explicit LayoutScan(std::string_view xhtml) : xhtml_(xhtml) {}

  PdfLayout run() {
    for (std::size_t at = xhtml_.find('<'); at != std::string_view::npos; at = xhtml_.find('<', at_)) {
      const std::size_t end = std::min(xhtml_.find('>', at), xhtml_.size());
      at_ = std::min(end + 1, xhtml_.size());
      take_tag(xhtml_.substr(at + 1, end - at - 1));
    }
    end_line();
    return std::move(layout_);
  }

 private:
  void take_tag(std::string_view tag) {
    if (tag.starts_with("word ")) {
      line_.add(tag, text_until("</word>"), page_height_);
    } else if (tag == "/line" || tag.starts_with("line ")) {
      end_line();
    } else if (tag.starts_with("block ")) {
      end_line();
      if (!layout_.pages.empty()) layout_.pages.back().blocks.emplace_back();
    } else if (tag.starts_with("page ")) {
      end_line();
      page_height_ = number_attribute(tag, "height=\"");
      layout_.pages.emplace_back();
    } else if (tag == "title" && layout_.pages.empty()) {
      layout_.title = collapsed(clean_text(text_until("</title>")));
    }
  }

  std::string_view text_until(std::string_view close) {
    const std::size_t end = std::min(xhtml_.find(close, at_), xhtml_.size());
    const std::string_view text = xhtml_.substr(at_, end - at_);
    at_ = std::min(end + close.size(), xhtml_.size());
    return text;
  }

  void end_line() {
    if (line_.is_empty()) return;
    PdfLine line = line_.take();
    if (layout_.pages.empty()) return;
    PdfPage& page = layout_.pages.back();
    if (page.blocks.empty()) page.blocks.emplace_back();
    page.blocks.back().push_back(std::move(line));
  }

  std::string_view xhtml_;
  std::size_t at_ = 0;
  PdfLayout layout_;
  LineOfWords line_;
  double page_height_ = 0;
};

}  // namespace

PdfLayout parse_pdf_layout(std::string_view xhtml) {
  return LayoutScan(xhtml).run();
}

}  // namespace guildhall::knowledge
