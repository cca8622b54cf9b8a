// Writing of log lines: one JSON object each, redacted, one write to standard error.
#include "base/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>

#include "base/json.h"
#include "base/text.h"
#include "base/time.h"

namespace guildhall::log {

namespace {

constexpr std::size_t kShownBytes = 11;
constexpr std::string_view kEllipsis = "…";

std::atomic<Level> level_min{Level::info};
std::mutex sink_mutex;
std::function<void(std::string_view)> line_sink;

thread_local std::string thread_request_id;
thread_local std::string thread_organization;

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool ends_secret(char c) {
  return static_cast<unsigned char>(c) <= 0x20 || std::string_view("\"'`,;&<>(){}[]|\\").find(c) != std::string_view::npos;
}

/// Bytes of the secret that starts at the front of `text`; 0 when none does.
std::size_t secret_length(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kPrefixes = {"ar_", "pk_", "w_", "whsec_", "Bearer ", "Token "};
  for (const std::string_view prefix : kPrefixes) {
    const std::string_view start = text.substr(0, prefix.size());
    // Clients write the scheme of RFC 6750 in any case; "token " in lower case is an ordinary word.
    if (start != prefix && !(prefix == "Bearer " && equals_ignoring_case(start, prefix))) continue;
    std::size_t end = prefix.size();
    while (end < text.size() && prefix.back() == ' ' && text[end] == ' ') ++end;
    while (end < text.size() && !ends_secret(text[end])) ++end;
    return end;
  }
  return 0;
}

std::string redacted(std::string_view text) {
  std::string out;
  std::size_t i = 0;
  while (i < text.size()) {
    const bool starts_word = i == 0 || !is_word_byte(text[i - 1]);
    const std::size_t length = starts_word ? secret_length(text.substr(i)) : 0;
    if (length <= kShownBytes) {
      out += text[i];
      ++i;
      continue;
    }
    out += prefix_bytes(text.substr(i, length), kShownBytes);
    out += kEllipsis;
    i += length;
  }
  return out;
}

void append_text(std::string& line, std::string_view text) {
  if (is_valid_utf8(text)) {
    json::append_string(line, redacted(text));
    return;
  }
  std::string ascii(text);
  for (char& c : ascii) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  json::append_string(line, redacted(ascii));
}

void append_member(std::string& line, std::string_view name, std::string_view value) {
  line += ',';
  json::append_string(line, name);
  line += ':';
  append_text(line, value);
}

void append_field(std::string& line, const Field& field) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    append_member(line, field.name, *text);
    return;
  }
  line += ',';
  json::append_string(line, field.name);
  line += ':';
  if (const auto* integer = std::get_if<std::int64_t>(&field.value)) {
    line += std::to_string(*integer);
  } else {
    line += std::get<bool>(field.value) ? "true" : "false";
  }
}

std::string_view level_name(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
  }
  return "error";
}

/// Nothing can be told about a standard error that does not take the line.
void write_to_stderr(std::string_view line) {
  while (!line.empty()) {
    const ssize_t n = ::write(STDERR_FILENO, line.data(), line.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    line.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (level < level_min.load(std::memory_order_relaxed)) return;
  std::string line = "{\"time\":\"" + rfc3339(SystemClock().now()) + "\"";
  append_member(line, "level", level_name(level));
  append_member(line, "event", event);
  if (!thread_request_id.empty()) append_member(line, "request_id", thread_request_id);
  if (!thread_organization.empty()) append_member(line, "organization", thread_organization);
  for (const Field& field : fields) append_field(line, field);
  line += '}';

  const std::lock_guard lock(sink_mutex);
  if (line_sink) {
    line_sink(line);
  } else {
    line += '\n';
    write_to_stderr(line);
  }
}

void set_level(Level level) {
  level_min.store(level, std::memory_order_relaxed);
}

void set_sink(std::function<void(std::string_view)> sink) {
  const std::lock_guard lock(sink_mutex);
  line_sink = std::move(sink);
}

Context::Context(std::string request_id, std::string organization)
    : previous_request_id_(std::move(thread_request_id)), previous_organization_(std::move(thread_organization)) {
  thread_request_id = std::move(request_id);
  thread_organization = std::move(organization);
}

Context::~Context() {
  thread_request_id = std::move(previous_request_id_);
  thread_organization = std::move(previous_organization_);
}

std::string_view current_request_id() {
  return thread_request_id;
}

}  // namespace guildhall::log
