// Judging who a widget call comes from: key, origin, token.
#include "widget/visitor.h"

namespace guildhall::api::widget_dialect {
namespace {

Refusal refused_origin() {
  return Refusal(Code::origin_not_allowed,
                 "this page may not use the widget; its owner lists the allowed domains in the console");
}

void let_origin_read(Call& call, std::string_view origin) {
  call.set_header("Access-Control-Allow-Origin", std::string(origin));
  call.set_header("Access-Control-Expose-Headers", "X-Request-Id, Retry-After");
  call.set_header("Vary", "Origin");
  call.set_header("Cache-Control", "no-store");
}

std::optional<registry::Widget> allowed_widget(Call& call, std::string_view key_or_public_id, std::string_view origin) {
  auto widget = call.read([&](store::Tx& tx) { return registry::widget_by_key(tx, key_or_public_id); });
  if (!widget || !registry::is_origin_allowed(widget->domains, origin)) return std::nullopt;
  return widget;
}

}  // namespace

registry::Widget widget_of_page(Call& call, std::string_view key_or_public_id) {
  const std::string_view origin = call.request().headers.get_or("origin", "");
  if (key_or_public_id.empty() || origin.empty()) throw refused_origin();
  auto widget = allowed_widget(call, key_or_public_id, origin);
  if (!widget) throw refused_origin();
  let_origin_read(call, origin);
  return std::move(*widget);
}

Visitor visitor_of(Call& call) {
  if (call.presented().kind != Presented::Kind::widget_session)
    throw Refusal(Code::not_authenticated, "this call needs the session token of POST /widget/v1/sessions");
  auto token = verified_token(call.services().signing_key, TokenKind::session, call.presented().value);
  if (!token) throw Refusal(Code::token_invalid, "the session token is not valid; open a session again");
  const auto origin = call.request().headers.get("origin");
  if (origin && *origin != token->origin) throw refused_origin();
  if (origin) let_origin_read(call, *origin);
  if (token->expires_at <= call.services().database.clock().now())
    throw Refusal(Code::token_invalid, "the session token has expired; open a session again with the resume token");
  if (call.path("conversation") != token->conversation) throw not_found("conversation");
  auto widget = allowed_widget(call, token->widget, token->origin);
  if (!widget) throw refused_origin();
  return {std::move(*widget), std::move(*token)};
}

}  // namespace guildhall::api::widget_dialect
