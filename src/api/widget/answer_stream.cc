// Sending one widget turn as events while the answer comes.
#include "widget/answer_stream.h"

#include "net/events.h"

namespace guildhall::api::widget_dialect {
namespace {

json::Array texts(const std::vector<std::string>& values) {
  json::Array array;
  for (const auto& value : values) array.push_back(json::Value(value));
  return array;
}

json::Array visible_citations(const std::vector<models::Citation>& citations) {
  json::Array array;
  for (const auto& citation : citations) {
    json::Array heading_path;
    for (const auto& heading : citation.heading_path) heading_path.push_back(json::Value(heading));
    array.push_back(json::Object{{"n", citation.n},
                                 {"title", citation.title},
                                 {"url", citation.url.empty() ? json::Value(nullptr) : json::Value(citation.url)},
                                 {"page", citation.page ? json::Value(*citation.page) : json::Value(nullptr)},
                                 {"heading_path", std::move(heading_path)},
                                 {"quote", citation.quote},
                                 {"language", citation.language}});
  }
  return array;
}

}  // namespace

std::int64_t utf16_units(std::string_view text) {
  std::int64_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;
    units += byte >= 0xF0U ? 2 : 1;
  }
  return units;
}

void AnswerStream::on_message(const runtime::Message& message) {
  if (message.sender == "User" && message.id) begin(message.id->text());
}

bool AnswerStream::on_token(const MessageId& message, std::string_view chunk) {
  begin({});
  send("message.delta", {{"message_id", message.text()}, {"offset", offset_}, {"text", chunk}});
  offset_ += utf16_units(chunk);
  return true;
}

void AnswerStream::finish(const gateway::RunAnswer& answer) {
  begin({});
  const std::int64_t seq = turn_.messages_before + static_cast<std::int64_t>(answer.result.messages.size());
  send("message.completed",
       {{"message_id", answer.message.text()},
        {"seq", seq},
        {"text", answer.result.text()},
        {"outcome", models::wire_name(answer.result.outcome)},
        {"citations", visible_citations(answer.result.citations)},
        {"suggestions", texts(answer.result.suggestions)},
        {"language", answer.result.language},
        {"grounded", answer.result.is_grounded},
        {"removed_sentences", answer.result.removed_sentences}},
       seq);
  stream_->finish();
}

bool AnswerStream::fail(const Refusal& refusal) {
  if (!stream_) return false;
  json::Object error{{"code", name(refusal.code)}, {"message", refusal.message}, {"request_id", call_.request().request_id}};
  if (refusal.retry_after_s) error["retry_after"] = *refusal.retry_after_s;
  send("error", error);
  stream_->finish();
  return true;
}

void AnswerStream::begin(const std::string& message_id) {
  if (stream_) return;
  stream_ = call_.begin_stream("text/event-stream; charset=utf-8");
  const std::int64_t seq = turn_.messages_before + 1;
  send("message.created",
       {{"message_id", message_id.empty() ? json::Value(nullptr) : json::Value(message_id)},
        {"client_id", turn_.client_id},
        {"seq", seq},
        {"role", "visitor"},
        {"text", turn_.text}},
       seq);
}

void AnswerStream::send(std::string_view event, const json::Object& data, std::int64_t seq) {
  stream_->write(net::sse_event(json::write(data), event, seq == 0 ? std::string() : std::to_string(seq)));
}

}  // namespace guildhall::api::widget_dialect
