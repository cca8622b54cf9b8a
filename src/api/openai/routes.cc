// The OpenAI dialect: chat completions and models (contracts/runtime.md §7).
#include <atomic>

#include "base/text.h"
#include "edge/runs.h"
#include "edge/tables.h"
#include "gateway/gateway.h"
#include "net/events.h"
#include "registry/access.h"

namespace guildhall::api {
namespace openai_dialect {
namespace {

struct StreamOptions {
  std::optional<bool> include_usage;
};
BOOST_DESCRIBE_STRUCT(StreamOptions, (), (include_usage))

struct ChatMessageIn {
  std::string role;
  std::optional<json::Value> content;
  std::optional<std::string> name;
};
BOOST_DESCRIBE_STRUCT(ChatMessageIn, (), (role, content, name))

struct CompletionIn {
  std::string model;
  std::vector<ChatMessageIn> messages;
  std::optional<bool> stream;
  std::optional<StreamOptions> stream_options;
  std::optional<json::Object> metadata;
  std::optional<std::int64_t> n;
  std::optional<std::vector<json::Value>> tools;
  std::optional<bool> logprobs;
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<std::int64_t> max_tokens;
  std::optional<std::int64_t> max_completion_tokens;
  std::optional<std::int64_t> seed;
  std::optional<json::Value> stop;
  std::optional<json::Value> audio;
  std::optional<std::string> user;
};
BOOST_DESCRIBE_STRUCT(CompletionIn, (),
                      (model, messages, stream, stream_options, metadata, n, tools, logprobs, temperature, top_p, max_tokens,
                       max_completion_tokens, seed, stop, audio, user))

Refusal bad_request(std::string field, std::string message) {
  Refusal refusal(Code::invalid_request, message);
  refusal.fields.push_back({std::move(field), std::move(message)});
  return refusal;
}

Refusal unsupported(std::string field, const char* message) {
  Refusal refusal(Code::unsupported_parameter, message);
  refusal.fields.push_back({std::move(field), message});
  return refusal;
}

/// A string, or the text parts of a content array joined by line breaks.
std::string text_of_content(const std::optional<json::Value>& content, const std::string& path) {
  if (!content || content->is_null()) return {};
  if (content->is_string()) return std::string(json::view(content->get_string()));
  if (!content->is_array()) throw bad_request(path, path + " must be a string or an array of parts");
  std::string text;
  for (const auto& part : content->get_array()) {
    const auto type = json::text_of(part, "type");
    if (type == "input_audio") throw unsupported(path, "audio input is not supported");
    if (type == "image_url") throw unsupported(path, "image input is not supported by this release");
    if (!text.empty()) text += "\n";
    text += json::text_of(part, "text");
  }
  return text;
}

void refuse_unsupported(const CompletionIn& in) {
  if (in.n.value_or(1) != 1) throw unsupported("n", "only n = 1 is supported");
  if (in.tools && !in.tools->empty()) throw unsupported("tools", "tools belong to the agent and cannot be sent with a call");
  if (in.logprobs.value_or(false)) throw unsupported("logprobs", "logprobs are not available");
  if (in.audio && !in.audio->is_null()) throw unsupported("audio", "audio is not supported");
}

/// Sampling and system messages belong to the agent; what was sent of them is named in a header.
void name_ignored(Call& call, const CompletionIn& in) {
  std::vector<std::string> ignored;
  if (in.temperature) ignored.emplace_back("temperature");
  if (in.top_p) ignored.emplace_back("top_p");
  if (in.max_tokens) ignored.emplace_back("max_tokens");
  if (in.max_completion_tokens) ignored.emplace_back("max_completion_tokens");
  if (in.seed) ignored.emplace_back("seed");
  if (in.stop) ignored.emplace_back("stop");
  for (const auto& message : in.messages)
    if (message.role == "system" || message.role == "developer") {
      ignored.emplace_back("messages." + message.role);
      break;
    }
  if (!ignored.empty()) call.set_header("X-Guildhall-Ignored", join(ignored, ", "));
}

gateway::RunCall run_call(Call& call, const CompletionIn& in) {
  std::size_t last_user = in.messages.size();
  for (std::size_t i = 0; i < in.messages.size(); ++i) {
    const auto& role = in.messages[i].role;
    const std::string path = "messages[" + std::to_string(i) + "]";
    if (role == "user")
      last_user = i;
    else if (role != "assistant" && role != "system" && role != "developer")
      throw bad_request(path + ".role", path + ".role must be user, assistant, system or developer");
  }
  if (last_user == in.messages.size()) throw bad_request("messages", "messages must contain a message with the role user");
  gateway::RunCall run;
  run.channel = "openai";
  run.input_value = text_of_content(in.messages[last_user].content, "messages[" + std::to_string(last_user) + "].content");
  if (trimmed(*run.input_value).empty()) throw bad_request("messages", "the last user message must not be empty");
  if (in.metadata) run.session_id = json::text_of(*in.metadata, "session_id");
  if (run.session_id.empty()) run.session_id = call.request().headers.get_or("x-session-id", "");
  if (run.session_id.empty()) {
    std::vector<runtime::Message> history;
    for (std::size_t i = 0; i < last_user; ++i) {
      if (in.messages[i].role != "user" && in.messages[i].role != "assistant") continue;
      runtime::Message message;
      message.text = text_of_content(in.messages[i].content, "messages[" + std::to_string(i) + "].content");
      message.sender = in.messages[i].role == "user" ? "User" : "Machine";
      message.sender_name = in.messages[i].role == "user" ? "User" : "AI";
      history.push_back(std::move(message));
    }
    run.history = std::move(history);
  }
  run.stream = in.stream.value_or(false);
  run.received_us = call.request().received_us;
  run.stop = call.request().stop;
  return run;
}

json::Object usage_json(const models::Usage& usage) {
  return {{"prompt_tokens", usage.input_tokens}, {"completion_tokens", usage.output_tokens}, {"total_tokens", usage.total()}};
}

json::Array annotations_json(const std::vector<models::Citation>& citations, const std::string& text) {
  json::Array list;
  for (const auto& citation : citations) {
    const auto at = text.find(citation.quote);
    const auto begin = at == std::string::npos ? 0 : static_cast<std::int64_t>(code_points(text.substr(0, at)));
    const auto length = at == std::string::npos ? static_cast<std::int64_t>(code_points(text))
                                                : static_cast<std::int64_t>(code_points(citation.quote));
    list.push_back(json::Object{
        {"type", "url_citation"},
        {"url_citation", json::Object{{"start_index", begin},
                                      {"end_index", begin + length},
                                      {"title", citation.title},
                                      {"url", citation.url.empty() ? "urn:uuid:" + citation.document.text() : citation.url}}}});
  }
  return list;
}

json::Object completion_json(const gateway::RunAnswer& answer, const std::string& model, Timestamp now) {
  const std::string text = answer.result.text();
  return {{"id", "chatcmpl-" + answer.message.hex()},
          {"object", "chat.completion"},
          {"created", now.us / kMicrosecondsPerSecond},
          {"model", model},
          {"choices",
           json::Array{json::Object{{"index", 0},
                                    {"message", json::Object{{"role", "assistant"},
                                                             {"content", text},
                                                             {"refusal", nullptr},
                                                             {"annotations", annotations_json(answer.result.citations, text)}}},
                                    {"logprobs", nullptr},
                                    {"finish_reason", "stop"}}}},
          {"usage", usage_json(answer.result.usage)},
          {"system_fingerprint", "guildhall-" + answer.version}};
}

/// One `chat.completion.chunk` stream.
class CompletionObserver final : public runtime::Observer {
 public:
  CompletionObserver(Call& call, std::string model, bool include_usage)
      : call_(call),
        model_(std::move(model)),
        include_usage_(include_usage),
        id_("chatcmpl-" + MessageId::random().hex()),
        created_(call.services().database.clock().now().us / kMicrosecondsPerSecond) {}

