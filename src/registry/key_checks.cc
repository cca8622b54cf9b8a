// What a key may be.
#include "key_checks.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/errors.h"
#include "base/text.h"
#include "limits.h"
#include "lists.h"

namespace guildhall::registry {
namespace {

constexpr std::array<std::string_view, 4> kSubscriptionScopes{"chat", "query", "read", "config"};
constexpr std::array<std::string_view, 4> kOrganizationScopes{"studio", "provider", "metering", "admin"};

std::vector<std::string> checked_scopes(const std::vector<std::string>& wanted, KeyKind kind, std::vector<FieldError>& errors) {
  const auto& known = kind == KeyKind::subscription ? kSubscriptionScopes : kOrganizationScopes;
  const std::string choices =
      kind == KeyKind::subscription ? "chat, query, read, config or invoke" : "studio, provider, metering or admin";
  std::vector<std::string> scopes;
  const auto add = [&](std::string_view scope) {
    if (!contains(scopes, scope)) scopes.emplace_back(scope);
  };
  if (wanted.empty()) errors.push_back({"scopes", "a key needs at least one scope: " + choices});
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (kind == KeyKind::subscription && wanted[i] == "invoke") {
      add("chat");
      add("query");
    } else if (std::find(known.begin(), known.end(), wanted[i]) != known.end()) {
      add(wanted[i]);
    } else {
      errors.push_back({"scopes[" + std::to_string(i) + "]", "a scope is " + choices});
    }
  }
  return scopes;
}

void check_name(const std::string& name, std::vector<FieldError>& errors) {
  if (!is_valid_utf8(name) || name.find('\0') != std::string::npos) {
    errors.push_back({"name", "this is not text in UTF-8"});
  } else if (trimmed(name).empty() || code_points(name) > kKeyNameCharactersMax) {
    errors.push_back({"name", "a name has 1 to 80 characters"});
  }
}

}  // namespace

bool is_address_or_network(const std::string& text) {
  const auto slash = text.find('/');
  const std::string address = text.substr(0, slash);
  std::array<unsigned char, 16> bytes{};
  const bool is_v4 = inet_pton(AF_INET, address.c_str(), bytes.data()) == 1;
  const bool is_v6 = !is_v4 && inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
  if (!is_v4 && !is_v6) return false;
  if (slash == std::string::npos) return true;
  const std::string_view digits = std::string_view(text).substr(slash + 1);
  const auto bits = parse_integer(digits);
  return bits && *bits >= 0 && *bits <= (is_v4 ? 32 : 128) && std::to_string(*bits) == digits;
}

NewKey checked_key(const NewKey& key, KeyKind kind, Timestamp now) {
  std::vector<FieldError> errors;
  NewKey checked = key;
  check_name(key.name, errors);
  checked.scopes = checked_scopes(key.scopes, kind, errors);
  if (key.expires_at && *key.expires_at <= now) errors.push_back({"expires_at", "this moment has passed"});
  if (key.allowed_ips.size() > kAllowedIpsMax) errors.push_back({"allowed_ips", "a key has at most 64 addresses"});
  for (std::size_t i = 0; i < key.allowed_ips.size() && i < kAllowedIpsMax; ++i) {
    if (!is_address_or_network(key.allowed_ips[i])) {
      errors.push_back({"allowed_ips[" + std::to_string(i) + "]", "write an address, or a network like 192.0.2.0/24"});
    }
  }
  if (key.quota_limit && *key.quota_limit < 0) errors.push_back({"quota_limit", "a limit is not negative"});
  if (key.rate_limit_per_second &&
      (*key.rate_limit_per_second <= Decimal() || *key.rate_limit_per_second > Decimal(kKeyRateMaxPerSecond))) {
    errors.push_back({"rate_limit_per_second", "a rate is above 0 and at most 100 a second"});
  }
  if (!errors.empty()) throw Refusal(Code::validation_failed, "the key is not valid").with_fields(std::move(errors));
  return checked;
}

}  // namespace guildhall::registry
