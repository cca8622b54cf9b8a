// Runs the agent for a conversation and tells its readers.
#include "api/turns.h"

#include "api/live.h"
#include "base/errors.h"
#include "base/log.h"
#include "delivery/jobs.h"
#include "gateway/gateway.h"
#include "registry/access.h"

namespace guildhall::api {
namespace {

constexpr std::size_t kLostTurnsPerLook = 50;

/// Shows the text while it is written.
class WrittenText final : public runtime::Observer {
 public:
  WrittenText(Live& live, ConversationId conversation) : live_(live), conversation_(conversation) {}
  bool on_token(const MessageId& message, std::string_view chunk) override {
    live_.writing(conversation_, message, chunk);
    return true;
  }

 private:
  Live& live_;
  ConversationId conversation_;
};

/// What the visitor saw before they stopped the answer stands as the answer.
void keep_partial(std::string text, std::vector<runtime::Message>& said, Timestamp now) {
  runtime::Message message;
  message.text = std::move(text);
  message.timestamp = now;
  said = {std::move(message)};
}

struct Answered {
  bool is_settled = false;
  support::Settled settled;
};

void settle(store::Tx& tx, Live& live, const support::Turn& turn, const support::HandoverSettings& settings,
            const std::stop_token& stop, std::vector<runtime::Message>& said, const runtime::RunResult* result,
            Answered& answered) {
  const std::string partial = result == nullptr && stop.stop_requested() ? live.partial_text(turn.conversation) : std::string();
  runtime::RunResult stopped;
  if (!partial.empty()) {
    keep_partial(partial, said, tx.now());
    result = &stopped;
  }
  answered.settled = support::settle_turn(tx, turn, settings, said, result);
  answered.is_settled = true;
}

std::optional<support::Turn> answer_once(Services& services, const support::Turn& turn, const gateway::Caller& caller) {
  Live& live = services.live;
  Answered answered;
  try {
    const auto widget = services.database.read([&](store::Tx& tx) { return registry::widget_by_key(tx, turn.widget); });
    if (!widget) throw Refusal(Code::agent_unavailable, "the widget is switched off");
    const auto access = services.gateway.access_of_widget(*widget);
    const auto settings = handover_settings_of(access->config);
    const auto admitted = services.gateway.admit(access, caller, std::nullopt, Right::chat);
    WrittenText observer(live, turn.conversation);
    gateway::RunCall run;
    run.channel = turn.channel;
    run.input_value = turn.text;
    run.session_id = turn.session_id;
    run.language = turn.language;
    run.stream = true;
    run.received_us = monotonic_us();
    run.stop = live.answering(turn.conversation);
    run.opens_conversation = turn.is_first;
    run.before_store = [&](store::Tx& tx, std::vector<runtime::Message>& said, const runtime::RunResult* result) {
      settle(tx, live, turn, settings, run.stop, said, result, answered);
    };
    services.gateway.run(admitted, run, &observer);
  } catch (const Refusal& refusal) {
    log::info("turn refused", {{"code", name(refusal.code)}, {"what", std::string_view(refusal.message)}});
    if (!answered.is_settled) services.database.write([&](store::Tx& tx) { support::fail_turn(tx, turn); });
  } catch (const std::exception& failure) {
    log::error("turn failed", {{"what", std::string_view(failure.what())}});
    if (!answered.is_settled) services.database.write([&](store::Tx& tx) { support::fail_turn(tx, turn); });
  }
  live.written(turn.conversation);
  live.changed(turn.organization, turn.conversation);
  return answered.settled.next;
}

json::Object turn_payload(const support::Turn& turn) {
  return {{"conversation", turn.conversation.text()}, {"through", turn.through}};
}

}  // namespace

support::HandoverSettings handover_settings_of(const json::Object& config) {
  const json::Value* escalation = json::find(config, "escalation");
  if (escalation == nullptr) return {};
  try {
    return support::handover_settings(*escalation);
  } catch (const Refusal& refusal) {
    log::error("escalation.unreadable", {{"what", std::string_view(refusal.message)}});
    return {};
  }
}

void check_escalation(const json::Object& changes) {
  if (const json::Value* escalation = json::find(changes, "escalation")) support::handover_settings(*escalation);
}

void answer_turn(Services& services, const support::Turn& turn, const gateway::Caller& caller) {
  std::optional<support::Turn> next = turn;
  while (next) next = answer_once(services, *next, caller);
}

void queue_lost_turns(store::Database& database) {
  database.write([](store::Tx& tx) {
    for (const support::Turn& turn : support::lost_turns(tx, kLostTurnsPerLook))
      delivery::enqueue(tx, {.kind = "support.answer",
                             .key = turn.conversation.text() + ":" + std::to_string(turn.through),
                             .organization = turn.organization,
                             .payload = turn_payload(turn),
                             .run_at = {},
                             .attempts_max = 3});
  });
}

void answer_lost_turn(Services& services, OrganizationId organization, const json::Object& payload) {
  const auto id = ConversationId::parse(json::text_of(payload, "conversation"));
  if (!id) throw std::logic_error("a lost turn without a conversation");
  const auto turn = services.database.read([&](store::Tx& tx) { return support::unanswered_turn(tx, organization, *id); });
  if (!turn) return;
  gateway::Caller caller;
  caller.key = turn->widget;
  caller.endpoint = "support.answer";
  answer_turn(services, *turn, caller);
}

}  // namespace guildhall::api
