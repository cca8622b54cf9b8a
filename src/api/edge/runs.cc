// Admission and rate headers for every dialect's run routes.
#include "edge/runs.h"

#include "edge/route.h"

namespace guildhall::api {

gateway::Caller caller_of(const Call& call) {
  gateway::Caller caller;
  caller.key = call.presented().value;
  caller.address = call.request().remote_address;
  caller.origin = call.request().headers.get_or("origin", "");
  caller.request_id = call.request().request_id;
  caller.endpoint = call.route().pattern;
  caller.method = net::name(call.request().method);
  return caller;
}

namespace {

std::string rate_item(std::string_view name, const gateway::RateState& rate) {
  return "\"" + std::string(name) + "\";r=" + std::to_string(rate.remaining) + ";t=" + std::to_string(rate.reset_s);
}

}  // namespace

void add_run_headers(Call& call, const gateway::RateState& rate, const gateway::RateState& organization,
                     const std::optional<billing::Quota>& quota) {
  if (rate.limit == 0) return;
  std::string policy = "\"key\";q=" + std::to_string(rate.limit);
  std::string state = rate_item("key", rate);
  if (organization.limit != 0) {
    policy += ", \"organization\";q=" + std::to_string(organization.limit);
    state += ", " + rate_item("organization", organization);
  }
  if (quota && quota->limit) {
    const Decimal left = *quota->limit - quota->used - quota->reserved;
    policy += ", \"quota\";q=" + quota->limit->text(0);
    state += ", \"quota\";r=" + (left.is_negative() ? std::string("0") : left.rounded(0, Rounding::toward_zero).text(0));
  }
  call.set_header("RateLimit-Policy", policy);
  call.set_header("RateLimit", state);
  call.set_header("X-RateLimit-Limit", std::to_string(rate.limit));
  call.set_header("X-RateLimit-Remaining", std::to_string(rate.remaining));
  call.set_header("X-RateLimit-Reset", std::to_string(rate.reset_s));
}

gateway::Admitted admit_with_headers(Call& call, std::shared_ptr<const gateway::Access> access, const gateway::Caller& caller,
                                     const std::optional<std::string>& target, Right needed) {
  try {
    auto admitted = call.services().gateway.admit(std::move(access), caller, target, needed);
    add_run_headers(call, admitted.rate, admitted.organization_rate, admitted.quota);
    return admitted;
  } catch (const gateway::RateRefusal& refusal) {
    add_run_headers(call, refusal.state, {}, std::nullopt);
    throw;
  }
}

}  // namespace guildhall::api
