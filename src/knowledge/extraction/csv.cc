// CSV (RFC 4180 with any usual delimiter): question–answer pairs, or one passage for each row.
#include <algorithm>
#include <array>
#include <optional>

#include "../limits.h"
#include "base/csv.h"
#include "base/text.h"
#include "extraction/extract.h"

namespace guildhall::knowledge {
namespace {

constexpr std::array kDelimiters = {',', ';', '\t', '|'};
constexpr std::size_t kRowsLookedAt = 50;

using DelimitedRow = std::vector<std::string>;

/// The next row; ExtractionFailure when it has too many columns. An open quotation mark is the caller's matter.
CsvEnd next_row(CsvReader& rows, DelimitedRow& row) {
  const CsvEnd end = rows.next(row);
  if (end != CsvEnd::too_many_fields) return end;
  throw ExtractionFailure("too_complex", "a row of the table has more than " + std::to_string(kCsvColumnsMax) +
                                             " columns; remove columns nobody asks about");
}

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
  CsvReader rows(head, delimiter, kCsvColumnsMax);
  TableShape shape;
  shape.delimiter = delimiter;
  DelimitedRow row;
  while (shape.rows < kRowsLookedAt) {
    const CsvEnd end = rows.next(row);
    if (end == CsvEnd::text) break;
    // The reading itself will say that these are too many.
    if (end == CsvEnd::too_many_fields) return {delimiter, kCsvColumnsMax, 1, 1};
    if (is_blank(row)) continue;
    if (shape.rows == 0) shape.columns = row.size();
    ++shape.rows;
    // The last row may be cut by the end of what is looked at.
    if (row.size() == shape.columns || end == CsvEnd::open_quote) ++shape.regular;
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
  CsvReader(head, shape.delimiter, kCsvColumnsMax).next(header);
  if (column_named(header, "question") && column_named(header, "answer")) return shape.rows >= 2;
  return shape.columns >= 3 && shape.rows >= 3;
}

Extracted extract_csv(std::string_view text) {
  const auto named = take_named_delimiter(text);
  CsvReader rows(text, named.value_or(best_shape(text.substr(0, 64 * 1024)).delimiter), kCsvColumnsMax);
  DelimitedRow row;
  CsvEnd end = next_row(rows, row);
  while (end == CsvEnd::record && is_blank(row)) end = next_row(rows, row);
  if (end == CsvEnd::text) return {};
  TableRows table(row);
  // A table that is nothing but its header is still text.
  const Block header_alone = row_block(table.extracted.headers[0], 1, -1);
  std::size_t count = 0;
  while (end == CsvEnd::record && (end = next_row(rows, row)) == CsvEnd::record) {
    if (is_blank(row)) continue;
    if (++count > kCsvRowsMax) {
      throw ExtractionFailure("too_large",
                              "the table has more than " + std::to_string(kCsvRowsMax) + " rows; split it into several files");
    }
    table.add(row);
  }
  if (end == CsvEnd::open_quote) {
    throw ExtractionFailure("damaged", "a quotation mark in the row that begins in line " + std::to_string(rows.line()) +
                                           " is never closed; close it, or double it when it belongs to the text");
  }
  if (table.extracted.blocks.empty()) table.extracted.blocks.push_back(header_alone);
  return std::move(table.extracted);
}

}  // namespace guildhall::knowledge
