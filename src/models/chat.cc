// Calls an OpenAI-compatible server: retries before the first token, errors without the server's words, usage always known.
#include "models/chat.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/errors.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "chat_wire.h"
#include "models/limits.h"

namespace guildhall::models {
namespace {

constexpr std::int64_t kDeadlineSlackUs = 5'000;

struct Attempt {
  std::optional<ChatReply> reply;
  bool may_retry = false;
  std::int64_t wait_us = 0;  ///< what the server asked for
  std::optional<Refusal> refusal;
};

[[noreturn]] void throw_cancelled() {
  throw net::OutboundError(net::OutboundFailure::cancelled, "the model call was cancelled");
}

Refusal upstream(std::string message, std::string log_detail = {}) {
  return Refusal(Code::upstream_error, std::move(message)).with_log(std::move(log_detail));
}

Refusal refused_status(const Endpoint& endpoint, int status) {
  const std::string number = std::to_string(status);
  const std::string model = "model '" + endpoint.model + "'";
  if (status == 401 || status == 403) return upstream("the server of " + model + " refused its API key (" + number + ")");
  if (status == 404) return upstream("the server of " + model + " does not know it or its path (404)");
  if (status == 429) return upstream("the server of " + model + " is over its own limit (429); try again later");
  if (status >= 500) return upstream("the server of " + model + " failed (" + number + ")");
  return upstream("the server of " + model + " refused the request (" + number + ")");
}

std::int64_t asked_wait_us(const net::OutboundResponse& response) {
  const auto seconds_text = response.headers.get("Retry-After");
  const auto wanted = seconds_text ? parse_integer(trimmed(*seconds_text)) : std::nullopt;
  return wanted && *wanted > 0 ? std::min(seconds(std::min<std::int64_t>(*wanted, 60)), kBackoffUsMax) : 0;
}

Attempt final_failure(Refusal refusal) {
  Attempt attempt;
  attempt.refusal = std::move(refusal);
  return attempt;
}

Attempt answered_with(const Endpoint& endpoint, const net::OutboundResponse& response) {
  Attempt attempt = final_failure(refused_status(endpoint, response.status));
  attempt.may_retry = response.status == 429 || response.status >= 500;
  attempt.wait_us = asked_wait_us(response);
  return attempt;
}

net::OutboundRequest outbound(const Endpoint& endpoint, const ChatRequest& request, const CallOptions& options) {
  net::OutboundRequest call;
  call.caller = net::Caller::model;
  call.method = net::Method::post;
  std::string_view base = endpoint.base_url;
  while (base.ends_with('/')) base.remove_suffix(1);
  call.url = std::string(base) + "/chat/completions";
  call.headers.add("Content-Type", "application/json");
  call.headers.add("Accept", options.on_chunk ? "text/event-stream" : "application/json");
  if (!endpoint.api_key.empty()) call.headers.add("Authorization", "Bearer " + std::string(endpoint.api_key.reveal()));
  call.body = request_body(endpoint, request, static_cast<bool>(options.on_chunk));
  call.deadline_us = options.deadline_us;
  call.stop = options.stop;
  return call;
}

Attempt failed(const Endpoint& endpoint, const net::OutboundError& error, const CallOptions& options, bool has_text) {
  const std::string model = "model '" + endpoint.model + "'";
  switch (error.failure) {
    case net::OutboundFailure::cancelled: throw_cancelled();
    case net::OutboundFailure::timeout:
      // The client counts in whole milliseconds, so it may give up a little before the deadline it was given.
      if (options.deadline_us != 0 && monotonic_us() + kDeadlineSlackUs >= options.deadline_us) {
        throw Refusal(Code::run_timeout, "the run's time was over before " + model + " had answered");
      }
      return final_failure(upstream("the server of " + model + " did not answer in time", error.message));
    case net::OutboundFailure::destination_refused:
      return final_failure(upstream("the address of " + model +
                                        " is not one this server may call; an operator can allow it with "
                                        "GUILDHALL_OUTBOUND_ALLOW",
                                    error.message));
    case net::OutboundFailure::too_large: throw Refusal(Code::limit_exceeded, "the reply of " + model + " is longer than 2 MiB");
    case net::OutboundFailure::unreachable:
    case net::OutboundFailure::protocol: break;
  }
  const std::string what = has_text ? " broke off in the middle of its answer" : " cannot be reached";
  Attempt attempt = final_failure(upstream("the server of " + model + what, error.message));
  attempt.may_retry = !has_text;
  return attempt;
}

Attempt whole(net::Client& client, const Endpoint& endpoint, const ChatRequest& request, const CallOptions& options) {
  try {
    const net::OutboundResponse response = client.fetch(outbound(endpoint, request, options));
    if (response.status / 100 != 2) return answered_with(endpoint, response);
    Attempt attempt;
    attempt.reply = parse_reply(response.body);
    if (!attempt.reply)
      attempt.refusal = upstream("the server of model '" + endpoint.model + "' sent something that is no answer");
    if (attempt.reply && attempt.reply->text.size() > kReplyBytesMax) {
      throw Refusal(Code::limit_exceeded, "the reply of model '" + endpoint.model + "' is longer than 2 MiB");
    }
    return attempt;
  } catch (const net::OutboundError& error) {
    return failed(endpoint, error, options, false);
  }
}

Attempt streamed(net::Client& client, const Endpoint& endpoint, const ChatRequest& request, const CallOptions& options) {
  ReplyStream stream(options.on_chunk);
  net::OutboundRequest call = outbound(endpoint, request, options);
  call.on_body = [&stream](std::string_view bytes) { return stream.feed(bytes); };
  try {
    const net::OutboundResponse response = client.fetch(call);
    if (response.status / 100 != 2) return answered_with(endpoint, response);
  } catch (const net::OutboundError& error) {
    if (stream.is_unheard()) throw_cancelled();
    // A stream that we ended ourselves, because it was broken or too long, is told apart below.
    if (!stream.is_too_long() && error.failure != net::OutboundFailure::cancelled) {
      return failed(endpoint, error, options, stream.has_text());
    }
    if (options.stop.stop_requested()) throw_cancelled();
  }
  Attempt attempt;
  attempt.reply = stream.finish();
  if (stream.is_unheard()) throw_cancelled();
  if (stream.is_too_long())
    throw Refusal(Code::limit_exceeded, "the reply of model '" + endpoint.model + "' is longer than 2 MiB");
  if (!attempt.reply) {
    attempt.refusal =
        upstream("the server of model '" + endpoint.model + "'" +
                 (stream.has_text() ? " broke off in the middle of its answer" : " sent something that is no answer"));
  }
  return attempt;
}

// Waits before the next attempt; false when the run's time would be over by then.
bool back_off(int attempt, const Attempt& last, const CallOptions& options) {
  const std::int64_t wait_us = std::max(last.wait_us, kFirstBackoffUs << (2 * attempt));
  if (options.deadline_us != 0 && monotonic_us() + wait_us >= options.deadline_us) return false;
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, options.stop, std::chrono::microseconds(wait_us), [] { return false; });
  if (options.stop.stop_requested()) throw_cancelled();
  return true;
}

void estimate_usage(const ChatRequest& request, ChatReply& reply) {
  if (!reply.usage.is_estimated) return;
  reply.usage.input_tokens = 0;
  for (const ChatMessage& message : request.messages) reply.usage.input_tokens += estimate_tokens(message.text);
  reply.usage.output_tokens = estimate_tokens(reply.text);
}

}  // namespace

ChatReply chat(net::Client& client, const Endpoint& endpoint, const ChatRequest& request, const CallOptions& options) {
  for (int attempt = 0;; ++attempt) {
    if (options.stop.stop_requested()) throw_cancelled();
    Attempt result = options.on_chunk ? streamed(client, endpoint, request, options) : whole(client, endpoint, request, options);
    if (result.reply) {
      estimate_usage(request, *result.reply);
      if (result.reply->model.empty()) result.reply->model = endpoint.model;
      return std::move(*result.reply);
    }
    log::warning("model_call_failed", {{"model", endpoint.model},
                                       {"attempt", std::int64_t{attempt}},
                                       {"reason", result.refusal->message},
                                       {"detail", result.refusal->log_detail}});
    if (!result.may_retry || attempt == kRetriesMax || !back_off(attempt, result, options)) throw std::move(*result.refusal);
  }
}

std::int64_t estimate_tokens(std::string_view text) {
  return static_cast<std::int64_t>((code_points(text) + 3) / 4);
}

}  // namespace guildhall::models
