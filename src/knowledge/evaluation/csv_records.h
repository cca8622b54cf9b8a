// CSV as records that know their line. Fed by question files; private to the evaluation.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::knowledge {

using CsvColumns = std::vector<std::string>;

struct CsvRow {
  std::int64_t line = 0;  ///< where it begins
  std::vector<std::string> cells;
  std::shared_ptr<const CsvColumns> columns;

  /// Empty for a column that is not there or has no cell.
  std::string_view cell(std::string_view column) const;
};

struct CsvError {
  std::int64_t line = 0;
  std::string message;
};

/// RFC 4180 with comma, semicolon or tab, whichever the first record holds most of. Column names are trimmed and in lower case.
/// Blank lines are left out.
struct CsvRecords {
  CsvColumns columns;
  std::vector<CsvRow> rows;
  std::optional<CsvError> error;
};
CsvRecords csv_records(std::string_view text);

}  // namespace guildhall::knowledge
