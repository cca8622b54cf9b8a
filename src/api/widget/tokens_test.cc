// A visitor's tokens: only this server's, only of their kind, untouched.
#include "widget/tokens.h"

#include <doctest/doctest.h>

#include <string>

#include "base/hash.h"

namespace guildhall::api::widget_dialect {
namespace {

const Secret kTestKey(std::string(32, 'k'));

VisitorToken sample_token() {
  return {.widget = "wgt_abc",
          .conversation = "0b0e9f0e-6a1b-4d50-9a5b-1f9f0a1b2c3d",
          .origin = "https://shop.example:8443",
          .expires_at = Timestamp{seconds(1'772'442'900)}};
}

TEST_CASE("a token says what it was signed with") {
  const std::string text = signed_token(kTestKey, TokenKind::session, sample_token());
  CHECK(text.starts_with("wt_"));
  CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos);
  const auto token = verified_token(kTestKey, TokenKind::session, text);
  REQUIRE(token);
  CHECK(token->widget == "wgt_abc");
  CHECK(token->conversation == "0b0e9f0e-6a1b-4d50-9a5b-1f9f0a1b2c3d");
  CHECK(token->origin == "https://shop.example:8443");
  CHECK(token->expires_at == Timestamp{seconds(1'772'442'900)});
}

TEST_CASE("a token with any one character changed, dropped or added is refused") {
  const std::string text = signed_token(kTestKey, TokenKind::session, sample_token());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(verified_token(kTestKey, TokenKind::session, changed));
    CHECK_FALSE(verified_token(kTestKey, TokenKind::session, text.substr(0, i)));
  }
  for (const char* more : {"A", ".", "=", "\n", " "}) CHECK_FALSE(verified_token(kTestKey, TokenKind::session, text + more));
}

TEST_CASE("a resume token never passes for a session token, nor the other way round") {
  const std::string session = signed_token(kTestKey, TokenKind::session, sample_token());
  const std::string resume = signed_token(kTestKey, TokenKind::resume, sample_token());
  CHECK_FALSE(verified_token(kTestKey, TokenKind::session, resume));
  CHECK_FALSE(verified_token(kTestKey, TokenKind::resume, session));
  CHECK_FALSE(verified_token(kTestKey, TokenKind::resume, "wr_" + session.substr(3)));
}

TEST_CASE("another key's token is refused") {
  const std::string text = signed_token(Secret(std::string(32, 'x')), TokenKind::session, sample_token());
  CHECK_FALSE(verified_token(kTestKey, TokenKind::session, text));
}

TEST_CASE("a token that would expire after the end of time is refused, even signed") {
  for (const char* expires : {"9223372036854775807", "9223372036855", "-1", "", "x"}) {
    const std::string part = "wt_" + to_base64url("wgt_a\nconversation\nhttps://a.example\n" + std::string(expires));
    const Sha256 mac = hmac_sha256(kTestKey.reveal(), "guildhall widget token 1\n" + part);
    CHECK_FALSE(verified_token(kTestKey, TokenKind::session, part + "." + to_base64url(bytes_of(mac))));
  }
}

TEST_CASE("text that is no token is refused") {
  for (const char* text : {"", "wt_", "wt_.", "wt_AAAA", "wt_AAAA.BBBB", "wt_%%%.AAAA", "Bearer wt_"})
    CHECK_FALSE(verified_token(kTestKey, TokenKind::session, text));
  CHECK_FALSE(verified_token(kTestKey, TokenKind::session, "wt_" + std::string(1'000'000, 'A')));
}

}  // namespace
}  // namespace guildhall::api::widget_dialect
