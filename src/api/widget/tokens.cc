// Signing and checking the tokens of a visitor's page.
#include "widget/tokens.h"

#include <algorithm>
#include <limits>

#include "base/hash.h"
#include "base/text.h"

namespace guildhall::api::widget_dialect {
namespace {

constexpr std::size_t kTokenBytesMax = 2'048;
/// What a Timestamp can hold.
constexpr std::int64_t kExpiresSecondsMax = std::numeric_limits<std::int64_t>::max() / kMicrosecondsPerSecond;
constexpr std::string_view kPurpose = "guildhall widget token 1\n";

std::string_view prefix_of(TokenKind kind) {
  return kind == TokenKind::session ? "wt_" : "wr_";
}

std::string signature_of(const Secret& key, std::string_view signed_part) {
  const Sha256 mac = hmac_sha256(key.reveal(), std::string(kPurpose) + std::string(signed_part));
  return to_base64url(bytes_of(mac));
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  while (standard.size() % 4 != 0) standard += '=';
  return from_base64(standard);
}

}  // namespace

std::string signed_token(const Secret& key, TokenKind kind, const VisitorToken& token) {
  const std::string claims = token.widget + "\n" + token.conversation + "\n" + token.origin + "\n" +
                             std::to_string(token.expires_at.us / kMicrosecondsPerSecond);
  const std::string signed_part = std::string(prefix_of(kind)) + to_base64url(claims);
  return signed_part + "." + signature_of(key, signed_part);
}

std::optional<VisitorToken> verified_token(const Secret& key, TokenKind kind, std::string_view text) {
  if (text.size() > kTokenBytesMax || !text.starts_with(prefix_of(kind))) return std::nullopt;
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view signed_part = text.substr(0, dot);
  if (!equal_constant_time(text.substr(dot + 1), signature_of(key, signed_part))) return std::nullopt;
  const auto claims = from_base64url(signed_part.substr(prefix_of(kind).size()));
  if (!claims) return std::nullopt;
  const auto parts = split(*claims, '\n');
  if (parts.size() != 4) return std::nullopt;
  const auto expires_s = parse_integer(parts[3]);
  if (!expires_s || *expires_s < 0 || *expires_s > kExpiresSecondsMax) return std::nullopt;
  return VisitorToken{.widget = std::string(parts[0]),
                      .conversation = std::string(parts[1]),
                      .origin = std::string(parts[2]),
                      .expires_at = Timestamp{seconds(*expires_s)}};
}

}  // namespace guildhall::api::widget_dialect
