// Reading a request's credential, and the scopes it opens.
#include "edge/call.h"

#include "base/text.h"
#include "edge/route.h"
#include "identity/organizations.h"

namespace guildhall::api {
namespace {

constexpr std::string_view kSessionCookie = "__Host-sid";
constexpr std::string_view kSessionCookiePlain = "sid";

Presented classified(std::string_view value) {
  if (value.starts_with("ar_")) return {Presented::Kind::access_key, std::string(value)};
  if (value.starts_with("pk_")) return {Presented::Kind::widget_key, std::string(value)};
  if (value.starts_with("wt_")) return {Presented::Kind::widget_session, std::string(value)};
  return {Presented::Kind::token, std::string(value)};
}

std::string_view without_scheme(std::string_view value, std::string_view scheme) {
  if (value.size() > scheme.size() && equals_ignoring_case(value.substr(0, scheme.size()), scheme) && value[scheme.size()] == ' ')
    return trimmed(value.substr(scheme.size()));
  return value;
}

/// `Token x`, `Bearer x` and `Bearer Token x` all carry x.
std::string_view authorization_value(std::string_view header) {
  const std::string_view bare = without_scheme(trimmed(header), "Bearer");
  return without_scheme(bare, "Token");
}

/// Cookies never count beside another credential, and never without a same-origin sign on an unsafe method.
void check_same_origin(const net::Request& request) {
  if (request.method == net::Method::get || request.method == net::Method::head || request.method == net::Method::options) return;
  if (request.headers.get_or("sec-fetch-site", "") == "same-origin") return;
  const auto origin = request.headers.get("origin");
  const auto host = request.headers.get_or("host", "");
  if (origin && !host.empty() && (*origin == "http://" + std::string(host) || *origin == "https://" + std::string(host))) return;
  throw Refusal(Code::csrf_failed, "a request with the session cookie must come from this site itself");
}

}  // namespace

Presented presented_credential(const net::Request& request) {
  Presented found;
  const auto consider = [&found](std::string_view value) {
    if (value.empty()) return;
    Presented next = classified(value);
    if (found.kind != Presented::Kind::none && found.value != next.value)
      throw Refusal(Code::ambiguous_credentials, "the request carries two different credentials; send one");
    found = std::move(next);
  };
  if (const auto header = request.headers.get("x-api-key")) consider(trimmed(*header));
  if (const auto header = request.headers.get("x-studio-api-key")) consider(trimmed(*header));
  if (const auto header = request.headers.get("authorization")) consider(authorization_value(*header));
  if (found.kind == Presented::Kind::none && request.method == net::Method::get)
    if (const auto parameter = request.query.get("x-auth-token")) consider(without_scheme(*parameter, "Token"));
  if (found.kind != Presented::Kind::none) return found;
  const auto cookies = net::parse_cookies(request.headers.get_or("cookie", ""));
  for (const std::string_view name : {kSessionCookie, kSessionCookiePlain})
    if (const auto it = cookies.find(name); it != cookies.end()) return {Presented::Kind::session, it->second};
  return found;
}

Call::Call(net::Exchange& exchange, const Route& route, Services& services)
    : exchange_(exchange), route_(route), services_(services), status_(route.status) {}

const std::string& Call::path(std::string_view name) const {
  const auto it = request().parameters.find(name);
  if (it == request().parameters.end()) throw std::logic_error("route has no parameter " + std::string(name));
  return it->second;
}

std::string Call::query(std::string_view name) const {
  return std::string(request().query.get(name).value_or(""));
}

std::int64_t Call::query_integer(std::string_view name, std::int64_t otherwise, std::int64_t low, std::int64_t high) const {
  const auto text = request().query.get(name);
  if (!text || text->empty()) return otherwise;
  const auto value = parse_integer(*text);
  if (!value || *value < low || *value > high)
    throw invalid_field(std::string(name), "must be an integer from " + std::to_string(low) + " to " + std::to_string(high));
  return *value;
}

void Call::authenticate() {
  presented_ = presented_credential(request());
  if (presented_.kind == Presented::Kind::session && !route_.is_unsafe_without_csrf) check_same_origin(request());
  const Accepts& accepts = route_.accepts;
  switch (presented_.kind) {
    case Presented::Kind::none:
      if (accepts.anyone) return;
      throw Refusal(Code::not_authenticated, "this call needs a credential: an access key, a token or a signed-in session");
    case Presented::Kind::access_key:
      if (!accepts.access_key) {
        if (accepts.anyone) return;
        throw Refusal(Code::key_invalid, "this call takes a person's token, not an access key");
      }
      if (accepts.by_gateway) return;
      access_ = services_.gateway.authenticate({.key = presented_.value,
                                                .address = request().remote_address,
                                                .origin = {},
                                                .request_id = request().request_id,
                                                .endpoint = {},
                                                .method = {}});
      if (route_.right && !gateway::scope_of(*access_, request().request_id).may(*route_.right))
        throw Refusal(Code::missing_scope, "the key's scopes do not allow this call");
      return;
    case Presented::Kind::widget_key:
      if (accepts.widget_key || accepts.anyone) return;
      throw Refusal(Code::key_invalid, "a widget key opens widget routes only");
    case Presented::Kind::widget_session:
      if (accepts.widget_session || accepts.anyone) return;
      throw Refusal(Code::key_invalid, "a visitor's session opens widget routes only");
    case Presented::Kind::token:
    case Presented::Kind::session:
      if (!accepts.account && !accepts.anyone) throw Refusal(Code::key_invalid, "this call takes an access key");
      try {
        who_ = presented_.kind == Presented::Kind::token ? identity::authenticate_token(services_.database, presented_.value)
                                                         : identity::authenticate_session(services_.database, presented_.value);
      } catch (const Refusal&) {
        // A stale cookie must not keep a browser from a public page; a wrong token always answers 401.
        if (presented_.kind == Presented::Kind::token || !accepts.anyone) throw;
      }
      return;
  }
}

const identity::Authenticated& Call::who() {
  if (!who_) throw Refusal(Code::not_authenticated, "sign in first");
  return *who_;
}

Scope Call::scope(store::Tx& tx) {
  if (access_) return gateway::scope_of(*access_, request().request_id);
  const auto& person = who();
  std::string wanted(request().headers.get_or("x-organization", ""));
  if (wanted.empty()) wanted = query("organization");
  if (!wanted.empty()) {
    const auto id = OrganizationId::parse(wanted);
    if (!id) throw invalid_field("organization", "must be the UUID of an organization");
    return identity::scope_for(tx, person, *id, request().request_id);
  }
  const auto memberships = identity::memberships_of(tx, person.account.id);
  if (!memberships.empty()) return identity::scope_for(tx, person, memberships.front().organization, request().request_id);
  const auto organizations = identity::organizations_of(tx, person.account);
  if (organizations.empty()) throw Refusal(Code::permission_denied, "the account belongs to no organization yet");
  return identity::scope_for(tx, person, organizations.front().id, request().request_id);
}

std::vector<Scope> Call::scopes(store::Tx& tx) {
  if (access_) return {gateway::scope_of(*access_, request().request_id)};
  std::vector<Scope> result;
  for (const auto& organization : identity::organizations_of(tx, who().account))
    result.push_back(identity::scope_for(tx, who(), organization.id, request().request_id));
  return result;
}

Scope Call::scope_in(store::Tx& tx, OrganizationId organization) {
  if (access_) {
    Scope scope = gateway::scope_of(*access_, request().request_id);
    if (scope.organization != organization) throw not_found("organization");
    return scope;
  }
  return identity::scope_for(tx, who(), organization, request().request_id);
}

void Call::respond(net::Response response) {
  if (keeps_bodies_)
    held_ = std::move(response);
  else
    exchange_.respond(std::move(response));
}

void Call::send_held() {
  if (held_) exchange_.respond(std::move(*held_));
  held_.reset();
}

void Call::answer(const json::Value& value) {
  net::Response response;
  response.status = status_;
  response.headers = headers_;
  response.headers.set("Content-Type", "application/json; charset=utf-8");
  response.body = json::write(value);
  if (keeps_bodies_) {
    json::Value kept = value;
    if (kept.is_object())
      for (const auto& member : secret_members_)
        if (kept.get_object().contains(member)) kept.get_object()[member] = nullptr;
    kept_body_ = json::write(kept);
  }
  respond(std::move(response));
}

void Call::answer_bytes(std::string body, std::string_view content_type) {
  net::Response response;
  response.status = status_;
  response.headers = headers_;
  response.headers.set("Content-Type", std::string(content_type));
  response.body = std::move(body);
  respond(std::move(response));
}

void Call::answer_empty() {
  if (status_ == 200 && route_.status == 200) status_ = 204;
  net::Response response;
  response.status = status_;
  response.headers = headers_;
  respond(std::move(response));
}

void Call::answer_stored(int status, const std::string& body) {
  net::Response response;
  response.status = status;
  response.headers = headers_;
  response.headers.set("Idempotent-Replay", "true");
  if (!body.empty())
    response.headers.set("Content-Type",
                         body.starts_with("data: ") ? "text/event-stream; charset=utf-8" : "application/json; charset=utf-8");
  response.body = body;
  exchange_.respond(std::move(response));
}

std::shared_ptr<net::Stream> Call::begin_stream(std::string_view content_type) {
  net::Headers headers = headers_;
  headers.set("Content-Type", std::string(content_type));
  headers.set("Cache-Control", "no-store");
  headers.set("X-Accel-Buffering", "no");
  return exchange_.stream(status_, std::move(headers));
}

}  // namespace guildhall::api
