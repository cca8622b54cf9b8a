// What every call of a model server shares: the request behind the gate, failures in our own words, and trying again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/errors.h"
#include "base/log.h"
#include "models/chat.h"
#include "models/limits.h"
#include "net/client.h"

namespace guildhall::models {

/// An attempt that brought nothing. The refusal never carries the server's words.
struct CallFailure {
  Refusal refusal;
  bool may_retry = false;
  std::int64_t wait_us = 0;  ///< what the server asked for
  int status = 0;            ///< of the server's answer; 0 when there was none
};

[[noreturn]] void throw_cancelled();

/// "the server of model 'x' …"
Refusal upstream_refusal(const Endpoint& endpoint, std::string_view what, std::string log_detail = {});
CallFailure final_failure(Refusal refusal);

/// POST {base_url}{path} with a JSON body and the endpoint's key.
net::OutboundRequest outbound_call(const Endpoint& endpoint, std::string_view path, std::string body, const CallOptions& options);

/// For a status that is not 2xx.
CallFailure failure_of_status(const Endpoint& endpoint, const net::OutboundResponse& response);
/// For what the client threw. Throws when nothing can be tried again: cancelled, too large, the deadline is over.
CallFailure failure_of_error(const Endpoint& endpoint, const net::OutboundError& error, const CallOptions& options,
                             bool has_text = false);

/// Waits before the next attempt; false when the call's time would be over by then.
bool back_off(int attempt, const CallFailure& last, const CallOptions& options);

/// Calls `attempt` up to three times, until it returns a reply or a failure that may not be tried again, which is thrown.
template <class Reply, class Attempt>
Reply with_retries(const Endpoint& endpoint, const CallOptions& options, const Attempt& attempt) {
  for (int number = 0;; ++number) {
    if (options.stop.stop_requested()) throw_cancelled();
    std::variant<Reply, CallFailure> result = attempt();
    if (auto* reply = std::get_if<Reply>(&result)) return std::move(*reply);
    CallFailure& failure = std::get<CallFailure>(result);
    log::warning("model_call_failed", {{"model", endpoint.model},
                                       {"attempt", std::int64_t{number}},
                                       {"reason", failure.refusal.message},
                                       {"detail", failure.refusal.log_detail}});
    if (!failure.may_retry || number == kRetriesMax || !back_off(number, failure, options)) throw std::move(failure.refusal);
  }
}

}  // namespace guildhall::models
