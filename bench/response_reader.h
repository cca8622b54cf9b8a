// Reads HTTP/1.1 responses of the server under test, piece by piece. Trusts the server: it is ours and on loopback.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace guildhall::bench {

class ResponseReader {
 public:
  /// Takes bytes until one response is complete; returns how many it took. What is left belongs to the next response.
  std::size_t feed(std::string_view bytes);
  bool is_complete() const { return state_ == State::complete; }
  /// The bytes were no HTTP response.
  bool is_broken() const { return state_ == State::broken; }
  bool has_head() const { return state_ != State::head && state_ != State::broken; }
  int status() const { return status_; }
  /// What came of the body, without chunk framing.
  const std::string& body() const { return body_; }
  void reset();

 private:
  enum class State : std::uint8_t { head, sized_body, chunk_size, chunk, chunk_end, trailer, complete, broken };
  void read_head();
  bool take_line(std::string_view bytes, std::size_t& at);
  bool take_body(std::string_view bytes, std::size_t& at);
  void begin_chunk();

  State state_ = State::head;
  int status_ = 0;
  std::size_t left_ = 0;  ///< of the body or the chunk
  std::string line_;      ///< head so far, or the line so far
  std::string body_;
};

}  // namespace guildhall::bench