  bool on_token(const MessageId&, std::string_view chunk) override {
    begin();
    return send(json::Object{{"content", chunk}}, nullptr);
  }

  void finish(const gateway::RunAnswer& answer) {
    if (!stream_) on_token({}, answer.result.text());
    send({}, "stop");
    if (include_usage_) {
      json::Object last = frame();
      last["choices"] = json::Array{};
      last["usage"] = usage_json(answer.result.usage);
      stream_->write(net::sse_event(json::write(last)));
    }
    stream_->write(net::sse_event("[DONE]"));
    stream_->finish();
  }

  bool fail(const Refusal& refusal) {
    if (!stream_) return false;
    stream_->write(net::sse_event(json::write(json::Object{
        {"error",
         json::Object{
             {"message", refusal.message}, {"type", "server_error"}, {"param", nullptr}, {"code", name(refusal.code)}}}})));
    stream_->finish();
    return true;
  }

 private:
  void begin() {
    if (stream_) return;
    stream_ = call_.begin_stream("text/event-stream; charset=utf-8");
    send(json::Object{{"role", "assistant"}, {"content", ""}}, nullptr);
  }
  json::Object frame() const {
    return {{"id", id_}, {"object", "chat.completion.chunk"}, {"created", created_}, {"model", model_}};
  }
  bool send(json::Object delta, const char* finish_reason) {
    json::Object chunk = frame();
    chunk["choices"] = json::Array{
        json::Object{{"index", 0},
                     {"delta", std::move(delta)},
                     {"logprobs", nullptr},
                     {"finish_reason", finish_reason == nullptr ? json::Value(nullptr) : json::Value(finish_reason)}}};
    return stream_->write(net::sse_event(json::write(chunk)));
  }

