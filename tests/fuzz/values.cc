// Any bytes as the small values of requests, and as CSV: what parses prints in a form that parses to the same value.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/csv.h"
#include "base/decimal.h"
#include "base/ids.h"
#include "base/text.h"
#include "base/time.h"
#include "origins.h"
#include "semver.h"

namespace {

using namespace guildhall;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_numbers(std::string_view text) {
  if (const auto value = Decimal::parse(text)) require(Decimal::parse(value->text()) == value);
  if (const auto value = parse_integer(text)) require(parse_integer(std::to_string(*value)) == value);
}

void check_times(std::string_view text) {
  if (const auto value = parse_timestamp(text)) require(parse_timestamp(rfc3339(*value)) == value);
  if (const auto value = parse_date(text)) require(parse_date(guildhall::text(*value)) == value);
  if (const auto value = parse_cycle(text)) require(next(previous(*value)) == *value);
}

void check_names(std::string_view text) {
  if (const auto value = parse_uuid(text)) require(parse_uuid(dashed(*value)) == value);
  if (const auto value = registry::parse_semver(text)) require(registry::compare(*value, *value) == 0);
  if (const auto place = registry::parse_origin(text)) require(!place->host.empty() && !place->is_wildcard);
  if (const auto place = registry::parse_domain(text)) require(!place->host.empty());
}

using Records = std::vector<std::vector<std::string>>;

Records records_of(std::string_view text, char delimiter, CsvEnd& end) {
  Records records;
  CsvReader reader(text, delimiter, 16);
  std::vector<std::string> fields;
  std::int64_t line = 0;
  while ((end = reader.next(fields)) == CsvEnd::record) {
    require(!fields.empty() && fields.size() <= 16 && reader.line() > line);
    line = reader.line();
    records.push_back(fields);
  }
  return records;
}

void check_csv(std::string_view text) {
  CsvEnd end = CsvEnd::record;
  const Records records = records_of(text, csv_delimiter_of(text), end);
  std::string written;
  for (const auto& record : records)
    for (std::size_t i = 0; i < record.size(); ++i) {
      written += csv_field(record[i]);
      written += i + 1 == record.size() ? "\r\n" : ",";
    }
  require(records_of(written, ',', end) == records && end == CsvEnd::text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check_numbers(text);
  check_times(text);
  check_names(text);
  check_csv(text);
  return 0;
}
