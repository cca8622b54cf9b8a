// HTTP messages as values: methods, header fields, queries, cookies.
#include "net/http.h"

#include <algorithm>

#include "base/errors.h"
#include "base/text.h"
#include "net/limits.h"
#include "percent.h"

namespace guildhall::net {

std::string_view name(Method method) {
  switch (method) {
    case Method::get: return "GET";
    case Method::head: return "HEAD";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::delete_: return "DELETE";
    case Method::options: return "OPTIONS";
  }
  return "GET";
}

namespace {

bool is_field_name(std::string_view name) {
  static constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kOthers.find(c) != kOthers.npos;
  });
}

void check_field(std::string_view name, std::string_view value) {
  if (!is_field_name(name)) throw Refusal(Code::invalid_request, "a header field has a name that is not a token");
  for (const char c : value) {
    if (c == '\r' || c == '\n' || c == '\0') {
      throw Refusal(Code::invalid_request, "header field " + std::string(name) + " contains a line break or NUL");
    }
  }
}

std::string decoded_or_refused(std::string_view text) {
  auto decoded = percent_decoded(text, true);
  if (!decoded) throw Refusal(Code::invalid_request, "the query or form contains a broken percent escape");
  if (!is_valid_utf8(*decoded)) throw Refusal(Code::invalid_request, "the query or form is not valid UTF-8");
  return std::move(*decoded);
}

}  // namespace

void Headers::add(std::string name, std::string value) {
  check_field(name, value);
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
  check_field(name, value);
  std::erase_if(fields_, [&](const auto& field) { return equals_ignoring_case(field.first, name); });
  fields_.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (field.size() == name.size() && equals_ignoring_case(field, name)) return value;
  }
  return std::nullopt;
}

std::string_view Headers::get_or(std::string_view name, std::string_view otherwise) const {
  return get(name).value_or(otherwise);
}

Query Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const auto item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) continue;
    if (query.items_.size() == kQueryItemsMax) {
      throw Refusal(Code::invalid_request, "the query or form has more than " + std::to_string(kQueryItemsMax) + " parameters");
    }
    const auto equals = item.find('=');
    const auto value = equals == item.npos ? std::string_view() : item.substr(equals + 1);
    query.items_.emplace_back(decoded_or_refused(item.substr(0, equals)), decoded_or_refused(value));
  }
  return query;
}

std::optional<std::string_view> Query::get(std::string_view name) const {
  for (const auto& [key, value] : items_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

std::vector<std::string_view> Query::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : items_) {
    if (key == name) values.push_back(value);
  }
  return values;
}

Query parse_form(std::string_view body) {
  return Query::parse(body);
}

std::map<std::string, std::string, std::less<>> parse_cookies(std::string_view header) {
  std::map<std::string, std::string, std::less<>> cookies;
  for (const auto item : split(header, ';')) {
    if (cookies.size() == kCookiesMax) break;
    const auto equals = item.find('=');
    if (equals == item.npos) continue;
    const auto key = trimmed(item.substr(0, equals));
    auto value = trimmed(item.substr(equals + 1));
    if (key.empty()) continue;
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    // The first of two equal names is the one with the longer path (RFC 6265 §5.4), so it stays.
    cookies.emplace(key, value);
  }
  return cookies;
}

}  // namespace guildhall::net
