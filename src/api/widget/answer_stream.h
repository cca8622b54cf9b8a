// One turn as server-sent events (contracts/support-partner.md §4.4): what the visitor said, the answer as it comes, the whole
// answer.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "edge/call.h"
#include "gateway/gateway.h"
#include "runtime/run.h"

namespace guildhall::api::widget_dialect {

/// How JavaScript counts: one per code point of the basic plane, two for the others.
std::int64_t utf16_units(std::string_view text);

/// The visitor's message and where it stands in the conversation.
struct Turn {
  std::string client_id;
  std::string text;
  std::int64_t messages_before = 0;
};

/// Lives for one run. The stream begins with the run's first sign of life, so that what is refused before answers with a status.
/// A visitor who leaves does not stop the run: after a reload the complete answer stands in the history (§4.5).
class AnswerStream final : public runtime::Observer {
 public:
  AnswerStream(Call& call, Turn turn) : call_(call), turn_(std::move(turn)) {}

  void on_message(const runtime::Message& message) override;
  bool on_token(const MessageId& message, std::string_view chunk) override;

  void finish(const gateway::RunAnswer& answer);
  /// False when nothing was sent yet: the caller answers with a status instead.
  bool fail(const Refusal& refusal);

 private:
  void begin(const std::string& message_id);
  void send(std::string_view event, const json::Object& data, std::int64_t seq = 0);

  Call& call_;
  Turn turn_;
  std::shared_ptr<net::Stream> stream_;
  std::int64_t offset_ = 0;
};

}  // namespace guildhall::api::widget_dialect
