// The closed set of refusals: wire name and native status of each (contracts/registry.md §1).
#include "base/errors.h"

#include <stdexcept>

namespace guildhall {

namespace {

struct CodeRow {
  std::string_view name;
  int status;
};

// clang-format off: a table, one row a line
CodeRow row_of(Code code) {
  switch (code) {
    case Code::malformed_json: return {"malformed_json", 400};
    case Code::invalid_request: return {"invalid_request", 400};
    case Code::ambiguous_credentials: return {"ambiguous_credentials", 400};
    case Code::tweak_not_allowed: return {"tweak_not_allowed", 400};
    case Code::component_blocked: return {"component_blocked", 400};
    case Code::invalid_graph: return {"invalid_graph", 400};
    case Code::unsupported_parameter: return {"unsupported_parameter", 400};
    case Code::destination_refused: return {"destination_refused", 400};
    case Code::not_authenticated: return {"not_authenticated", 401};
    case Code::token_invalid: return {"token_invalid", 401};
    case Code::key_invalid: return {"key_invalid", 401};
    case Code::key_expired: return {"key_expired", 401};
    case Code::key_revoked: return {"key_revoked", 401};
    case Code::permission_denied: return {"permission_denied", 403};
    case Code::missing_scope: return {"missing_scope", 403};
    case Code::wrong_agent: return {"wrong_agent", 403};
    case Code::wrong_organization: return {"wrong_organization", 403};
    case Code::organization_suspended: return {"organization_suspended", 403};
    case Code::provider_not_approved: return {"provider_not_approved", 403};
    case Code::origin_not_allowed: return {"origin_not_allowed", 403};
    case Code::csrf_failed: return {"csrf_failed", 403};
    case Code::not_found: return {"not_found", 404};
    case Code::method_not_allowed: return {"method_not_allowed", 405};
    case Code::conflict: return {"conflict", 409};
    case Code::invalid_transition: return {"invalid_transition", 409};
    case Code::agent_id_taken: return {"agent_id_taken", 409};
    case Code::agent_limit_reached: return {"agent_limit_reached", 409};
    case Code::version_exists: return {"version_exists", 409};
    case Code::version_not_greater: return {"version_not_greater", 409};
    case Code::sync_conflict: return {"sync_conflict", 409};
    case Code::has_subscribers: return {"has_subscribers", 409};
    case Code::agent_not_draft: return {"agent_not_draft", 409};
    case Code::confirmation_required: return {"confirmation_required", 409};
    case Code::gate_failed: return {"gate_failed", 409};
    case Code::stale_export: return {"stale_export", 409};
    case Code::last_owner: return {"last_owner", 409};
    case Code::idempotency_mismatch: return {"idempotency_mismatch", 409};
    case Code::idempotency_in_progress: return {"idempotency_in_progress", 409};
    case Code::precondition_failed: return {"precondition_failed", 412};
    case Code::payload_too_large: return {"payload_too_large", 413};
    case Code::unsupported_media_type: return {"unsupported_media_type", 415};
    case Code::misdirected_request: return {"misdirected_request", 421};
    case Code::validation_failed: return {"validation_failed", 422};
    case Code::flow_invalid: return {"flow_invalid", 422};
    case Code::plan_required: return {"plan_required", 422};
    case Code::terms_required: return {"terms_required", 422};
    case Code::semver_mismatch: return {"semver_mismatch", 422};
    case Code::knowledge_limit: return {"knowledge_limit", 422};
    case Code::rate_limited: return {"rate_limited", 429};
    case Code::quota_exceeded: return {"quota_exceeded", 429};
    case Code::internal_error: return {"internal_error", 500};
    case Code::component_error: return {"component_error", 500};
    case Code::limit_exceeded: return {"limit_exceeded", 500};
    case Code::runtime_unavailable: return {"runtime_unavailable", 503};
    case Code::run_timeout: return {"run_timeout", 503};
    case Code::upstream_error: return {"upstream_error", 503};
    case Code::overloaded: return {"overloaded", 503};
    case Code::database_unavailable: return {"database_unavailable", 503};
    case Code::cmp_unavailable: return {"cmp_unavailable", 503};
    case Code::agent_paused: return {"agent_paused", 503};
    case Code::agent_unavailable: return {"agent_unavailable", 503};
  }
  throw std::logic_error("a Code outside its enumeration");
}
// clang-format on

}  // namespace

std::string_view name(Code code) {
  return row_of(code).name;
}

int http_status(Code code) {
  return row_of(code).status;
}

const std::vector<Code>& all_codes() {
  static const std::vector<Code> codes = [] {
    std::vector<Code> all;
    for (int i = 0; i <= static_cast<int>(Code::agent_unavailable); ++i) all.push_back(static_cast<Code>(i));
    return all;
  }();
  return codes;
}

Refusal invalid_field(std::string path, std::string message) {
  std::string text = path + ": " + message;
  return Refusal(Code::validation_failed, std::move(text)).with_fields({{std::move(path), std::move(message)}});
}

Refusal not_found(std::string_view thing) {
  return Refusal(Code::not_found, std::string(thing) + " not found");
}

}  // namespace guildhall