  Call& call_;
  std::string model_;
  bool include_usage_;
  std::string id_;
  std::int64_t created_;
  std::shared_ptr<net::Stream> stream_;
};

void complete(Call& call) {
  auto& gateway = call.services().gateway;
  const gateway::Caller caller = caller_of(call);
  const auto access = gateway.authenticate(caller);
  const json::Value body = body_json(call);
  const std::string model(json::text_of(body, "model"));
  if (model.empty()) throw bad_request("model", "you must provide a model parameter");
  const auto admitted = admit_with_headers(call, access, caller, model, Right::chat);
  const CompletionIn in = read_body<CompletionIn>(call);
  refuse_unsupported(in);
  name_ignored(call, in);
  const auto run = run_call(call, in);
  if (!run.stream) {
    const auto answer = gateway.run(admitted, run, nullptr);
    call.answer(completion_json(answer, model, answer.finished_at));
    return;
  }
  CompletionObserver observer(call, model, in.stream_options && in.stream_options->include_usage.value_or(false));
  try {
    observer.finish(gateway.run(admitted, run, &observer));
  } catch (const Refusal& refusal) {
    if (!observer.fail(refusal)) throw;
  }
}

json::Object model_json(const gateway::Access& access) {
  const auto& agent = *access.agent;
  const std::string owner = access.model_id.substr(0, access.model_id.find('/'));
  return {{"id", access.model_id},
          {"object", "model"},
          {"created", agent.created_at.us / kMicrosecondsPerSecond},
          {"owned_by", owner}};
}

json::Object list_models(Call& call) {
  json::Array data;
  if (call.access()->agent) data.push_back(model_json(*call.access()));
  return {{"object", "list"}, {"data", std::move(data)}};
}

json::Object get_model(Call& call) {
  const std::string wanted = call.path("model");
  const auto& access = *call.access();
  if (access.agent)
    for (const auto& name : access.targets)
      if (equals_ignoring_case(name, wanted)) return model_json(access);
  throw Refusal(Code::not_found, "The model '" + wanted + "' does not exist or this key does not open it");
}

}  // namespace
}  // namespace openai_dialect

RouteTable openai_routes() {
  using namespace openai_dialect;
  Route run;
  run.right = Right::chat;
  run.pool = net::PoolName::run;
  run.body_max_bytes = 10 * 1024 * 1024;
  Accepts key_only = kRunKey;
  key_only.account = false;
  Route completion = post("/v1/chat/completions", "A chat completion from the key's agent", key_only, complete, run);
  completion.request_schema = schema_of<CompletionIn>();
  Route read;
  read.right = Right::chat;
  return {std::move(completion), get("/v1/models", "Agents the key may run", kKey, list_models, read),
          get("/v1/models/{model*}", "One of them", kKey, get_model, read)};
}

}  // namespace guildhall::api
