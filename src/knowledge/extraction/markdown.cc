// Markdown and MDX by md4c.
#include <md4c.h>

#include <map>

#include "base/text.h"
#include "extraction/extract.h"
#include "extraction/markdown_source.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

std::string_view attribute_text(const MD_ATTRIBUTE& attribute) {
  return {attribute.text, attribute.size};
}

/// The entities people write by hand; others stay as they are.
std::string decoded_entity(std::string_view entity) {
  static const std::map<std::string_view, std::string_view> kNamed = {
      {"&amp;", "&"},    {"&lt;", "<"},    {"&gt;", ">"},    {"&quot;", "\""},  {"&apos;", "'"},   {"&nbsp;", " "},
      {"&copy;", "©"},   {"&reg;", "®"},   {"&trade;", "™"}, {"&mdash;", "—"},  {"&ndash;", "–"},  {"&hellip;", "…"},
      {"&rsquo;", "’"},  {"&lsquo;", "‘"}, {"&rdquo;", "”"}, {"&ldquo;", "“"},  {"&laquo;", "«"},  {"&raquo;", "»"},
      {"&euro;", "€"},   {"&pound;", "£"}, {"&times;", "×"}, {"&rarr;", "→"},   {"&larr;", "←"},   {"&deg;", "°"},
      {"&middot;", "·"}, {"&bull;", "•"},  {"&auml;", "ä"},  {"&ouml;", "ö"},   {"&uuml;", "ü"},   {"&Auml;", "Ä"},
      {"&Ouml;", "Ö"},   {"&Uuml;", "Ü"},  {"&szlig;", "ß"}, {"&eacute;", "é"}, {"&ntilde;", "ñ"},
  };
  if (const auto found = kNamed.find(entity); found != kNamed.end()) return std::string(found->second);
  if (!entity.starts_with("&#") || !entity.ends_with(';')) return std::string(entity);
  const bool hexadecimal = entity.size() > 3 && (entity[2] == 'x' || entity[2] == 'X');
  std::int32_t code = 0;
  for (const char c : entity.substr(hexadecimal ? 3 : 2, entity.size() - (hexadecimal ? 4 : 3))) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : 16;
    if (digit >= (hexadecimal ? 16 : 10) || code > 0x10FFFF) return std::string(entity);
    code = code * (hexadecimal ? 16 : 10) + digit;
  }
  std::string out;
  if (code > 0) append_utf8(out, code);
  return out;
}

/// Receives md4c's events and keeps the blocks. Lists nest, tables and code do not.
class MarkdownReader {
 public:
  void enter(MD_BLOCKTYPE type, void* detail) {
    switch (type) {
      case MD_BLOCK_UL:
        flush();
        lists_.push_back({-1});
        break;
      case MD_BLOCK_OL:
        flush();
        lists_.push_back({static_cast<std::int64_t>(static_cast<MD_BLOCK_OL_DETAIL*>(detail)->start)});
        break;
      case MD_BLOCK_LI:
        flush();
        begin_item();
        break;
      case MD_BLOCK_CODE: enter_code(*static_cast<MD_BLOCK_CODE_DETAIL*>(detail)); break;
      case MD_BLOCK_TABLE:
        flush();
        ++table_;
        header_ = -1;
        break;
      case MD_BLOCK_TR: cells_.clear(); break;
      case MD_BLOCK_H:
      case MD_BLOCK_P:
      case MD_BLOCK_QUOTE:
      case MD_BLOCK_HR: flush(); break;
      default: break;
    }
  }

