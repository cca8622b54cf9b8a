// CSV as records under the columns of its header.
#include "evaluation/csv_records.h"

#include <algorithm>

#include "../limits.h"
#include "base/csv.h"
#include "base/text.h"

namespace guildhall::knowledge {
std::string_view CsvRow::cell(std::string_view column) const {
  const auto it = std::find(columns->begin(), columns->end(), column);
  const auto index = static_cast<std::size_t>(it - columns->begin());
  return index < cells.size() ? std::string_view(cells[index]) : std::string_view();
}

CsvRecords csv_records(std::string_view text) {
  CsvRecords records;
  CsvReader reader(text, csv_delimiter_of(text), kCsvCellsMax);
  std::shared_ptr<const CsvColumns> columns;
  std::vector<std::string> cells;
  while (true) {
    switch (reader.next(cells)) {
      case CsvEnd::text: return records;
      case CsvEnd::open_quote: records.error = CsvError{reader.line(), "opens a quote that is never closed"}; return records;
      case CsvEnd::too_many_fields:
        records.error = CsvError{reader.line(), "has more than " + std::to_string(kCsvCellsMax) + " cells"};
        return records;
      case CsvEnd::record: break;
    }
    if (cells.size() == 1 && trimmed(cells.front()).empty()) continue;
    if (columns) {
      records.rows.push_back({reader.line(), std::move(cells), columns});
      continue;
    }
    for (const std::string& cell : cells) records.columns.push_back(ascii_lower(trimmed(cell)));
    columns = std::make_shared<const CsvColumns>(records.columns);
  }
}

}  // namespace guildhall::knowledge
