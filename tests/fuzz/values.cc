// Any bytes as the small values of requests: what parses prints in a form that parses to the same value.
#include <cstdint>
#include <cstdlib>
#include <string_view>

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  check_numbers(text);
  check_times(text);
  check_names(text);
  return 0;
}
