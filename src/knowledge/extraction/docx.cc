// DOCX: headings, lists, tables and notes of a word processor's document.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "extraction/docx_archive.h"
#include "extraction/docx_styles.h"
#include "extraction/extract.h"
#include "extraction/xml_events.h"

namespace guildhall::knowledge {
namespace {

using Notes = std::map<std::string, std::string>;

int number_or(std::string_view text, int otherwise) {
  const auto value = parse_integer(text);
  return value && *value >= 0 && *value < 100'000 ? static_cast<int>(*value) : otherwise;
}

/// What stands in a document and is no text of it: deleted and moved text, field codes, the older copy of a drawing.
bool is_left_out(std::string_view name) {
  return name == "delText" || name == "moveFrom" || name == "instrText" || name == "Fallback" || name == "del" ||
         name == "pPrChange" || name == "rPrChange";
}

/// footnotes.xml and endnotes.xml: the text of each note by its id.
class NoteEvents : public XmlEvents {
 public:
  explicit NoteEvents(std::string_view element) : element_(element) {}

  void begin(const XmlElement& element) override {
    if (element.name == element_) {
      // Separators are notes with a type.
      id_ = element.attribute("type").empty() ? std::string(element.attribute("id")) : std::string();
    }
    if (element.name == "t") in_text_ = true;
    if (element.name == "p" && !id_.empty()) notes[id_] += ' ';
  }
  void end(std::string_view name) override {
    if (name == "t") in_text_ = false;
    if (name == element_) id_.clear();
  }
  void text(std::string_view part) override {
    if (in_text_ && !id_.empty()) notes[id_] += part;
  }

  Notes notes;

 private:
  std::string_view element_;
  std::string id_;
  bool in_text_ = false;
};

/// docProps/core.xml: the title of the document's properties.
class PropertyEvents : public XmlEvents {
 public:
  void begin(const XmlElement& element) override { in_title_ = element.name == "title"; }
  void end(std::string_view) override { in_title_ = false; }
  void text(std::string_view part) override {
    if (in_title_) title += part;
  }

  std::string title;

 private:
  bool in_title_ = false;
};

struct WordParagraph {
  std::string text;
  std::string anchor;
  std::string style;
  std::string numbering;
  int list_level = 0;
  int outline_level = -1;
  std::vector<std::string> notes;  ///< texts of the notes it refers to, with their marks
};

struct WordTable {
  int number = 0;
  int header = -1;
  bool names_columns = false;  ///< its look says that the first row is special
  bool is_header_row = false;
  std::size_t rows = 0;
  std::vector<std::string> cells;
  std::string cell;
};

class BodyEvents : public XmlEvents {
 public:
  BodyEvents(DocxStyles& styles, Notes footnotes, Notes endnotes)
      : styles_(styles), footnotes_(std::move(footnotes)), endnotes_(std::move(endnotes)) {}

  void begin(const XmlElement& element) override {
    if (skipped_ > 0 || is_left_out(element.name)) {
      ++skipped_;
      return;
    }
    if (element.name == "p") {
      paragraphs_.emplace_back();
    } else if (element.name == "tbl") {
      tables_.push_back({++table_count_, -1, false, false, 0, {}, {}});
    } else if (!tables_.empty() && begin_in_table(element)) {
      return;
    } else if (!paragraphs_.empty()) {
      begin_in_paragraph(element);
    }
  }

  void end(std::string_view name) override {
    if (skipped_ > 0) {
      --skipped_;
    } else if (name == "p" && !paragraphs_.empty()) {
      end_paragraph();
    } else if (name == "t") {
      in_text_ = false;
    } else if (!tables_.empty()) {
      end_in_table(name);
    }
  }

  void text(std::string_view part) override {
    if (in_text_ && skipped_ == 0 && !paragraphs_.empty()) paragraphs_.back().text += part;
  }

  Extracted extracted;
  std::string title;

 private:
  bool begin_in_table(const XmlElement& element) {
    WordTable& table = tables_.back();
    if (element.name == "tr") {
      table.is_header_row = false;
      table.cells.clear();
    } else if (element.name == "tc") {
      table.cell.clear();
    } else if (element.name == "tblHeader") {
      table.is_header_row = element.attribute("val") != "0" && element.attribute("val") != "false";
    } else if (element.name == "tblLook") {
      table.names_columns = element.attribute("firstRow") == "1" || names_first_row(element.attribute("val"));
    } else {
      return false;
    }
    return true;
  }

  /// Bit 0x0020 of the table's look (ISO 29500-4 §14.4.1).
  static bool names_first_row(std::string_view hexadecimal) {
    if (hexadecimal.size() != 4) return false;
    const char digit = hexadecimal[2];
    const int value = digit >= '0' && digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
    return (value & 0x2) != 0;
  }

  void begin_in_paragraph(const XmlElement& element) {
    WordParagraph& paragraph = paragraphs_.back();
    const std::string_view value = element.attribute("val");
    if (element.name == "t") in_text_ = true;
    if (element.name == "tab" || element.name == "br" || element.name == "cr") paragraph.text += ' ';
    if (element.name == "noBreakHyphen") paragraph.text += '-';
    if (element.name == "pStyle") paragraph.style = value;
    if (element.name == "numId") paragraph.numbering = value;
    if (element.name == "ilvl") paragraph.list_level = number_or(value, 0);
    if (element.name == "outlineLvl") paragraph.outline_level = number_or(value, -1);
    if (element.name == "bookmarkStart" && paragraph.anchor.empty() && !element.attribute("name").starts_with('_')) {
      paragraph.anchor = element.attribute("name");
    }
    if (element.name == "footnoteReference") add_note(paragraph, footnotes_, element.attribute("id"));
    if (element.name == "endnoteReference") add_note(paragraph, endnotes_, element.attribute("id"));
  }

