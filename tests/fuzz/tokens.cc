// Any bytes as a visitor's token, once as they come and once under a right signature; and as a credential in base64.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "base/secret.h"
#include "widget/tokens.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace guildhall;
  using namespace guildhall::api::widget_dialect;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const Secret key("a key nobody else has, long enough");
  for (const TokenKind kind : {TokenKind::session, TokenKind::resume})
    if (verified_token(key, kind, text)) std::abort();
  const std::string head = "wt_" + to_base64url(text);
  const Sha256 mac = hmac_sha256(key.reveal(), "guildhall widget token 1\n" + head);
  if (const auto token = verified_token(key, TokenKind::session, head + "." + to_base64url(bytes_of(mac)))) {
    const auto again = verified_token(key, TokenKind::session, signed_token(key, TokenKind::session, *token));
    if (!again || again->widget != token->widget || again->expires_at != token->expires_at) std::abort();
  }
  if (const auto decoded = from_base64(text); decoded && from_base64(to_base64(*decoded)) != decoded) std::abort();
  return 0;
}
