// Server-sent events: writing and reading them.
#include "net/events.h"

#include <stdexcept>
#include <utility>

#include "net/limits.h"

namespace guildhall::net {

std::string sse_event(std::string_view data, std::string_view event, std::string_view id) {
  std::string out;
  out.reserve(data.size() + event.size() + id.size() + 32);
  // A line break would end these fields and let the rest pass for a field of its own.
  const auto single_line = [&](std::string_view field, std::string_view text) {
    if (text.empty()) return;
    out += field;
    for (const char c : text) out.push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
    out.push_back('\n');
  };
  single_line("event: ", event);
  single_line("id: ", id);
  std::size_t start = 0;
  while (true) {
    const auto end = data.find_first_of("\r\n", start);
    out += "data: ";
    out += data.substr(start, end == data.npos ? data.npos : end - start);
    out.push_back('\n');
    if (end == data.npos) break;
    start = end + (data[end] == '\r' && end + 1 < data.size() && data[end + 1] == '\n' ? 2 : 1);
  }
  out.push_back('\n');
  return out;
}

void SseReader::feed(std::string_view chunk, const std::function<void(const SseEvent&)>& on_event) {
  while (!chunk.empty()) {
    if (after_cr_) {
      after_cr_ = false;
      if (chunk.front() == '\n') {
        chunk.remove_prefix(1);
        continue;
      }
    }
    const auto end = chunk.find_first_of("\r\n");
    const auto piece = chunk.substr(0, end);
    if (buffer_.size() + piece.size() > kEventLineBytesMax) {
      throw std::length_error("an event stream has a line over 1 MiB");
    }
    if (end == chunk.npos) {
      buffer_ += piece;
      return;
    }
    after_cr_ = chunk[end] == '\r';
    chunk.remove_prefix(end + 1);
    if (buffer_.empty()) {
      line(piece, on_event);
    } else {
      buffer_ += piece;
      const std::string whole = std::move(buffer_);
      buffer_.clear();
      line(whole, on_event);
    }
  }
}

void SseReader::line(std::string_view text, const std::function<void(const SseEvent&)>& on_event) {
  if (std::exchange(at_start_, false) && text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  if (text.empty()) {
    if (has_data_) {
      SseEvent ready = std::move(event_);
      event_ = {};
      event_.id = ready.id;
      has_data_ = false;
      on_event(ready);
    } else {
      event_.event.clear();
    }
    return;
  }
  const auto colon = text.find(':');
  const auto field = text.substr(0, colon);
  auto value = colon == text.npos ? std::string_view() : text.substr(colon + 1);
  if (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  if (field == "data") {
    if (event_.data.size() + value.size() > kEventBytesMax) throw std::length_error("a server-sent event is over 8 MiB");
    if (has_data_) event_.data.push_back('\n');
    event_.data += value;
    has_data_ = true;
  } else if (field == "event") {
    event_.event = value;
  } else if (field == "id" && value.find('\0') == value.npos) {
    event_.id = value;
  }
}

}  // namespace guildhall::net
