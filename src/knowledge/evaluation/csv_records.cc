// Splits CSV.
#include "evaluation/csv_records.h"

#include <algorithm>

#include "../limits.h"
#include "base/text.h"

namespace guildhall::knowledge {
namespace {

char separator_of(std::string_view text) {
  const std::string_view header = text.substr(0, text.find('\n'));
  char best = ',';
  for (const char candidate : {';', '\t'})
    if (std::count(header.begin(), header.end(), candidate) > std::count(header.begin(), header.end(), best)) best = candidate;
  return best;
}

/// Walks the text record by record and knows the line it stands on.
class CsvWalk {
 public:
  explicit CsvWalk(std::string_view text) : text_(text), separator_(separator_of(text)) {}

  bool is_at_end() const { return at_ >= text_.size(); }
  std::int64_t line() const { return line_; }

  /// nullopt when a quote that opened is never closed.
  std::optional<std::vector<std::string>> next() {
    std::vector<std::string> cells(1);
    bool is_quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++line_;
      if (is_quoted) {
        if (c != '"') {
          cells.back() += c;
        } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
          cells.back() += text_[at_++];
        } else {
          is_quoted = false;
        }
      } else if (c == '"' && cells.back().empty()) {
        is_quoted = true;
      } else if (c == separator_) {
        cells.emplace_back();
      } else if (c == '\n') {
        ++at_;
        break;
      } else if (c != '\r') {
        cells.back() += c;
      }
    }
    if (is_quoted) return std::nullopt;
    return cells;
  }

 private:
  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1;
};

}  // namespace

std::string_view CsvRow::cell(std::string_view column) const {
  const auto it = std::find(columns->begin(), columns->end(), column);
  const auto index = static_cast<std::size_t>(it - columns->begin());
  return index < cells.size() ? std::string_view(cells[index]) : std::string_view();
}

CsvRecords csv_records(std::string_view text) {
  CsvRecords records;
  CsvWalk walk(text);
  std::shared_ptr<const CsvColumns> columns;
  while (!walk.is_at_end()) {
    const std::int64_t line = walk.line();
    auto cells = walk.next();
    if (!cells) {
      records.error = CsvError{line, "opens a quote that is never closed"};
      return records;
    }
    if (cells->size() == 1 && trimmed(cells->front()).empty()) continue;
    if (cells->size() > kCsvCellsMax) {
      records.error = CsvError{line, "has more than " + std::to_string(kCsvCellsMax) + " cells"};
      return records;
    }
    if (columns) {
      records.rows.push_back({line, std::move(*cells), columns});
      continue;
    }
    for (const std::string& cell : *cells) records.columns.push_back(ascii_lower(trimmed(cell)));
    columns = std::make_shared<const CsvColumns>(records.columns);
  }
  return records;
}

}  // namespace guildhall::knowledge
