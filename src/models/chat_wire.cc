// The OpenAI wire format, written and read.
#include "chat_wire.h"

#include <exception>

#include "base/json.h"
#include "models/limits.h"

namespace guildhall::models {
namespace {

std::string_view role_name(Role role) {
  switch (role) {
    case Role::system: return "system";
    case Role::user: return "user";
    case Role::assistant: return "assistant";
  }
  return "user";
}

json::Value content_of(const ChatMessage& message) {
  if (message.image_urls.empty()) return json::Value(message.text);
  json::Array parts;
  parts.push_back(json::Object{{"type", "text"}, {"text", message.text}});
  for (const std::string& url : message.image_urls) {
    parts.push_back(json::Object{{"type", "image_url"}, {"image_url", json::Object{{"url", url}}}});
  }
  return parts;
}

// `content` is a string or a list of typed parts.
std::string text_in(const json::Value* content) {
  if (content == nullptr) return {};
  if (content->is_string()) return std::string(json::view(content->get_string()));
  std::string text;
  if (content->is_array()) {
    for (const json::Value& part : content->get_array()) text += json::text_of(part, "text");
  }
  return text;
}

bool read_usage(const json::Value& body, Usage& usage) {
  const json::Value* found = json::find(body, "usage");
  if (found == nullptr || !found->is_object()) return false;
  const auto input = json::integer_of(*found, "prompt_tokens");
  const auto output = json::integer_of(*found, "completion_tokens");
  if (!input || !output || *input < 0 || *output < 0) return false;
  usage = {.input_tokens = *input, .output_tokens = *output, .is_estimated = false};
  return true;
}

const json::Value* first_choice(const json::Value& body) {
  const json::Array* choices = json::find_array(body, "choices");
  return choices == nullptr || choices->empty() ? nullptr : &choices->front();
}

}  // namespace

bool is_reasoning_model(std::string_view model) {
  if (const auto slash = model.rfind('/'); slash != std::string_view::npos) model.remove_prefix(slash + 1);
  for (const std::string_view family : {"o1", "o3", "o4", "gpt-5"}) {
    if (model.starts_with(family) &&
        (model.size() == family.size() || model[family.size()] == '-' || model[family.size()] == '.')) {
      return true;
    }
  }
  return false;
}

std::string request_body(const Endpoint& endpoint, const ChatRequest& request, bool is_streamed) {
  json::Array messages;
  messages.reserve(request.messages.size());
  for (const ChatMessage& message : request.messages) {
    messages.push_back(json::Object{{"role", role_name(message.role)}, {"content", content_of(message)}});
  }
  json::Object body{{"model", endpoint.model}, {"messages", std::move(messages)}};
  const bool reasons = is_reasoning_model(endpoint.model);
  if (!reasons && request.temperature) body["temperature"] = *request.temperature;
  if (!reasons && request.seed) body["seed"] = *request.seed;
  if (request.tokens_max) body[reasons ? "max_completion_tokens" : "max_tokens"] = *request.tokens_max;
  if (request.json_mode) body["response_format"] = json::Object{{"type", "json_object"}};
  if (is_streamed) {
    body["stream"] = true;
    body["stream_options"] = json::Object{{"include_usage", true}};
  }
  return json::write(json::Value(std::move(body)));
}

std::optional<ChatReply> parse_reply(std::string_view body) {
  json::ParseError error;
  const auto value = json::parse(body, error);
  if (!value || !value->is_object()) return std::nullopt;
  const json::Value* choice = first_choice(*value);
  if (choice == nullptr) return std::nullopt;
  const json::Value* message = json::find(*choice, "message");
  if (message == nullptr || !message->is_object()) return std::nullopt;
  ChatReply reply;
  reply.text = text_in(json::find(*message, "content"));
  reply.model = json::text_of(*value, "model");
  reply.finish_reason = json::text_of(*choice, "finish_reason") == "length" ? "length" : "stop";
  reply.usage.is_estimated = !read_usage(*value, reply.usage);
  return reply;
}

bool ReplyStream::feed(std::string_view bytes) {
  if (is_broken_ || is_unheard_) return false;
  if (!has_begun_) {
    const auto first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return true;
    has_begun_ = true;
    is_plain_ = bytes[first] == '{';
  }
  if (is_plain_) {
    plain_ += bytes;
    is_too_long_ = plain_.size() > kReplyBytesMax;
    return !is_too_long_;
  }
  // An exception must not reach the client's thread, which is not ours.
  try {
    reader_.feed(bytes, [this](const net::SseEvent& event) {
      if (!is_broken_ && !is_unheard_ && !on_event(event.data)) is_broken_ = !is_unheard_;
    });
  } catch (const std::exception&) {
    is_broken_ = true;
  }
  return !is_broken_ && !is_unheard_;
}

bool ReplyStream::on_event(std::string_view data) {
  if (data == "[DONE]") {
    is_done_ = true;
    return true;
  }
  json::ParseError error;
  const auto value = json::parse(data, error);
  if (!value || !value->is_object()) return false;
  if (json::find(*value, "error") != nullptr) return false;
  if (reply_.model.empty()) reply_.model = json::text_of(*value, "model");
  if (read_usage(*value, reply_.usage)) has_usage_ = true;
  const json::Value* choice = first_choice(*value);
  if (choice == nullptr) return true;
  if (const std::string_view reason = json::text_of(*choice, "finish_reason"); !reason.empty()) {
    reply_.finish_reason = reason == "length" ? "length" : "stop";
    is_done_ = true;
  }
  const json::Value* delta = json::find(*choice, "delta");
  const std::string chunk = delta == nullptr ? std::string() : text_in(json::find(*delta, "content"));
  if (chunk.empty()) return true;
  if (reply_.text.size() + chunk.size() > kReplyBytesMax) {
    is_too_long_ = true;
    return false;
  }
  reply_.text += chunk;
  is_unheard_ = !on_chunk_(chunk);
  return !is_unheard_;
}

std::optional<ChatReply> ReplyStream::finish() {
  if (is_broken_ || is_too_long_) return std::nullopt;
  if (is_plain_) {
    auto reply = parse_reply(plain_);
    if (reply && !reply->text.empty() && !on_chunk_(reply->text)) is_unheard_ = true;
    return reply;
  }
  if (!is_done_) return std::nullopt;
  reply_.usage.is_estimated = !has_usage_;
  return reply_;
}

}  // namespace guildhall::models
