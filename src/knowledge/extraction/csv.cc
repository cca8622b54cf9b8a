// CSV (RFC 4180 with any usual delimiter): question–answer pairs, or one passage for each row.
#include <algorithm>
#include <array>
#include <optional>

#include "../limits.h"
#include "base/text.h"
#include "extraction/extract.h"

namespace guildhall::knowledge {
namespace {

constexpr std::array kDelimiters = {',', ';', '\t', '|'};
constexpr std::size_t kRowsLookedAt = 50;

using DelimitedRow = std::vector<std::string>;

/// Takes one row after the other; a field in quotes may hold delimiters, line ends and doubled quotes.
class CsvRows {
 public:
  CsvRows(std::string_view text, char delimiter) : text_(text), delimiter_(delimiter) {}

  bool next(DelimitedRow& row) {
    row.clear();
    if (at_ >= text_.size()) return false;
    row_begin_ = at_;
    while (true) {
      row.push_back(take_field());
      if (at_ >= text_.size()) return true;
      const char c = text_[at_++];
      if (c == '\n') return true;
      if (row.size() > kCsvColumnsMax) {
        throw ExtractionFailure("too_complex", "a row of the table has more than " + std::to_string(kCsvColumnsMax) +
                                                   " columns; remove columns nobody asks about");
      }
    }
  }

  /// True when the text ended inside a quoted field.
  bool is_open() const { return is_open_; }
  std::size_t row_begin() const { return row_begin_; }

 private:
  std::string take_field() {
    std::string field;
    if (at_ < text_.size() && text_[at_] == '"') take_quoted(field);
    const std::size_t end = std::min(text_.find_first_of(ends_, at_), text_.size());
    field.append(text_, at_, end - at_);
    at_ = end;
    return field;
  }

  void take_quoted(std::string& field) {
    ++at_;
    while (at_ < text_.size()) {
      const std::size_t quote = std::min(text_.find('"', at_), text_.size());
      field.append(text_, at_, quote - at_);
      at_ = quote + 1;
      if (quote >= text_.size()) break;
      if (at_ >= text_.size() || text_[at_] != '"') return;
      field += '"';
      ++at_;
    }
    at_ = text_.size();
    is_open_ = true;
  }

  std::string_view text_;
  char delimiter_;
  const std::array<char, 2> end_characters_ = {delimiter_, '\n'};
  const std::string_view ends_{end_characters_.data(), end_characters_.size()};
  std::size_t at_ = 0;
  std::size_t row_begin_ = 0;
  bool is_open_ = false;
};

bool is_blank(const DelimitedRow& row) {
  return std::all_of(row.begin(), row.end(), [](const std::string& field) { return trimmed(field).empty(); });
}

struct TableShape {
  char delimiter = ',';
  std::size_t columns = 0;
  std::size_t rows = 0;     ///< looked at
  std::size_t regular = 0;  ///< of them with as many fields as the first
};

TableShape shape_with(std::string_view head, char delimiter) {
  CsvRows rows(head, delimiter);
  TableShape shape;
  shape.delimiter = delimiter;
  DelimitedRow row;
  while (shape.rows < kRowsLookedAt) {
    try {
      if (!rows.next(row)) break;
    } catch (const ExtractionFailure&) {
      // Too many columns: the reading itself will say so.
      return {delimiter, kCsvColumnsMax, 1, 1};
    }
    if (is_blank(row)) continue;
    if (shape.rows == 0) shape.columns = row.size();
    ++shape.rows;
    // The last row may be cut by the end of what is looked at.
    if (row.size() == shape.columns || rows.is_open()) ++shape.regular;
  }
  return shape;
}

/// The delimiter most rows agree on; of equals the one with more columns.
TableShape best_shape(std::string_view head) {
  TableShape best;
  const auto score = [](const TableShape& shape) {
    return shape.columns < 2 ? 0.0 : static_cast<double>(shape.regular) / static_cast<double>(shape.rows);
  };
  for (const char delimiter : kDelimiters) {
    const TableShape shape = shape_with(head, delimiter);
    if (score(shape) > score(best) || (score(shape) == score(best) && shape.columns > best.columns)) best = shape;
  }
  return best;
}

/// Excel's first line "sep=;" names the delimiter.
std::optional<char> take_named_delimiter(std::string_view& text) {
  if (text.size() < 6 || !equals_ignoring_case(text.substr(0, 4), "sep=") || text[5] != '\n') return std::nullopt;
  const char delimiter = text[4];
  text.remove_prefix(6);
  return delimiter;
}

std::optional<std::size_t> column_named(const DelimitedRow& header, std::string_view name) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (equals_ignoring_case(trimmed(header[i]), name)) return i;
  }
  return std::nullopt;
}

