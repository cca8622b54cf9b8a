// One turn on the wire: the order of events, the offsets of pieces, what a failure looks like before and after the first byte.
#include "widget/answer_stream.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "net/events.h"
#include "widget/test_world.h"

namespace guildhall::api::widget_dialect {
namespace {

struct SentEvent {
  std::string event;
  std::string id;
  json::Value data;
};

std::vector<SentEvent> events_of(const RecordedStream& stream) {
  std::vector<SentEvent> events;
  net::SseReader reader;
  reader.feed(stream.bytes,
              [&](const net::SseEvent& event) { events.push_back({event.event, event.id, json::parse_or_refuse(event.data)}); });
  return events;
}

/// A turn of a conversation that has four messages already.
template <class Body>
void with_turn(Body&& body) {
  test::for_each_database([&](store::Database& database, ManualClock&) {
    WidgetWorld world(database);
    net::Request request;
    request.request_id = "r1";
    RecordedExchange exchange(request);
    const Route route;
    Call call(exchange, route, world.services);
    AnswerStream stream(call, {.client_id = "c-1", .text = "Hallo 🎒", .messages_before = 4});
    body(stream, exchange);
  });
}

runtime::Message said(const char* sender) {
  runtime::Message message;
  message.id = MessageId::random();
  message.sender = sender;
  message.text = "Hallo 🎒";
  return message;
}

gateway::RunAnswer sample_answer(const runtime::Message& question, const runtime::Message& answer) {
  gateway::RunAnswer result;
  result.result.messages = {question, answer};
  result.result.outputs.push_back({});
  result.result.outputs.back().message = answer;
  result.result.citations.push_back({.n = 1,
                                     .document = DocumentId::random(),
                                     .title = "Returns",
                                     .url = "",
                                     .page = std::nullopt,
                                     .heading_path = {"Returns", "How"},
                                     .anchor = "how",
                                     .quote = "within 60 days",
                                     .language = "en"});
  result.message = *answer.id;
  return result;
}

TEST_CASE("a turn is the visitor's message, the pieces at their UTF-16 offsets, then the whole answer with its sources") {
  with_turn([](AnswerStream& stream, RecordedExchange& exchange) {
    const runtime::Message question = said("User");
    const runtime::Message answer = said("Machine");
    stream.on_message(question);
    for (const char* piece : {"Grüße ", "🎒", "!"}) CHECK(stream.on_token(*answer.id, piece));
    stream.on_message(answer);
    stream.finish(sample_answer(question, answer));

    REQUIRE(exchange.streamed);
    CHECK(exchange.streamed->is_finished);
    CHECK(exchange.answer.headers.get_or("content-type", "") == "text/event-stream; charset=utf-8");
    const auto events = events_of(*exchange.streamed);
    REQUIRE(events.size() == 5);
    CHECK(events[0].event == "message.created");
    CHECK(events[0].id == "5");
    CHECK(json::text_of(events[0].data, "message_id") == question.id->text());
    CHECK(json::text_of(events[0].data, "client_id") == "c-1");
    CHECK(json::text_of(events[0].data, "text") == "Hallo 🎒");
    const std::vector<std::int64_t> offsets{0, 6, 8};
    for (std::size_t i = 0; i < offsets.size(); ++i) {
      CHECK(events[i + 1].event == "message.delta");
      CHECK(json::integer_of(events[i + 1].data, "offset") == offsets[i]);
    }
    CHECK(events[4].event == "message.completed");
    CHECK(json::integer_of(events[4].data, "seq") == 6);
    CHECK(json::text_of(events[4].data, "message_id") == answer.id->text());
    const json::Array* citations = json::find_array(events[4].data, "citations");
    REQUIRE(citations != nullptr);
    REQUIRE(citations->size() == 1);
    CHECK(json::text_of(citations->at(0), "quote") == "within 60 days");
    CHECK(citations->at(0).at("url").is_null());
    CHECK_FALSE(events[4].data.get_object().contains("confidence"));
  });
}

TEST_CASE("an answer that came in one piece is still a whole turn") {
  with_turn([](AnswerStream& stream, RecordedExchange& exchange) {
    stream.finish(sample_answer(said("User"), said("Machine")));
    const auto events = events_of(*exchange.streamed);
    REQUIRE(events.size() == 2);
    CHECK(events[0].event == "message.created");
    CHECK(events[0].data.at("message_id").is_null());
    CHECK(events[1].event == "message.completed");
  });
}

TEST_CASE("what is refused before the first event is left to the status, what fails later is an event") {
  with_turn([](AnswerStream& stream, RecordedExchange& exchange) {
    const Refusal refusal = Refusal(Code::run_timeout, "the agent took too long").retry_after(2);
    CHECK_FALSE(stream.fail(refusal));
    CHECK_FALSE(exchange.is_answered());
    stream.on_message(said("User"));
    CHECK(stream.fail(refusal));
    CHECK(exchange.streamed->is_finished);
    const auto events = events_of(*exchange.streamed);
    REQUIRE(events.size() == 2);
    CHECK(events[1].event == "error");
    CHECK(json::text_of(events[1].data, "code") == "run_timeout");
    CHECK(json::text_of(events[1].data, "request_id") == "r1");
    CHECK(json::integer_of(events[1].data, "retry_after") == 2);
  });
}

TEST_CASE("a visitor who leaves does not stop the run") {
  with_turn([](AnswerStream& stream, RecordedExchange& exchange) {
    CHECK(stream.on_token(MessageId::random(), "a"));
    exchange.streamed->has_left = true;
    CHECK(stream.on_token(MessageId::random(), "b"));
  });
}

}  // namespace
}  // namespace guildhall::api::widget_dialect
