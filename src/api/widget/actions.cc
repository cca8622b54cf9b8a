// What a visitor does besides writing: stop, typing, read, ask for a person, judge, close, take the transcript along.
#include "api/live.h"
#include "api/turns.h"
#include "base/text.h"
#include "gateway/gateway.h"
#include "support/handover.h"
#include "support/inbox.h"
#include "widget/limits.h"
#include "widget/routes.h"
#include "widget/visitor.h"

namespace guildhall::api::widget_dialect {
namespace {

constexpr std::size_t kTranscriptEntriesMax = 10'000;

struct ReadIn {
  std::int64_t through = 0;
};
BOOST_DESCRIBE_STRUCT(ReadIn, (), (through))

struct FeedbackIn {
  MessageId message_id;
  std::int64_t value = 0;
  std::optional<std::string> comment;
};
BOOST_DESCRIBE_STRUCT(FeedbackIn, (), (message_id, value, comment))

struct RatingIn {
  std::int64_t rating = 0;
  std::optional<std::string> comment;
};
BOOST_DESCRIBE_STRUCT(RatingIn, (), (rating, comment))

/// Changes the visitor's own conversation in one transaction and tells its readers. Refusal(not_found) before the first message.
template <class Change>
void change(Call& call, Change&& apply) {
  const Visitor visitor = visitor_of(call);
  call.write([&](store::Tx& tx) {
    const auto conversation = support::find_conversation(tx, visitor.widget.organization, visitor.conversation());
    if (!conversation) throw not_found("conversation");
    apply(tx, *conversation);
  });
  call.services().live.changed(visitor.widget.organization, visitor.conversation());
}

void stop_answer(Call& call) {
  call.services().live.stop(visitor_of(call).conversation());
}

void tell_typing(Call& call) {
  call.services().live.typing(visitor_of(call).conversation(), false, "");
}

void mark_read(Call& call, const ReadIn& in) {
  if (in.through < 0) throw invalid_field("through", "is the number of an entry");
  change(call, [&](store::Tx& tx, const support::Conversation& conversation) {
    support::mark_read_by_visitor(tx, conversation, in.through);
  });
}

void ask_for_person(Call& call) {
  const Visitor visitor = visitor_of(call);
  const auto settings = handover_settings_of(call.services().gateway.access_of_widget(visitor.widget)->config);
  change(call, [&](store::Tx& tx, const support::Conversation& conversation) {
    support::request_handover(tx, conversation, settings, "button");
  });
  call.services().live.stop(visitor.conversation());
}

void stop_waiting(Call& call) {
  change(call, [](store::Tx& tx, const support::Conversation& conversation) { support::cancel_handover(tx, conversation); });
}

json::Object queue(Call& call) {
  const Visitor visitor = visitor_of(call);
  return call.read([&](store::Tx& tx) {
    const auto conversation = support::find_conversation(tx, visitor.widget.organization, visitor.conversation());
    if (!conversation) throw not_found("conversation");
    const auto state = support::queue_state(tx, *conversation);
    return json::Object{{"state", support::wire_name(conversation->state)},
                        {"position", state.position},
                        {"available_people", state.available_people},
                        {"median_wait_seconds", state.median_wait_s ? json::Value(*state.median_wait_s) : json::Value(nullptr)}};
  });
}

void judge_answer(Call& call, const FeedbackIn& in) {
  change(call, [&](store::Tx& tx, const support::Conversation& conversation) {
    support::give_feedback(tx, conversation, in.message_id, in.value, in.comment.value_or(""));
  });
}

void rate_conversation(Call& call, const RatingIn& in) {
  change(call, [&](store::Tx& tx, const support::Conversation& conversation) {
    support::rate(tx, conversation, in.rating, in.comment.value_or(""));
  });
}

void close_conversation(Call& call) {
  change(call, [](store::Tx& tx, const support::Conversation& conversation) { support::close_by_visitor(tx, conversation); });
}

std::string_view speaker_of(const runtime::Message& message) {
  if (message.sender == "User") return "You";
  return message.sender_name;
}

/// Plain text, oldest first.
void transcript(Call& call) {
  const Visitor visitor = visitor_of(call);
  const auto entries = call.read([&](store::Tx& tx) {
    return runtime::entries_after(tx, visitor.widget.organization, visitor.conversation(), 0, kTranscriptEntriesMax);
  });
  std::string text;
  for (const auto& entry : entries) {
    if (entry.kind != runtime::EntryKind::message) continue;
    text += rfc3339(entry.message.timestamp) + " " + std::string(speaker_of(entry.message)) + ":\n" + entry.message.text + "\n\n";
  }
  call.set_header("Content-Disposition", "attachment; filename=\"conversation.txt\"");
  call.set_header("X-Content-Type-Options", "nosniff");
  call.answer_bytes(std::move(text), "text/plain; charset=utf-8");
}

Route action_row() {
  Route row;
  row.body_max_bytes = kWidgetBodyBytesMax;
  row.is_unsafe_without_csrf = true;
  row.status = 204;
  return row;
}

}  // namespace

RouteTable action_routes() {
  constexpr Accepts kVisitor{.widget_session = true};
  const std::string conversation = "/widget/v1/conversations/{conversation}";
  Route reading = action_row();
  reading.status = 200;
  return {post(conversation + "/stop", "End the answer that is being written", kVisitor, stop_answer, action_row()),
          post(conversation + "/typing", "The visitor types", kVisitor, tell_typing, action_row()),
          post(conversation + "/read", "The visitor has seen everything up to an entry", kVisitor, mark_read, action_row()),
          post(conversation + "/handover", "Ask for a person", kVisitor, ask_for_person, action_row()),
          remove(conversation + "/handover", "No longer wait for a person", kVisitor, stop_waiting, action_row()),
          get(conversation + "/queue", "How long a person will take", kVisitor, queue, reading),
          post(conversation + "/feedback", "A thumb for one answer", kVisitor, judge_answer, action_row()),
          post(conversation + "/rating", "One to five for the conversation", kVisitor, rate_conversation, action_row()),
          post(conversation + "/close", "End the conversation", kVisitor, close_conversation, action_row()),
          get(conversation + "/transcript", "What was said, as text", kVisitor, transcript, reading)};
}

}  // namespace guildhall::api::widget_dialect