/// Turns rows into blocks; the first row names the columns.
class TableRows {
 public:
  explicit TableRows(const DelimitedRow& header)
      : columns_(header.size()), question_(column_named(header, "question")), answer_(column_named(header, "answer")) {
    extracted.headers.push_back(row_text(header));
  }

  void add(const DelimitedRow& row) {
    if (add_pair(row)) return;
    Block block = row_block(row_text(row), 1, 0);
    block.is_passage = true;
    extracted.blocks.push_back(std::move(block));
  }

  Extracted extracted;

 private:
  /// False when the columns are others, or the pair is beyond what a pair may be and stays a row.
  bool add_pair(const DelimitedRow& row) {
    if (!question_ || !answer_) return false;
    const std::string question = *question_ < row.size() ? collapsed(row[*question_]) : std::string();
    const std::string answer(*answer_ < row.size() ? trimmed(row[*answer_]) : std::string_view());
    if (question.empty() || code_points(question) > kQuestionCodePointsMax || code_points(answer) > kAnswerCodePointsMax) {
      return false;
    }
    if (answer.empty()) return true;
    Block block = text_block(BlockKind::paragraph, answer);
    block.is_passage = true;
    block.question = question;
    extracted.blocks.push_back(std::move(block));
    return true;
  }

  std::string row_text(const DelimitedRow& row) const {
    DelimitedRow cells;
    cells.reserve(std::max(columns_, row.size()));
    for (const std::string& field : row) cells.push_back(replaced(collapsed(field), "|", "/"));
    cells.resize(std::max(columns_, cells.size()));
    return table_row_text(cells);
  }

  std::size_t columns_;
  std::optional<std::size_t> question_;
  std::optional<std::size_t> answer_;
};

}  // namespace

bool looks_like_csv(std::string_view head, bool is_named_csv) {
  if (take_named_delimiter(head)) return true;
  const TableShape shape = best_shape(head);
  if (is_named_csv) return shape.columns >= 2 && shape.regular * 2 >= shape.rows;
  if (shape.delimiter == '|' || shape.regular != shape.rows) return false;
  DelimitedRow header;
  CsvRows rows(head, shape.delimiter);
  rows.next(header);
  if (column_named(header, "question") && column_named(header, "answer")) return shape.rows >= 2;
  return shape.columns >= 3 && shape.rows >= 3;
}

Extracted extract_csv(std::string_view text) {
  const auto named = take_named_delimiter(text);
  CsvRows rows(text, named.value_or(best_shape(text.substr(0, 64 * 1024)).delimiter));
  DelimitedRow row;
  do {
    if (!rows.next(row)) return {};
  } while (is_blank(row));
  TableRows table(row);
  // A table that is nothing but its header is still text.
  const Block header_alone = row_block(table.extracted.headers[0], 1, -1);
  std::size_t count = 0;
  while (rows.next(row)) {
    if (is_blank(row)) continue;
    if (++count > kCsvRowsMax) {
      throw ExtractionFailure("too_large",
                              "the table has more than " + std::to_string(kCsvRowsMax) + " rows; split it into several files");
    }
    table.add(row);
  }
  if (rows.is_open()) {
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(rows.row_begin()), '\n') + 1;
    throw ExtractionFailure("damaged", "a quotation mark in the row that begins in line " + std::to_string(line) +
                                           " is never closed; close it, or double it when it belongs to the text");
  }
  if (table.extracted.blocks.empty()) table.extracted.blocks.push_back(header_alone);
  return std::move(table.extracted);
}

}  // namespace guildhall::knowledge
