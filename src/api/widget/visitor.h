// Who a widget call comes from: a page whose origin the widget names, or the holder of the token such a page was given.
#pragma once

#include <string_view>

#include "edge/call.h"
#include "registry/access.h"
#include "widget/tokens.h"

namespace guildhall::api::widget_dialect {

/// The widget the key or public id names, for a call from this page. Refusal(origin_not_allowed) when there is none, when it is
/// off or when the Origin is missing or not one of its domains: the three look the same. From then on the answer may be read by
/// that origin, and by no other.
registry::Widget widget_of_page(Call& call, std::string_view key_or_public_id);

struct Visitor {
  registry::Widget widget;
  VisitorToken token;

  ConversationId conversation() const { return *ConversationId::parse(token.conversation); }
};

/// The holder of the session token, for the conversation the path names. Refusals: token_invalid, origin_not_allowed, not_found.
Visitor visitor_of(Call& call);

}  // namespace guildhall::api::widget_dialect