  void leave(MD_BLOCKTYPE type, void* detail) {
    switch (type) {
      case MD_BLOCK_UL:
      case MD_BLOCK_OL:
        flush();
        lists_.pop_back();
        break;
      case MD_BLOCK_LI:
        flush();
        marker_.clear();
        break;
      case MD_BLOCK_H: add_heading(static_cast<int>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level)); break;
      case MD_BLOCK_CODE: add_code(); break;
      case MD_BLOCK_TH:
      case MD_BLOCK_TD:
        cells_.push_back(collapsed(text_));
        text_.clear();
        break;
      case MD_BLOCK_TR: add_row(); break;
      case MD_BLOCK_P:
      case MD_BLOCK_QUOTE:
      case MD_BLOCK_DOC: flush(); break;
      default: break;
    }
    if (type == MD_BLOCK_THEAD && !extracted.blocks.empty() && extracted.blocks.back().table == table_) {
      header_ = static_cast<int>(extracted.headers.size());
      extracted.headers.push_back(extracted.blocks.back().text);
    }
  }

  void text(MD_TEXTTYPE type, std::string_view part) {
    switch (type) {
      case MD_TEXT_HTML: break;
      case MD_TEXT_NULLCHAR: break;
      case MD_TEXT_BR:
      case MD_TEXT_SOFTBR: text_ += in_code_ ? '\n' : ' '; break;
      case MD_TEXT_ENTITY: text_ += decoded_entity(part); break;
      default: text_ += part;
    }
  }

  Extracted extracted;

 private:
  struct List {
    std::int64_t next = -1;  ///< the next number; -1 for bullets
  };

  void begin_item() {
    List& list = lists_.back();
    marker_ = list.next < 0 ? "- " : std::to_string(list.next++) + ". ";
  }

  void enter_code(const MD_BLOCK_CODE_DETAIL& detail) {
    flush();
    in_code_ = true;
    code_language_ = attribute_text(detail.lang);
  }

  void add_code() {
    in_code_ = false;
    while (!text_.empty() && text_.back() == '\n') text_.pop_back();
    if (!trimmed(text_).empty()) {
      extracted.blocks.push_back(text_block(BlockKind::code, "```" + code_language_ + "\n" + text_ + "\n```"));
    }
    text_.clear();
  }

  void add_heading(int level) {
    std::string heading = collapsed(text_);
    text_.clear();
    std::string anchor;
    // `## Heading {#anchor}` of kramdown, Docusaurus and others.
    const std::size_t custom = heading.rfind("{#");
    if (custom != std::string::npos && heading.ends_with('}')) {
      anchor = heading.substr(custom + 2, heading.size() - custom - 3);
      heading = std::string(trimmed(std::string_view(heading).substr(0, custom)));
    }
    if (heading.empty()) return;
    if (anchor.empty()) anchor = anchors_.name(heading);
    extracted.blocks.push_back(heading_block(level, std::move(heading), std::move(anchor)));
  }

  void add_row() {
    bool has_text = false;
    for (const std::string& cell : cells_) has_text = has_text || !cell.empty();
    if (has_text) extracted.blocks.push_back(row_block(table_row_text(cells_), table_, header_));
    cells_.clear();
  }

  void flush() {
    std::string line = collapsed(text_);
    text_.clear();
    if (line.empty()) return;
    if (!marker_.empty()) {
      extracted.blocks.push_back(text_block(BlockKind::list_item, marker_ + line, static_cast<int>(lists_.size()) - 1));
      marker_.clear();
    } else {
      extracted.blocks.push_back(text_block(BlockKind::paragraph, std::move(line)));
    }
  }

  AnchorNames anchors_;
  std::string text_;
  std::vector<List> lists_;
  std::string marker_;
  bool in_code_ = false;
  std::string code_language_;
  std::vector<std::string> cells_;
  int header_ = -1;
  int table_ = 0;
};

int on_enter_block(MD_BLOCKTYPE type, void* detail, void* reader) {
  static_cast<MarkdownReader*>(reader)->enter(type, detail);
  return 0;
}
int on_leave_block(MD_BLOCKTYPE type, void* detail, void* reader) {
  static_cast<MarkdownReader*>(reader)->leave(type, detail);
  return 0;
}
int on_span(MD_SPANTYPE, void*, void*) {
  return 0;
}
int on_text(MD_TEXTTYPE type, const MD_CHAR* text, MD_SIZE size, void* reader) {
  static_cast<MarkdownReader*>(reader)->text(type, {text, size});
  return 0;
}

}  // namespace

Extracted extract_markdown(std::string_view text) {
  const MarkdownSource source = prepare_markdown(text);
  MD_PARSER parser{};
  parser.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS;
  // Text inside tags is usually indented; that does not make it code.
  if (source.had_tags) parser.flags |= MD_FLAG_NOINDENTEDCODEBLOCKS;
  parser.enter_block = on_enter_block;
  parser.leave_block = on_leave_block;
  parser.enter_span = on_span;
  parser.leave_span = on_span;
  parser.text = on_text;
  MarkdownReader reader;
  if (md_parse(source.body.data(), static_cast<MD_SIZE>(source.body.size()), &parser, &reader) != 0) {
    throw ExtractionFailure("too_complex", "the Markdown could not be parsed");
  }
  Extracted extracted = std::move(reader.extracted);
  extracted.title = source.title;
  if (extracted.title.empty() && !extracted.blocks.empty() && extracted.blocks.front().kind == BlockKind::heading) {
    extracted.title = extracted.blocks.front().text;
  }
  return extracted;
}

}  // namespace guildhall::knowledge
