// Refusals: how a request ends early. A closed set of codes, a message for people, a detail for the log.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace guildhall {

/// Every way a request can be refused. Each dialect maps all of them to its own shape (contracts/registry.md §1).
enum class Code : std::uint8_t {
  // 400
  malformed_json,
  invalid_request,
  ambiguous_credentials,
  tweak_not_allowed,
  component_blocked,
  invalid_graph,
  unsupported_parameter,
  destination_refused,
  // 401
  not_authenticated,
  token_invalid,
  key_invalid,
  key_expired,
  key_revoked,
  // 403
  permission_denied,
  missing_scope,
  wrong_agent,
  wrong_organization,
  organization_suspended,
  provider_not_approved,
  origin_not_allowed,
  csrf_failed,
  // 404, 405
  not_found,
  method_not_allowed,
  // 409
  conflict,
  invalid_transition,
  agent_id_taken,
  agent_limit_reached,
  version_exists,
  version_not_greater,
  sync_conflict,
  has_subscribers,
  agent_not_draft,
  confirmation_required,
  gate_failed,
  stale_export,
  last_owner,
  idempotency_mismatch,
  idempotency_in_progress,
  // 412, 413, 415, 421
  precondition_failed,
  payload_too_large,
  unsupported_media_type,
  misdirected_request,
  // 422
  validation_failed,
  flow_invalid,
  plan_required,
  terms_required,
  semver_mismatch,
  knowledge_limit,
  // 429
  rate_limited,
  quota_exceeded,
  // 500
  internal_error,
  component_error,
  limit_exceeded,
  // 503
  runtime_unavailable,
  run_timeout,
  upstream_error,
  overloaded,
  database_unavailable,
  cmp_unavailable,
  agent_paused,
  agent_unavailable,
};

/// The wire name, e.g. "quota_exceeded".
std::string_view name(Code code);
/// The status the native dialect answers with, 400..503.
int http_status(Code code);
/// Every code, for tests that walk the whole set.
const std::vector<Code>& all_codes();

struct FieldError {
  std::string path;  ///< e.g. `plans[0].price_cents`
  std::string message;
};

/// Ends the request and rolls its transaction back. `message` and `details` may leave the process, `log_detail` never does.
class Refusal : public std::exception {
 public:
  Refusal(Code refused, std::string text) : code(refused), message(std::move(text)) {}

  Refusal& with_details(json::Object value) & {
    details = std::move(value);
    return *this;
  }
  Refusal&& with_details(json::Object value) && {
    details = std::move(value);
    return std::move(*this);
  }
  Refusal&& with_fields(std::vector<FieldError> value) && {
    fields = std::move(value);
    return std::move(*this);
  }
  Refusal&& with_log(std::string value) && {
    log_detail = std::move(value);
    return std::move(*this);
  }
  Refusal&& retry_after(std::int64_t s) && {
    retry_after_s = s;
    return std::move(*this);
  }

  const char* what() const noexcept override { return message.c_str(); }

  Code code;
  std::string message;
  json::Object details;
  std::vector<FieldError> fields;
  std::string log_detail;
  std::optional<std::int64_t> retry_after_s;
};

/// 422 validation_failed for one field.
Refusal invalid_field(std::string path, std::string message);
/// 404 for what does not exist and for what is not yours: the two look the same.
Refusal not_found(std::string_view thing);

}  // namespace guildhall
