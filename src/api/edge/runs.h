// What every dialect's run routes share: who calls, admission with its headers.
#pragma once

#include "edge/call.h"
#include "gateway/gateway.h"

namespace guildhall::api {

gateway::Caller caller_of(const Call& call);

/// RateLimit-Policy, RateLimit and X-RateLimit-* (contracts/registry.md §11).
void add_run_headers(Call& call, const gateway::RateState& rate, const gateway::RateState& organization,
                     const std::optional<billing::Quota>& quota);

/// Admission steps 4 to 8; the answer, refused or not, carries the rate headers.
gateway::Admitted admit_with_headers(Call& call, std::shared_ptr<const gateway::Access> access, const gateway::Caller& caller,
                                     const std::optional<std::string>& target, Right needed);

}  // namespace guildhall::api
