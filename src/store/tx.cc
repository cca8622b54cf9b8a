// Reading a row's columns as what they are.
#include "store/tx.h"

#include <charconv>
#include <stdexcept>

#include "base/errors.h"

namespace guildhall::store {

namespace {

[[noreturn]] void throw_wrong_column(std::size_t i, std::string_view wanted) {
  throw std::logic_error("column " + std::to_string(i) + " is not " + std::string(wanted));
}

}  // namespace

const std::string& Row::text(std::size_t i) const {
  const auto& column = columns_.at(i);
  if (!column) throw_wrong_column(i, "a value, it is NULL");
  return *column;
}

std::int64_t Row::integer(std::size_t i) const {
  const std::string& digits = text(i);
  std::int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end) throw_wrong_column(i, "an integer");
  return value;
}

bool Row::boolean(std::size_t i) const {
  const std::string& value = text(i);
  if (value == "1") return true;
  if (value != "0") throw_wrong_column(i, "a boolean");
  return false;
}

Decimal Row::decimal(std::size_t i) const {
  const auto value = Decimal::parse(text(i));
  if (!value) throw_wrong_column(i, "a decimal");
  return *value;
}

Cycle Row::cycle(std::size_t i) const {
  const auto value = parse_cycle(text(i));
  if (!value) throw_wrong_column(i, "a cycle");
  return *value;
}

json::Value Row::json(std::size_t i) const {
  json::ParseError error;
  auto value = json::parse(text(i), error);
  if (!value) throw_wrong_column(i, "JSON: " + error.message);
  return std::move(*value);
}

std::optional<std::int64_t> Row::optional_integer(std::size_t i) const {
  return is_null(i) ? std::nullopt : std::optional(integer(i));
}

std::optional<Timestamp> Row::optional_timestamp(std::size_t i) const {
  return is_null(i) ? std::nullopt : std::optional(timestamp(i));
}

std::optional<Decimal> Row::optional_decimal(std::size_t i) const {
  return is_null(i) ? std::nullopt : std::optional(decimal(i));
}

Uuid Row::uuid(std::size_t i) const {
  const auto value = parse_uuid(text(i));
  if (!value) throw_wrong_column(i, "a UUID");
  return *value;
}

std::optional<Row> Tx::first(std::string_view sql, Params params) {
  Rows rows = query(sql, params);
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

}  // namespace guildhall::store
