// Failures of model servers, told apart and worded.
#include "model_call.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/text.h"
#include "base/time.h"

namespace guildhall::models {
namespace {

constexpr std::int64_t kDeadlineSlackUs = 5'000;

Refusal refused_status(const Endpoint& endpoint, int status) {
  const std::string number = std::to_string(status);
  if (status == 401 || status == 403) return upstream_refusal(endpoint, "refused its API key (" + number + ")");
  if (status == 404) return upstream_refusal(endpoint, "does not know it or its path (404)");
  if (status == 429) return upstream_refusal(endpoint, "is over its own limit (429); try again later");
  if (status >= 500) return upstream_refusal(endpoint, "failed (" + number + ")");
  return upstream_refusal(endpoint, "refused the request (" + number + ")");
}

std::int64_t asked_wait_us(const net::OutboundResponse& response) {
  const auto seconds_text = response.headers.get("Retry-After");
  const auto wanted = seconds_text ? parse_integer(trimmed(*seconds_text)) : std::nullopt;
  return wanted && *wanted > 0 ? std::min(seconds(std::min<std::int64_t>(*wanted, 60)), kBackoffUsMax) : 0;
}

}  // namespace

void throw_cancelled() {
  throw net::OutboundError(net::OutboundFailure::cancelled, "the model call was cancelled");
}

Refusal upstream_refusal(const Endpoint& endpoint, std::string_view what, std::string log_detail) {
  return Refusal(Code::upstream_error, "the server of model '" + endpoint.model + "' " + std::string(what))
      .with_log(std::move(log_detail));
}

CallFailure final_failure(Refusal refusal) {
  return {.refusal = std::move(refusal), .may_retry = false, .wait_us = 0, .status = 0};
}

net::OutboundRequest outbound_call(const Endpoint& endpoint, std::string_view path, std::string body,
                                   const CallOptions& options) {
  net::OutboundRequest call;
  call.caller = net::Caller::model;
  call.method = net::Method::post;
  std::string_view base = endpoint.base_url;
  while (base.ends_with('/')) base.remove_suffix(1);
  call.url = std::string(base) + std::string(path);
  call.headers.add("Content-Type", "application/json");
  call.headers.add("Accept", options.on_chunk ? "text/event-stream" : "application/json");
  if (!endpoint.api_key.empty()) call.headers.add("Authorization", "Bearer " + std::string(endpoint.api_key.reveal()));
  call.body = std::move(body);
  call.deadline_us = options.deadline_us;
  call.stop = options.stop;
  return call;
}

CallFailure failure_of_status(const Endpoint& endpoint, const net::OutboundResponse& response) {
  return {.refusal = refused_status(endpoint, response.status),
          .may_retry = response.status == 429 || response.status >= 500,
          .wait_us = asked_wait_us(response),
          .status = response.status};
}

CallFailure failure_of_error(const Endpoint& endpoint, const net::OutboundError& error, const CallOptions& options,
                             bool has_text) {
  const std::string model = "model '" + endpoint.model + "'";
  switch (error.failure) {
    case net::OutboundFailure::cancelled: throw_cancelled();
    case net::OutboundFailure::timeout:
      // The client counts in whole milliseconds, so it may give up a little before the deadline it was given.
      if (options.deadline_us != 0 && monotonic_us() + kDeadlineSlackUs >= options.deadline_us) {
        throw Refusal(Code::run_timeout, "the run's time was over before " + model + " had answered");
      }
      return final_failure(upstream_refusal(endpoint, "did not answer in time", error.message));
    case net::OutboundFailure::destination_refused:
      return final_failure(Refusal(Code::upstream_error, "the address of " + model +
                                                             " is not one this server may call; an operator can allow it with "
                                                             "GUILDHALL_OUTBOUND_ALLOW")
                               .with_log(error.message));
    case net::OutboundFailure::too_large: throw Refusal(Code::limit_exceeded, "the reply of " + model + " is longer than 2 MiB");
    case net::OutboundFailure::unreachable:
    case net::OutboundFailure::protocol: break;
  }
  CallFailure failure = final_failure(
      upstream_refusal(endpoint, has_text ? "broke off in the middle of its answer" : "cannot be reached", error.message));
  failure.may_retry = !has_text;
  return failure;
}

bool back_off(int attempt, const CallFailure& last, const CallOptions& options) {
  const std::int64_t wait_us = std::max(last.wait_us, kFirstBackoffUs << (2 * attempt));
  if (options.deadline_us != 0 && monotonic_us() + wait_us >= options.deadline_us) return false;
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, options.stop, std::chrono::microseconds(wait_us), [] { return false; });
  if (options.stop.stop_requested()) throw_cancelled();
  return true;
}

}  // namespace guildhall::models
