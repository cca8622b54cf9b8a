// Reads CSV.
#include "csv.h"

#include <algorithm>

namespace guildhall::runtime {
namespace {

char separator_in(std::string_view header) {
  char best = ',';
  for (const char candidate : {';', '\t'}) {
    if (std::count(header.begin(), header.end(), candidate) > std::count(header.begin(), header.end(), best)) best = candidate;
  }
  return best;
}

// One record from `at` on; moves `at` behind its line end.
std::vector<std::string> next_record(std::string_view text, std::size_t& at, char separator) {
  std::vector<std::string> cells(1);
  bool is_quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_quoted) {
      if (c != '"') {
        cells.back() += c;
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        cells.back() += '"';
        ++at;
      } else {
        is_quoted = false;
      }
    } else if (c == '"' && cells.back().empty()) {
      is_quoted = true;
    } else if (c == separator) {
      cells.emplace_back();
    } else if (c == '\n') {
      ++at;
      break;
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

}  // namespace

Table parse_csv(std::string_view text) {
  Table table;
  std::size_t at = 0;
  const char separator = separator_in(text.substr(0, text.find('\n')));
  if (!text.empty()) table.columns = next_record(text, at, separator);
  while (at < text.size()) {
    const std::vector<std::string> cells = next_record(text, at, separator);
    if (cells.size() == 1 && cells.front().empty()) continue;
    json::Object row;
    for (std::size_t i = 0; i < table.columns.size(); ++i) row[table.columns[i]] = i < cells.size() ? cells[i] : std::string();
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace guildhall::runtime
