// Reading responses piece by piece.
#include "response_reader.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace guildhall::bench {

void ResponseReader::reset() {
  state_ = State::head;
  status_ = 0;
  left_ = 0;
  line_.clear();
  body_.clear();
}

std::size_t ResponseReader::feed(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size() && state_ != State::complete && state_ != State::broken) {
    if (state_ == State::head) {
      const std::size_t before = line_.size();
      line_ += bytes.substr(at);
      const std::size_t end = line_.find("\r\n\r\n", before < 3 ? 0 : before - 3);
      if (end == std::string::npos) return bytes.size();
      at += end + 4 - before;
      line_.resize(end + 2);
      read_head();
      line_.clear();
    } else if (state_ == State::sized_body) {
      if (take_body(bytes, at)) state_ = State::complete;
    } else if (state_ == State::chunk) {
      if (take_body(bytes, at)) state_ = State::chunk_end;
    } else if (take_line(bytes, at)) {
      if (state_ == State::chunk_size)
        begin_chunk();
      else if (state_ == State::chunk_end)
        state_ = State::chunk_size;
      else if (line_.empty())
        state_ = State::complete;
      line_.clear();
    }
  }
  return at;
}

bool ResponseReader::take_line(std::string_view bytes, std::size_t& at) {
  const std::size_t end = bytes.find('\n', at);
  line_ += bytes.substr(at, end == std::string_view::npos ? std::string_view::npos : end - at);
  at = end == std::string_view::npos ? bytes.size() : end + 1;
  if (end == std::string_view::npos) return false;
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  return true;
}

bool ResponseReader::take_body(std::string_view bytes, std::size_t& at) {
  const std::size_t taken = std::min(left_, bytes.size() - at);
  body_ += bytes.substr(at, taken);
  at += taken;
  left_ -= taken;
  return left_ == 0;
}

void ResponseReader::begin_chunk() {
  const auto [end, error] = std::from_chars(line_.data(), line_.data() + line_.size(), left_, 16);
  if (error != std::errc() || end == line_.data())
    state_ = State::broken;
  else
    state_ = left_ == 0 ? State::trailer : State::chunk;
}

void ResponseReader::read_head() {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  if (!line_.starts_with(kVersion) || line_.size() < kVersion.size() + 3) {
    state_ = State::broken;
    return;
  }
  std::from_chars(line_.data() + kVersion.size(), line_.data() + kVersion.size() + 3, status_);
  bool is_chunked = false;
  for (const std::string_view field : split(line_, '\n')) {
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view name = field.substr(0, colon);
    const std::string_view value = trimmed(field.substr(colon + 1));
    if (equals_ignoring_case(name, "content-length")) std::from_chars(value.data(), value.data() + value.size(), left_);
    if (equals_ignoring_case(name, "transfer-encoding")) is_chunked = equals_ignoring_case(value, "chunked");
  }
  state_ = is_chunked ? State::chunk_size : left_ == 0 ? State::complete : State::sized_body;
}

}  // namespace guildhall::bench
