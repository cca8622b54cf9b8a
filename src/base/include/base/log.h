// JSON lines on standard error, each with the request and organization it belongs to.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace guildhall::log {

enum class Level : std::uint8_t { debug, info, warning, error };

struct Field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, bool> value;
};

/// One line: time, level, event, request_id, organization, then the fields. Values that look like keys, tokens or
/// Authorization headers are replaced by their first characters. Thread-safe.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});
inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::error, event, fields);
}

void set_level(Level level);
/// Where lines go instead of standard error; for tests. An empty function restores it.
void set_sink(std::function<void(std::string_view)> sink);

/// Names the request and organization of everything this thread logs until it goes out of scope. Nests.
class Context {
 public:
  Context(std::string request_id, std::string organization);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

 private:
  std::string previous_request_id_;
  std::string previous_organization_;
};

/// The request id this thread works for; empty outside a request.
std::string_view current_request_id();

}  // namespace guildhall::log
