// What a visitor says and reads: a message is heard at once, everything that follows comes over the events of the conversation.
#include "api/live.h"
#include "api/turns.h"
#include "base/text.h"
#include "edge/conversation_events.h"
#include "edge/polls.h"
#include "edge/runs.h"
#include "gateway/gateway.h"
#include "runtime/conversation_log.h"
#include "support/conversations.h"
#include "widget/limits.h"
#include "widget/routes.h"
#include "widget/visitor.h"

namespace guildhall::api::widget_dialect {
namespace {

struct VisitorMessageIn {
  std::string client_id;
  std::string text;
  std::optional<std::string> locale;
  std::optional<std::string> page_url;
};
BOOST_DESCRIBE_STRUCT(VisitorMessageIn, (), (client_id, text, locale, page_url))

struct HeardOut {
  MessageId message_id;
  std::int64_t seq = 0;
};
BOOST_DESCRIBE_STRUCT(HeardOut, (), (message_id, seq))

support::VisitorMessage message_of(const VisitorMessageIn& in) {
  const auto client_id = parse_uuid(in.client_id);
  if (!client_id) throw invalid_field("client_id", "must be a UUID");
  support::VisitorMessage message;
  message.client_id = *client_id;
  message.text = in.text;
  message.language = in.locale.value_or("").substr(0, 35);
  message.visitor.page_url = in.page_url.value_or("");
  return message;
}

/// Answers 202 as soon as the message is stored, then runs the agent on the same thread.
void say(Call& call) {
  auto& services = call.services();
  const Visitor visitor = visitor_of(call);
  if (!services.gateway.allow("widget-message:" + visitor.token.conversation, kMessagesPerMinuteOfSession))
    throw Refusal(Code::rate_limited, "too many messages in this conversation; try again in a few seconds").retry_after(3);
  const auto message = message_of(read_body<VisitorMessageIn>(call));
  const auto access = services.gateway.access_of_widget(visitor.widget);
  const Scope scope = gateway::scope_of(*access, call.request().request_id);
  const support::Place place{.subscription = visitor.widget.subscription,
                             .project = access->subscription ? access->subscription->project : ProjectId{},
                             .conversation = visitor.conversation(),
                             .channel = "widget",
                             .widget = visitor.widget.public_id};
  const auto settings = handover_settings_of(access->config);
  const support::Heard heard = call.write([&](store::Tx& tx) { return support::hear(scope, tx, place, settings, message); });
  if (heard.is_new) services.live.changed(scope.organization, place.conversation);
  call.set_status(202);
  call.answer(written(HeardOut{*heard.entry.message.id, heard.entry.sequence}));
  if (!heard.turn) return;
  gateway::Caller caller = caller_of(call);
  caller.key = visitor.widget.public_id;
  answer_turn(services, *heard.turn, caller);
}

json::Object read_history(Call& call) {
  const Visitor visitor = visitor_of(call);
  constexpr auto kLast = std::numeric_limits<std::int64_t>::max();
  const auto before = call.query_integer("before", kLast, 1, kLast);
  const auto entries = call.read([&](store::Tx& tx) {
    return runtime::entries_before(tx, visitor.widget.organization, visitor.conversation(), before, kHistoryPageMessages + 1);
  });
  const std::size_t first = entries.size() > kHistoryPageMessages ? 1 : 0;
  json::Array events;
  for (std::size_t i = first; i < entries.size(); ++i) {
    VisitorEvent event = visitor_event(entries[i]);
    if (event.name.empty()) continue;
    event.data["event"] = event.name;
    events.push_back(std::move(event.data));
  }
  return {{"messages", std::move(events)}, {"has_more", first == 1}};
}

/// A stream that follows the log; the thread is free as soon as it has begun.
void follow(Call& call) {
  const Visitor visitor = visitor_of(call);
  const auto last_id = parse_integer(call.request().headers.get_or("last-event-id", ""));
  constexpr auto kLast = std::numeric_limits<std::int64_t>::max();
  Reader reader;
  reader.organization = visitor.widget.organization;
  reader.conversation = visitor.conversation();
  reader.after = call.query_integer("after", last_id.value_or(0), 0, kLast);
  reader.view = visitor_event_bytes;
  reader.ends_at_us = poll_end(call);
  call.set_header("X-Accel-Buffering", "no");
  reader.stream = call.begin_stream("text/event-stream; charset=utf-8");
  call.services().live.follow(std::move(reader));
}

}  // namespace

RouteTable message_routes() {
  constexpr Accepts kVisitor{.widget_session = true};
  const std::string conversation = "/widget/v1/conversations/{conversation}";
  Route run;
  run.pool = net::PoolName::run;
  run.body_max_bytes = kWidgetBodyBytesMax;
  run.is_unsafe_without_csrf = true;
  run.status = 202;
  Route turn = post(conversation + "/messages", "Say something; the answer comes over the events", kVisitor, say, run);
  turn.request_schema = schema_of<VisitorMessageIn>();
  turn.response_schema = schema_of<HeardOut>();
  Route pages;
  pages.query = {{"before", "integer"}};
  pages.is_unsafe_without_csrf = true;
  Route events;
  events.query = {{"after", "integer"}, {"mode"}, {"wait", "integer"}};
  events.is_unsafe_without_csrf = true;
  return {std::move(turn),
          get(conversation + "/messages", "What was said so far, newest page first", kVisitor, read_history, pages),
          get(conversation + "/events", "Everything that happens, as server-sent events", kVisitor, follow, events)};
}

}  // namespace guildhall::api::widget_dialect