  /// A note stands behind the first paragraph that refers to it, and nowhere else.
  void add_note(WordParagraph& paragraph, Notes& notes, std::string_view id) {
    const auto note = notes.find(std::string(id));
    if (note == notes.end()) return;
    const std::string mark = "[" + std::to_string(++note_count_) + "]";
    paragraph.text += mark;
    paragraph.notes.push_back(mark + " " + collapsed(note->second));
    notes.erase(note);
  }

  void end_paragraph() {
    WordParagraph paragraph = std::move(paragraphs_.back());
    paragraphs_.pop_back();
    std::string line = collapsed(paragraph.text);
    if (!tables_.empty()) {
      for (const std::string& part : paragraph.notes) line += " " + part;
      std::string& cell = tables_.back().cell;
      if (!cell.empty() && !line.empty()) cell += ' ';
      cell += line;
      return;
    }
    if (!line.empty()) add_paragraph(paragraph, std::move(line));
    for (std::string& note : paragraph.notes) extracted.blocks.push_back(text_block(BlockKind::paragraph, std::move(note)));
  }

  void add_paragraph(const WordParagraph& paragraph, std::string line) {
    ParagraphStyle style = styles_.style(paragraph.style);
    if (paragraph.outline_level >= 0 && paragraph.outline_level < 9) {
      style.heading_level = std::min(paragraph.outline_level + 1, 6);
    }
    if (!paragraph.numbering.empty()) {
      style.numbering = paragraph.numbering;
      style.list_level = paragraph.list_level;
    }
    if (style.is_title && title.empty()) title = line;
    if (style.is_title || style.heading_level > 0) {
      extracted.blocks.push_back(heading_block(std::max(style.heading_level, 1), std::move(line), paragraph.anchor));
    } else if (!style.numbering.empty() && style.numbering != "0") {
      const std::string marker = styles_.next_marker(style.numbering, style.list_level);
      extracted.blocks.push_back(text_block(BlockKind::list_item, marker + line, style.list_level));
    } else {
      extracted.blocks.push_back(text_block(BlockKind::paragraph, std::move(line)));
    }
  }

  void end_in_table(std::string_view name) {
    WordTable& table = tables_.back();
    if (name == "tc") {
      table.cells.push_back(replaced(std::move(table.cell), "|", "/"));
      table.cell.clear();
    } else if (name == "tr") {
      end_row(table);
    } else if (name == "tbl") {
      tables_.pop_back();
    }
  }

  void end_row(WordTable& table) {
    const bool has_text =
        std::any_of(table.cells.begin(), table.cells.end(), [](const std::string& cell) { return !cell.empty(); });
    if (!has_text) return;
    if (tables_.size() > 1) {
      // A table in a cell is text of that cell.
      std::string& outer = tables_[tables_.size() - 2].cell;
      for (const std::string& cell : table.cells) outer += (outer.empty() ? "" : " ") + cell;
      return;
    }
    if (table.cells.size() == 1) {
      extracted.blocks.push_back(text_block(BlockKind::paragraph, table.cells[0]));
      return;
    }
    Block row = row_block(table_row_text(table.cells), table.number, table.header);
    if (table.header < 0 && table.rows++ == 0 && (table.is_header_row || table.names_columns)) {
      table.header = static_cast<int>(extracted.headers.size());
      extracted.headers.push_back(row.text);
    }
    extracted.blocks.push_back(std::move(row));
  }

  DocxStyles& styles_;
  Notes footnotes_;  ///< not referred to yet
  Notes endnotes_;
  std::vector<WordParagraph> paragraphs_;  ///< a text box stands inside a paragraph
  std::vector<WordTable> tables_;
  int table_count_ = 0;
  int note_count_ = 0;
  int skipped_ = 0;
  bool in_text_ = false;
};

}  // namespace

Extracted extract_docx(std::string_view bytes) {
  DocxArchive archive(bytes);
  const std::string main_part = archive.main_part();
  if (main_part.empty()) {
    throw ExtractionFailure("unsupported", "the archive holds no word processor's document; upload the DOCX file itself");
  }
  DocxStyles styles(archive);
  NoteEvents footnotes("footnote");
  archive.stream("word/footnotes.xml", footnotes);
  NoteEvents endnotes("endnote");
  archive.stream("word/endnotes.xml", endnotes);
  PropertyEvents properties;
  archive.stream("docProps/core.xml", properties);
  BodyEvents body(styles, std::move(footnotes.notes), std::move(endnotes.notes));
  archive.stream(main_part, body);
  Extracted extracted = std::move(body.extracted);
  extracted.title = body.title.empty() ? collapsed(properties.title) : body.title;
  if (extracted.title.empty() && !extracted.blocks.empty() && extracted.blocks.front().kind == BlockKind::heading) {
    extracted.title = extracted.blocks.front().text;
  }
  return extracted;
}

}  // namespace guildhall::knowledge
