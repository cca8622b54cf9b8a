// Calls the chosen model, or the built-in answerer, and streams what it says.
#include "model_reply.h"

#include <algorithm>
#include <exception>

#include "answering.h"
#include "attachments.h"
#include "base/text.h"
#include "grounded_speech.h"
#include "knowledge/language.h"
#include "model_choice.h"

namespace guildhall::runtime {
namespace {

// The ChatOutput this vertex feeds directly; nullopt when there is none that stores, or the run does not stream.
std::optional<std::size_t> streamed_output(const Vertex& vertex) {
  if (!vertex.run.request.stream) return std::nullopt;
  for (const std::size_t successor : vertex.planned.successors) {
    const PlannedVertex& planned = vertex.run.plan.vertices[successor];
    if (planned.component->type != "ChatOutput") continue;
    const auto slot =
        std::find_if(planned.slots.begin(), planned.slots.end(), [](const Slot& s) { return s.name == "input_value"; });
    if (slot == planned.slots.end() || slot->sources.size() != 1 || slot->sources.front().vertex != vertex.index) continue;
    if (Vertex(vertex.run, successor).flag("should_store_message")) return successor;
  }
  return std::nullopt;
}

// Begins a streamed message: the visitor sees it at once, empty.
void begin_stream(const Vertex& vertex, Message& message) {
  const auto output = streamed_output(vertex);
  if (!output) return;
  const Vertex speaker(vertex.run, *output);
  message.sender = speaker.text("sender");
  message.sender_name = speaker.text("sender_name");
  message.context_id = speaker.text("context_id");
  message.session_id = speaker.text("session_id");
  message.id = MessageId::random();
  message.is_partial = true;
  vertex.run.announce(message);
}

[[noreturn]] void throw_unheard() {
  throw net::OutboundError(net::OutboundFailure::cancelled, "nobody listens any more");
}

void stream_sentences(const Vertex& vertex, const Message& message, std::string_view language) {
  std::size_t sent = 0;
  const auto send_until = [&](std::size_t end) {
    if (end > sent && !vertex.run.token(*message.id, std::string_view(message.text).substr(sent, end - sent))) throw_unheard();
    sent = std::max(sent, end);
  };
  for (const knowledge::Span sentence : knowledge::sentences(message.text, language)) send_until(sentence.end);
  send_until(message.text.size());
}

void say_whole(const Vertex& vertex, const models::Answer& answer, Message& message) {
  message.text = answer.text;
  if (message.id) stream_sentences(vertex, message, answer.language);
}

void answer_from_documents(const Vertex& vertex, const ModelInput& input, Message& message) {
  message.source_model = "extractive";
  say_whole(vertex, answer_without_model(vertex, input.user), message);
}

std::string system_text(const Vertex& vertex, const ModelInput& input, const Grounding* grounding) {
  std::vector<std::string> parts{vertex.run.request.system_prompt, input.system};
  if (grounding != nullptr && grounding->shown > 0)
    parts.push_back(models::material_rules(grounding->nonce, grounding->language));
  std::erase(parts, std::string());
  return join(parts, "\n\n");
}

// `[system?] + history? + material? + user`. Only a conversation the caller brought along is added: stored ones come in by a
// Memory node.
std::vector<models::ChatMessage> conversation(const Vertex& vertex, const ModelInput& input, const Grounding* grounding) {
  std::vector<models::ChatMessage> messages;
  const std::string system = system_text(vertex, input, grounding);
  if (!system.empty()) messages.push_back({models::Role::system, system, {}});
  if (vertex.run.request.history) {
    for (const Message& turn : *vertex.run.request.history) {
      if (!turn.text.empty())
        messages.push_back({turn.sender == "User" ? models::Role::user : models::Role::assistant, turn.text, {}});
    }
  }
  if (grounding != nullptr && grounding->shown > 0) {
    const auto first = grounding->passages.begin();
    const std::vector<knowledge::Passage> shown(first, first + static_cast<std::ptrdiff_t>(grounding->shown));
    messages.push_back({models::Role::user, models::material_of(shown, grounding->nonce), {}});
  }
  models::ChatMessage user{models::Role::user, input.user, {}};
  attach_files(vertex.run, input.files, user);
  messages.push_back(std::move(user));
  return messages;
}

models::ChatRequest chat_request(const Vertex& vertex, const ModelInput& input, const Grounding* grounding) {
  models::ChatRequest request;
  request.messages = conversation(vertex, input, grounding);
  request.temperature = vertex.number("temperature");
  if (const auto limit = vertex.has_slot("max_tokens") ? vertex.integer("max_tokens") : std::nullopt; limit && *limit > 0) {
    request.tokens_max = limit;
  }
  if (vertex.has_slot("seed")) request.seed = vertex.integer("seed");
  request.json_mode = vertex.has_slot("json_mode") && vertex.flag("json_mode");
  return request;
}

void call_model(const Vertex& vertex, const models::Endpoint& endpoint, const ModelInput& input, const Grounding* grounding,
                Message& message) {
  RunState& run = vertex.run;
  if (run.engine.client == nullptr) vertex.fail("this server has no way to call a model");
  const models::ChatRequest request = chat_request(vertex, input, grounding);
  models::CallOptions options;
  options.deadline_us = run.request.deadline_us;
  options.stop = run.request.stop;
  Speech speech(vertex, message, grounding);
  std::exception_ptr broken;
  if (message.id) {
    // On the client's thread, where nothing may be thrown.
    options.on_chunk = [&](std::string_view chunk) {
      try {
        return speech.take(chunk);
      } catch (...) {
        broken = std::current_exception();
        return false;
      }
    };
  }
  try {
    models::ChatReply reply = models::chat(*run.engine.client, endpoint, request, options);
    if (!message.id) speech.take(reply.text);
    message.source_model = std::move(reply.model);
    message.usage = reply.usage;
    run.count_usage(vertex.index, reply.usage);
  } catch (...) {
    // What a model said before the call broke off has been consumed.
    if (!speech.heard().empty()) {
      models::Usage usage{.input_tokens = 0, .output_tokens = models::estimate_tokens(speech.heard()), .is_estimated = true};
      for (const models::ChatMessage& turn : request.messages) usage.input_tokens += models::estimate_tokens(turn.text);
      run.count_usage(vertex.index, usage);
    }
    if (broken) std::rethrow_exception(broken);
    throw;
  }
  speech.finish();
}

void answer_with_model(const Vertex& vertex, const models::Endpoint& endpoint, const ModelInput& input, Message& message) {
  const std::optional<Grounding> grounding = ground(vertex, input);
  if (!grounding || !grounding->instead) return call_model(vertex, endpoint, input, grounding ? &*grounding : nullptr, message);
  conclude_with(vertex.run, *grounding->instead);
  message.source_model = "platform";
  say_whole(vertex, *grounding->instead, message);
}

}  // namespace

Message model_reply(const Vertex& vertex, const ModelInput& input) {
  const std::int64_t begun_us = monotonic_us();
  Message message = vertex.message({});
  message.source_id = vertex.node().id;
  message.source_display_name = vertex.node().display_name;
  const std::optional<models::Endpoint> endpoint = choose_model(vertex);
  begin_stream(vertex, message);
  if (endpoint) {
    answer_with_model(vertex, *endpoint, input, message);
  } else {
    answer_from_documents(vertex, input, message);
  }
  message.is_partial = false;
  message.duration_ms = (monotonic_us() - begun_us) / 1'000;
  return message;
}

}  // namespace guildhall::runtime
