// Writing the head of a response.
#include "response_head.h"

#include <ctime>

#include "base/text.h"

namespace guildhall::net {
namespace {

constexpr std::pair<int, std::string_view> kReasons[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

bool is_framing_field(std::string_view name) {
  for (const std::string_view own : {"Content-Length", "Transfer-Encoding", "Connection", "Date", "Keep-Alive"}) {
    if (equals_ignoring_case(name, own)) return true;
  }
  return false;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

/// The Date field's value, made once a second and thread.
std::string_view current_date() {
  thread_local std::time_t made_at = 0;
  thread_local std::string date;
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    made_at = now;
    date = http_date(Timestamp{static_cast<std::int64_t>(now) * kMicrosecondsPerSecond});
  }
  return date;
}

}  // namespace

std::string_view reason_phrase(int status) {
  for (const auto& [known, phrase] : kReasons) {
    if (known == status) return phrase;
  }
  return "Status";
}

std::string allowed_text(const std::vector<Method>& methods) {
  std::string text;
  for (const auto method : methods) {
    if (!text.empty()) text += ", ";
    text += name(method);
  }
  return text;
}

std::string response_head(int status, const Headers& headers, const Headers& common, std::string_view request_id,
                          const Framing& framing) {
  std::string out;
  out.reserve(384);
  out += "HTTP/1.1 ";
  out += std::to_string(status);
  out.push_back(' ');
  out += reason_phrase(status);
  out += "\r\n";
  for (const auto& [field, value] : headers.all()) {
    if (!is_framing_field(field) && !equals_ignoring_case(field, "X-Request-Id")) append_field(out, field, value);
  }
  for (const auto& [field, value] : common.all()) {
    if (!headers.has(field)) append_field(out, field, value);
  }
  append_field(out, "Date", current_date());
  append_field(out, "X-Request-Id", request_id);
  if (!framing.keeps_alive) append_field(out, "Connection", "close");
  if (framing.is_chunked) {
    append_field(out, "Transfer-Encoding", "chunked");
  } else if (framing.has_length) {
    append_field(out, "Content-Length", std::to_string(framing.length));
  }
  out += "\r\n";
  return out;
}

}  // namespace guildhall::net
