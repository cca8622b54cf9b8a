// A visitor's session: opened by a page of an allowed origin, resumed by the token that page holds (contracts/support-partner.md
// §4.5).
#include "base/text.h"
#include "gateway/gateway.h"
#include "runtime/conversation_log.h"
#include "support/conversations.h"
#include "widget/limits.h"
#include "widget/routes.h"
#include "widget/visitor.h"

namespace guildhall::api::widget_dialect {
namespace {

struct SessionIn {
  std::optional<std::string> widget_key;
  std::optional<std::string> widget_id;
  std::optional<std::string> resume_token;
  std::optional<std::string> locale;
  std::optional<std::string> page_url;
};
BOOST_DESCRIBE_STRUCT(SessionIn, (), (widget_key, widget_id, resume_token, locale, page_url))

struct WidgetConfigOut {
  std::string agent_name;
  std::string greeting_message;
  std::string avatar_emoji;
  std::string tagline;
  std::string language;
  std::string primary_color;
  std::string theme;
  std::string position;
};
BOOST_DESCRIBE_STRUCT(WidgetConfigOut, (),
                      (agent_name, greeting_message, avatar_emoji, tagline, language, primary_color, theme, position))

struct ConversationOut {
  std::string id;
  std::string state;
  std::int64_t epoch = 1;
  std::string person;
};
BOOST_DESCRIBE_STRUCT(ConversationOut, (), (id, state, epoch, person))

struct SessionOut {
  std::string session_token;
  std::string resume_token;
  WidgetConfigOut config;
  ConversationOut conversation;
  std::int64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(SessionOut, (), (session_token, resume_token, config, conversation, seq))

/// The first of several texts that says something.
std::string first_said(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts)
    if (!trimmed(text).empty()) return std::string(text);
  return {};
}

/// The widget's own look, the persona's words; branding stands in where the persona is silent.
WidgetConfigOut config_of(const registry::Widget& widget, const gateway::Access& access) {
  const json::Value config = access.config;
  const json::Object* found = json::find_object(config, "persona");
  const json::Value persona = found == nullptr ? json::Value(json::Object{}) : json::Value(*found);
  const std::string_view agent = access.agent ? std::string_view(access.agent->name) : std::string_view();
  return {.agent_name = first_said({json::text_of(persona, "agent_name"), json::text_of(config, "branding_name"), agent}),
          .greeting_message =
              first_said({json::text_of(persona, "greeting_message"), json::text_of(config, "branding_welcome_message")}),
          .avatar_emoji = json::text_of(persona, "avatar_type", "EMOJI") == "EMOJI"
                              ? std::string(json::text_of(persona, "avatar_emoji"))
                              : "",
          .tagline = std::string(json::text_of(config, "branding_tagline")),
          .language = std::string(json::text_of(persona, "language")),
          .primary_color = widget.primary_color,
          .theme = widget.theme,
          .position = widget.position};
}

/// The conversation a resume token of this widget and origin goes on with; a new one otherwise. A stale token is no error: the
/// page holds it for weeks.
std::string conversation_for(const Call& call, Services& services, const SessionIn& in, const registry::Widget& widget) {
  const auto token = verified_token(services.signing_key, TokenKind::resume, in.resume_token.value_or(""));
  const bool goes_on = token && token->widget == widget.public_id &&
                       token->origin == call.request().headers.get_or("origin", "") &&
                       token->expires_at > services.database.clock().now();
  return goes_on ? token->conversation : ConversationId::random().text();
}

struct OpenConversation {
  ConversationOut out;
  std::int64_t last = 0;  ///< number of its last entry
};

/// Where it stands; a new one instead of one that was closed more than a week ago.
OpenConversation open_conversation(Call& call, OrganizationId organization, const std::string& id) {
  OpenConversation open{.out = {.id = id, .state = "bot", .epoch = 1, .person = {}}, .last = 0};
  call.read([&](store::Tx& tx) {
    const auto conversation = support::find_conversation(tx, organization, *ConversationId::parse(id));
    if (!conversation) return;
    if (!support::goes_on(*conversation, tx.now())) {
      open.out.id = ConversationId::random().text();
      return;
    }
    open.out.state = support::wire_name(conversation->state);
    open.out.epoch = conversation->epoch;
    open.out.person = conversation->assignee_name;
    const auto last = runtime::entries_before(tx, organization, conversation->id, std::numeric_limits<std::int64_t>::max(), 1);
    if (!last.empty()) open.last = last.front().sequence;
  });
  return open;
}

SessionOut open_visit(Call& call, const SessionIn& in) {
  auto& services = call.services();
  const auto widget = widget_of_page(call, in.widget_key ? *in.widget_key : in.widget_id.value_or(""));
  if (!services.gateway.allow("widget-session:" + call.request().remote_address, kSessionsPerMinuteOfAddress))
    throw Refusal(Code::rate_limited, "too many sessions from this address; try again in a minute").retry_after(60);
  const auto access = services.gateway.access_of_widget(widget);
  if (!json::bool_of(access->config, "widget_enabled", true))
    throw Refusal(Code::permission_denied, "the widget is switched off in the agent's configuration");

  VisitorToken token{.widget = widget.public_id,
                     .conversation = conversation_for(call, services, in, widget),
                     .origin = std::string(call.request().headers.get_or("origin", "")),
                     .expires_at = {}};
  const OpenConversation open = open_conversation(call, widget.organization, token.conversation);
  token.conversation = open.out.id;
  const Timestamp now = services.database.clock().now();
  SessionOut out;
  token.expires_at = now + kSessionTokenLifeUs;
  out.session_token = signed_token(services.signing_key, TokenKind::session, token);
  token.expires_at = now + kResumeTokenLifeUs;
  out.resume_token = signed_token(services.signing_key, TokenKind::resume, token);
  out.config = config_of(widget, *access);
  out.conversation = open.out;
  out.seq = open.last;
  return out;
}

}  // namespace

RouteTable session_routes() {
  Route row;
  row.body_max_bytes = kWidgetBodyBytesMax;
  row.is_unsafe_without_csrf = true;
  return {post("/widget/v1/sessions", "Open or resume a visitor's session from an allowed page", kAnyone, open_visit, row)};
}

}  // namespace guildhall::api::widget_dialect
