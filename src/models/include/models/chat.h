// Language models: one conversation in, one reply out, streamed or whole (contracts/runtime.md §3.9).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "net/client.h"

namespace guildhall::models {

enum class Role : std::uint8_t { system, user, assistant };

struct ChatMessage {
  Role role = Role::user;
  std::string text;
  std::vector<std::string> image_urls;  ///< data: URLs of image parts
};

struct ChatRequest {
  std::vector<ChatMessage> messages;
  std::optional<double> temperature;
  std::optional<std::int64_t> tokens_max;
  std::optional<std::int64_t> seed;
  bool json_mode = false;
};

struct Usage {
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  bool is_estimated = false;

  std::int64_t total() const { return input_tokens + output_tokens; }
};

struct ChatReply {
  std::string text;
  std::string model;
  std::string finish_reason = "stop";  ///< stop, length
  Usage usage;
};

/// Where a model answers. `base_url` ends before `/chat/completions`, e.g. "https://api.openai.com/v1".
struct Endpoint {
  std::string provider = "openai";
  std::string base_url;
  Secret api_key;
  std::string model;
};

struct CallOptions {
  std::int64_t deadline_us = 0;  ///< on monotonic_us()
  std::stop_token stop;
  /// Set for a streamed call: receives the text as it comes, on another thread; false cancels.
  std::function<bool(std::string_view chunk)> on_chunk;
};

/// Calls an OpenAI-compatible server. Retries twice on 429, 5xx and connection errors, with backoff, before the first token only.
/// Refusal(upstream_error) or Refusal(run_timeout) without the server's body; the stop token ends it with
/// net::OutboundError(cancelled). Usage the server does not report is estimated and marked. Reasoning models (o1, o3, gpt-5 …)
/// get neither temperature nor seed.
ChatReply chat(net::Client& client, const Endpoint& endpoint, const ChatRequest& request, const CallOptions& options);

/// About four characters a token: what is used when a server reports nothing.
std::int64_t estimate_tokens(std::string_view text);

}  // namespace guildhall::models
