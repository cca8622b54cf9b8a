// Calls an OpenAI-compatible server: retries before the first token, errors without the server's words, usage always known.
#include "models/chat.h"

#include "base/text.h"
#include "chat_wire.h"
#include "model_call.h"

namespace guildhall::models {
namespace {

using ChatAttempt = std::variant<ChatReply, CallFailure>;

net::OutboundRequest chat_call(const Endpoint& endpoint, const ChatRequest& request, const CallOptions& options) {
  return outbound_call(endpoint, "/chat/completions", request_body(endpoint, request, static_cast<bool>(options.on_chunk)),
                       options);
}

[[noreturn]] void throw_too_long(const Endpoint& endpoint) {
  throw Refusal(Code::limit_exceeded, "the reply of model '" + endpoint.model + "' is longer than 2 MiB");
}

ChatAttempt whole(net::Client& client, const Endpoint& endpoint, const ChatRequest& request, const CallOptions& options) {
  try {
    const net::OutboundResponse response = client.fetch(chat_call(endpoint, request, options));
    if (response.status / 100 != 2) return failure_of_status(endpoint, response);
    auto reply = parse_reply(response.body);
    if (!reply) return final_failure(upstream_refusal(endpoint, "sent something that is no answer"));
    if (reply->text.size() > kReplyBytesMax) throw_too_long(endpoint);
    return std::move(*reply);
  } catch (const net::OutboundError& error) {
    return failure_of_error(endpoint, error, options);
  }
}

ChatAttempt streamed(net::Client& client, const Endpoint& endpoint, const ChatRequest& request, const CallOptions& options) {
  ReplyStream stream(options.on_chunk);
  net::OutboundRequest call = chat_call(endpoint, request, options);
  call.on_body = [&stream](std::string_view bytes) { return stream.feed(bytes); };
  try {
    const net::OutboundResponse response = client.fetch(call);
    if (response.status / 100 != 2) return failure_of_status(endpoint, response);
  } catch (const net::OutboundError& error) {
    if (stream.is_unheard()) throw_cancelled();
    // A stream that we ended ourselves, because it was broken or too long, is told apart below.
    if (!stream.is_too_long() && error.failure != net::OutboundFailure::cancelled) {
      return failure_of_error(endpoint, error, options, stream.has_text());
    }
    if (options.stop.stop_requested()) throw_cancelled();
  }
  auto reply = stream.finish();
  if (stream.is_unheard()) throw_cancelled();
  if (stream.is_too_long()) throw_too_long(endpoint);
  if (reply) return std::move(*reply);
  return final_failure(upstream_refusal(
      endpoint, stream.has_text() ? "broke off in the middle of its answer" : "sent something that is no answer"));
}

void estimate_usage(const ChatRequest& request, ChatReply& reply) {
  if (!reply.usage.is_estimated) return;
  reply.usage.input_tokens = 0;
  for (const ChatMessage& message : request.messages) reply.usage.input_tokens += estimate_tokens(message.text);
  reply.usage.output_tokens = estimate_tokens(reply.text);
}

}  // namespace

ChatReply chat(net::Client& client, const Endpoint& endpoint, const ChatRequest& request, const CallOptions& options) {
  const auto attempt = options.on_chunk ? streamed : whole;
  auto reply = with_retries<ChatReply>(endpoint, options, [&] { return attempt(client, endpoint, request, options); });
  estimate_usage(request, reply);
  if (reply.model.empty()) reply.model = endpoint.model;
  return reply;
}

std::int64_t estimate_tokens(std::string_view text) {
  return static_cast<std::int64_t>((code_points(text) + 3) / 4);
}

}  // namespace guildhall::models
