// What a visitor says and reads: one turn as a stream, the conversation so far as pages.
#include "base/text.h"
#include "edge/runs.h"
#include "gateway/gateway.h"
#include "runtime/sessions.h"
#include "widget/answer_stream.h"
#include "widget/limits.h"
#include "widget/routes.h"
#include "widget/visitor.h"

namespace guildhall::api::widget_dialect {
namespace {

struct VisitorMessageIn {
  std::string client_id;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(VisitorMessageIn, (), (client_id, text))

struct PastMessageOut {
  std::optional<MessageId> message_id;
  std::int64_t seq = 0;
  std::string role;
  std::string text;
  Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(PastMessageOut, (), (message_id, seq, role, text, created_at))

struct HistoryOut {
  std::vector<PastMessageOut> messages;
  bool has_more = false;
};
BOOST_DESCRIBE_STRUCT(HistoryOut, (), (messages, has_more))

runtime::SessionKey session_key(const Visitor& visitor) {
  return {visitor.widget.organization, visitor.widget.subscription.uuid, visitor.token.conversation};
}

void check_message(const VisitorMessageIn& in) {
  if (!parse_uuid(in.client_id)) throw invalid_field("client_id", "must be a UUID");
  if (trimmed(in.text).empty()) throw invalid_field("text", "must not be empty");
  if (code_points(in.text) > kVisitorTextCharactersMax)
    throw invalid_field("text", "must have at most " + std::to_string(kVisitorTextCharactersMax) + " characters");
}

void say(Call& call) {
  auto& gateway = call.services().gateway;
  const Visitor visitor = visitor_of(call);
  if (!gateway.allow("widget-message:" + visitor.token.conversation, kMessagesPerMinuteOfSession))
    throw Refusal(Code::rate_limited, "too many messages in this conversation; try again in a few seconds").retry_after(3);
  const auto in = read_body<VisitorMessageIn>(call);
  check_message(in);
  const auto session = call.read([&](store::Tx& tx) { return runtime::find_session(tx, session_key(visitor)); });

  gateway::Caller caller = caller_of(call);
  caller.key = visitor.widget.public_id;
  const auto admitted = gateway.admit(gateway.access_of_widget(visitor.widget), caller, std::nullopt, Right::chat);
  gateway::RunCall run;
  run.channel = "widget";
  run.input_value = in.text;
  run.session_id = visitor.token.conversation;
  run.stream = true;
  run.received_us = call.request().received_us;

  AnswerStream stream(call, {.client_id = in.client_id, .text = in.text, .messages_before = session ? session->messages : 0});
  try {
    stream.finish(gateway.run(admitted, run, &stream));
  } catch (const Refusal& refusal) {
    if (!stream.fail(refusal)) throw;
  }
}

HistoryOut read_history(Call& call) {
  const Visitor visitor = visitor_of(call);
  const auto before =
      call.query_integer("before", std::numeric_limits<std::int64_t>::max(), 1, std::numeric_limits<std::int64_t>::max());
  const auto access = call.services().gateway.access_of_widget(visitor.widget);
  HistoryOut out;
  call.read([&](store::Tx& tx) {
    const auto session = runtime::find_session(tx, session_key(visitor));
    if (!session) return;
    const auto messages = runtime::messages_of(gateway::scope_of(*access, call.request().request_id), tx, session->id);
    for (std::size_t i = 0; i < messages.size(); ++i) {
      const auto& message = messages[i];
      const std::int64_t seq = static_cast<std::int64_t>(i) + 1;
      if (seq >= before || message.is_error) continue;
      out.messages.push_back({.message_id = message.id,
                              .seq = seq,
                              .role = message.sender == "User" ? "visitor" : "agent",
                              .text = message.text,
                              .created_at = message.timestamp});
    }
  });
  if (out.messages.size() > kHistoryPageMessages) {
    out.has_more = true;
    out.messages.erase(out.messages.begin(), out.messages.end() - static_cast<std::ptrdiff_t>(kHistoryPageMessages));
  }
  return out;
}

}  // namespace

RouteTable message_routes() {
  constexpr Accepts kVisitor{.widget_session = true};
  Route run;
  run.pool = net::PoolName::run;
  run.body_max_bytes = kWidgetBodyBytesMax;
  run.is_unsafe_without_csrf = true;
  Route turn = post("/widget/v1/conversations/{conversation}/messages", "Say something; the answer is a stream of this turn",
                    kVisitor, say, run);
  turn.request_schema = schema_of<VisitorMessageIn>();
  Route pages;
  pages.query = {{"before", "integer"}};
  pages.is_unsafe_without_csrf = true;
  return {std::move(turn), get("/widget/v1/conversations/{conversation}/messages", "What was said so far, newest page first",
                               kVisitor, read_history, pages)};
}

}  // namespace guildhall::api::widget_dialect
