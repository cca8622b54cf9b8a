// CSV as a table.
#include "csv.h"

#include "base/csv.h"
#include "base/errors.h"
#include "runtime/limits.h"

namespace guildhall::runtime {

Table parse_csv(std::string_view text) {
  Table table;
  CsvReader reader(text, csv_delimiter_of(text), kCsvColumnsMax);
  std::vector<std::string> cells;
  bool is_header = true;
  while (true) {
    const CsvEnd end = reader.next(cells);
    if (end == CsvEnd::text) return table;
    if (end == CsvEnd::too_many_fields) {
      throw Refusal(Code::component_error, "line " + std::to_string(reader.line()) + " of the table has more than " +
                                               std::to_string(kCsvColumnsMax) + " columns; remove some");
    }
    if (is_header) {
      table.columns = cells;
      is_header = false;
      continue;
    }
    if (cells.size() == 1 && cells.front().empty()) continue;
    json::Object row;
    for (std::size_t i = 0; i < table.columns.size(); ++i) row[table.columns[i]] = i < cells.size() ? cells[i] : std::string();
    table.rows.push_back(std::move(row));
  }
}

}  // namespace guildhall::runtime
