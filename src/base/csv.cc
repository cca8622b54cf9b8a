// Reads and writes CSV.
#include "base/csv.h"

#include <algorithm>

namespace guildhall {

char csv_delimiter_of(std::string_view text, std::string_view candidates) {
  const std::string_view line = text.substr(0, text.find('\n'));
  char best = candidates.front();
  for (const char candidate : candidates)
    if (std::count(line.begin(), line.end(), candidate) > std::count(line.begin(), line.end(), best)) best = candidate;
  return best;
}

CsvReader::CsvReader(std::string_view text, char delimiter, std::size_t fields_max)
    : text_(text), ends_{delimiter, '\n'}, fields_max_(fields_max) {}

CsvEnd CsvReader::next(std::vector<std::string>& fields) {
  fields.clear();
  line_ +=
      std::count(text_.begin() + static_cast<std::ptrdiff_t>(begin_), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
  begin_ = at_;
  if (is_at_end()) return CsvEnd::text;
  while (true) {
    if (fields.size() >= fields_max_) {
      at_ = text_.size();
      return CsvEnd::too_many_fields;
    }
    fields.push_back(take_field());
    if (is_open_) return CsvEnd::open_quote;
    if (is_at_end()) return CsvEnd::record;
    if (text_[at_++] != '\n') {
      // A delimiter at the end of the text is followed by one more field, which is empty.
      if (is_at_end() && fields.size() < fields_max_) {
        fields.emplace_back();
        return CsvEnd::record;
      }
      continue;
    }
    return CsvEnd::record;
  }
}

std::string CsvReader::take_field() {
  std::string field;
  if (text_[at_] == '"' && !take_quoted(field)) return field;
  const std::size_t end = std::min(text_.find_first_of({ends_.data(), ends_.size()}, at_), text_.size());
  std::size_t kept = end;
  if (end < text_.size() && text_[end] == '\n' && kept > at_ && text_[kept - 1] == '\r') --kept;
  field.append(text_, at_, kept - at_);
  at_ = end;
  return field;
}

/// False when the text ends before the field does.
bool CsvReader::take_quoted(std::string& field) {
  ++at_;
  while (!is_at_end()) {
    const std::size_t quote = std::min(text_.find('"', at_), text_.size());
    field.append(text_, at_, quote - at_);
    at_ = quote + 1;
    if (quote >= text_.size()) break;
    if (is_at_end() || text_[at_] != '"') return true;
    field += '"';
    ++at_;
  }
  at_ = text_.size();
  is_open_ = true;
  return false;
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",;\t\"\r\n") == std::string_view::npos) return std::string(text);
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

}  // namespace guildhall
