// The OpenAI wire format: a request as JSON, a reply out of JSON or a stream of events.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "models/chat.h"
#include "net/events.h"

namespace guildhall::models {

/// The body of `POST {base_url}/chat/completions`.
std::string request_body(const Endpoint& endpoint, const ChatRequest& request, bool is_streamed);

/// Reasoning models refuse temperature and seed, and name their token limit differently.
bool is_reasoning_model(std::string_view model);

/// A whole reply; nullopt when the body is no chat completion.
std::optional<ChatReply> parse_reply(std::string_view body);

/// Collects a streamed reply. Fed by model servers: anything that is not the expected shape makes it broken, never throws.
class ReplyStream {
 public:
  explicit ReplyStream(std::function<bool(std::string_view)> on_chunk) : on_chunk_(std::move(on_chunk)) {}

  /// False when the transfer should end: nobody listens, or the stream is broken.
  bool feed(std::string_view bytes);
  /// What was said, once the transfer is over; nullopt when it ended early or was never a reply.
  std::optional<ChatReply> finish();

  bool has_text() const { return !reply_.text.empty(); }
  bool is_unheard() const { return is_unheard_; }
  bool is_too_long() const { return is_too_long_; }

 private:
  bool on_event(std::string_view data);

  std::function<bool(std::string_view)> on_chunk_;
  net::SseReader reader_;
  ChatReply reply_;
  std::string plain_;  ///< a server that ignores `stream` answers with one JSON object
  bool is_plain_ = false;
  bool has_begun_ = false;
  bool is_done_ = false;
  bool is_broken_ = false;
  bool is_unheard_ = false;
  bool is_too_long_ = false;
  bool has_usage_ = false;
};

}  // namespace guildhall::models
