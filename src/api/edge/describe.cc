// Scalars of described structs: what is accepted for each, and the words for what is not.
#include "edge/describe.h"

#include "base/text.h"

namespace guildhall::api::describing {

bool read_text(std::string& out, const json::Value& value, const std::string& path, ReadReport& report) {
  if (!value.is_string()) {
    report.error(path, "must be a string");
    return false;
  }
  out = json::view(value.get_string());
  if (out.find('\0') != std::string::npos) {
    report.error(path, "must not contain NUL");
    return false;
  }
  return true;
}

bool read_bool(bool& out, const json::Value& value, const std::string& path, ReadReport& report) {
  if (!value.is_bool()) {
    report.error(path, "must be true or false");
    return false;
  }
  out = value.get_bool();
  return true;
}

bool read_integer(std::int64_t& out, const json::Value& value, const std::string& path, ReadReport& report) {
  if (value.is_int64()) {
    out = value.get_int64();
    return true;
  }
  report.error(path, value.is_uint64() ? "is too large" : "must be an integer");
  return false;
}

bool read_number(double& out, const json::Value& value, const std::string& path, ReadReport& report) {
  if (value.is_double())
    out = value.get_double();
  else if (value.is_int64())
    out = static_cast<double>(value.get_int64());
  else {
    report.error(path, "must be a number");
    return false;
  }
  return true;
}

bool read_decimal(Decimal& out, const json::Value& value, const std::string& path, ReadReport& report) {
  const std::string text = value.is_string() ? std::string(json::view(value.get_string())) : json::write(value);
  const auto parsed = value.is_string() || value.is_number() ? Decimal::parse(text) : std::nullopt;
  if (!parsed) {
    report.error(path, "must be a decimal number with at most 10 decimals");
    return false;
  }
  out = *parsed;
  return true;
}

bool read_uuid(Uuid& out, const json::Value& value, const std::string& path, ReadReport& report) {
  const auto parsed = value.is_string() ? parse_uuid(json::view(value.get_string())) : std::nullopt;
  if (!parsed) {
    report.error(path, "must be a UUID");
    return false;
  }
  out = *parsed;
  return true;
}

bool read_timestamp(Timestamp& out, const json::Value& value, const std::string& path, ReadReport& report) {
  const auto parsed = value.is_string() ? parse_timestamp(json::view(value.get_string())) : std::nullopt;
  if (!parsed) {
    report.error(path, "must be a time in RFC 3339, like 2026-03-01T09:00:00Z");
    return false;
  }
  out = *parsed;
  return true;
}

bool read_date(Date& out, const json::Value& value, const std::string& path, ReadReport& report) {
  const auto parsed = value.is_string() ? parse_date(json::view(value.get_string())) : std::nullopt;
  if (!parsed) {
    report.error(path, "must be a date like 2026-03-01");
    return false;
  }
  out = *parsed;
  return true;
}

}  // namespace guildhall::api::describing
