// Server-sent events, both directions.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace guildhall::net {

/// One event as bytes. `event` and `id` may be empty; line breaks in `data` become several data lines.
std::string sse_event(std::string_view data, std::string_view event = {}, std::string_view id = {});

struct SseEvent {
  std::string event;
  std::string data;
  std::string id;
};

/// Reads a stream of events from chunks cut anywhere (WHATWG rules). Fed by model servers: lines over 1 MiB throw
/// std::length_error.
class SseReader {
 public:
  void feed(std::string_view chunk, const std::function<void(const SseEvent&)>& on_event);

 private:
  void line(std::string_view text, const std::function<void(const SseEvent&)>& on_event);
  std::string buffer_;
  SseEvent event_;
  bool has_data_ = false;
  bool after_cr_ = false;
  bool at_start_ = true;
};

}  // namespace guildhall::net
