// One request as a handler sees it: who calls, what they sent, and the way to answer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "api/services.h"
#include "base/errors.h"
#include "base/json.h"
#include "gateway/admission.h"
#include "identity/accounts.h"
#include "identity/scope.h"
#include "net/server.h"

namespace guildhall::api {

struct Route;

/// The credential a request carries, not yet judged.
struct Presented {
  enum class Kind : std::uint8_t { none, access_key, widget_key, widget_session, token, session };
  Kind kind = Kind::none;
  std::string value;
};

/// Reads the one credential of a request in every accepted form (contracts/registry.md §1, contracts/cmp.md §2.1):
/// X-API-Key, X-Studio-Api-Key, Authorization (Bearer, Token, Bearer Token), the session cookie when no header is there.
/// Refusal(ambiguous_credentials) for two different ones.
Presented presented_credential(const net::Request& request);

class Call {
 public:
  Call(net::Exchange& exchange, const Route& route, Services& services);

  const net::Request& request() const { return exchange_.request(); }
  net::Exchange& exchange() { return exchange_; }
  const Route& route() const { return route_; }
  Services& services() const { return services_; }
  const Presented& presented() const { return presented_; }

  /// A path parameter of the route's pattern.
  const std::string& path(std::string_view name) const;
  /// A query parameter; empty when absent.
  std::string query(std::string_view name) const;
  /// An integer query parameter in [low, high]; Refusal(validation_failed) otherwise.
  std::int64_t query_integer(std::string_view name, std::int64_t otherwise, std::int64_t low, std::int64_t high) const;

  /// The person behind a token or session. Refusal(not_authenticated) when there is none.
  const identity::Authenticated& who();
  bool has_person() const { return who_.has_value(); }
  /// The access key's facts, when the credential is one.
  const std::shared_ptr<const gateway::Access>& access() const { return access_; }

  /// Whom the call acts for: the key's scope; else the account in the organization named by the X-Organization header or the
  /// `organization` query parameter, else in its first organization.
  Scope scope(store::Tx& tx);
  /// Every scope of the account (of the key: its one).
  std::vector<Scope> scopes(store::Tx& tx);
  /// The scope in one organization; Refusal(not_found) when the caller has none there.
  Scope scope_in(store::Tx& tx, OrganizationId organization);
  /// Runs `find(scope)` for each scope of the caller until one does not refuse with not_found.
  template <class Find>
  auto find_in_scopes(store::Tx& tx, std::string_view thing, Find&& find) {
    for (const Scope& scope : scopes(tx)) {
      try {
        return find(scope);
      } catch (const Refusal& refusal) {
        if (refusal.code != Code::not_found) throw;
      }
    }
    throw not_found(thing);
  }

  template <class Body>
  auto read(Body&& body) {
    return services_.database.read(body);
  }
  template <class Body>
  auto write(Body&& body) {
    return services_.database.write(body);
  }

  /// Overrides the route's status, adds a field to the answer.
  void set_status(int status) { status_ = status; }
  void set_header(std::string name, std::string value) { headers_.set(std::move(name), std::move(value)); }
  /// Names a member of the answer that must not be kept for replays.
  void mark_secret(std::string member) { secret_members_.push_back(std::move(member)); }

  /// Answers with JSON, with bytes, or with nothing (204, or the status set).
  void answer(const json::Value& value);
  void answer_bytes(std::string body, std::string_view content_type);
  void answer_empty();
  /// Begins a streamed answer.
  std::shared_ptr<net::Stream> begin_stream(std::string_view content_type);

  int status() const { return status_; }
  const net::Headers& headers() const { return headers_; }
  bool is_answered() const { return held_.has_value() || exchange_.is_answered(); }
  /// Keeps a copy of what a stream said, as the bytes that replay it.
  void keep(std::string body) {
    if (keeps_bodies_) kept_body_ = std::move(body);
  }
  /// What answer() sent, without its secrets, for the idempotency store.
  const std::string& kept_body() const { return kept_body_; }

  // For the edge.
  void authenticate();
  void answer_stored(int status, const std::string& body);
  /// From now on an answer waits for send_held(), so that nobody has it before it is stored.
  void keep_bodies() { keeps_bodies_ = true; }
  void send_held();

 private:
  void respond(net::Response response);

  net::Exchange& exchange_;
  const Route& route_;
  Services& services_;
  Presented presented_;
  std::optional<identity::Authenticated> who_;
  std::shared_ptr<const gateway::Access> access_;
  int status_ = 200;
  net::Headers headers_;
  std::vector<std::string> secret_members_;
  std::string kept_body_;
  bool keeps_bodies_ = false;
  std::optional<net::Response> held_;
};

}  // namespace guildhall::api
