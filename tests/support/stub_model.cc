// The stub model server.
#include "support/stub_model.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "base/hash.h"
#include "base/text.h"
#include "net/events.h"
#include "net/server.h"
#include "stub_search.h"
#include "support/obedient_model.h"

namespace guildhall::test {
namespace {

constexpr std::string_view kCommand = "stub:";

std::string text_of_content(const json::Value* content) {
  if (content == nullptr) return {};
  if (content->is_string()) return std::string(json::view(content->get_string()));
  std::string text;
  if (content->is_array()) {
    for (const json::Value& part : content->get_array()) text += json::text_of(part, "text");
  }
  return text;
}

std::string last_user_text(const json::Value& body) {
  const json::Array* messages = json::find_array(body, "messages");
  if (messages == nullptr) return {};
  for (auto message = messages->rbegin(); message != messages->rend(); ++message) {
    if (json::text_of(*message, "role") == "user") return text_of_content(json::find(*message, "content"));
  }
  return {};
}

std::string command_of(const json::Value& body, const std::string& user) {
  const std::string_view model = json::text_of(body, "model");
  if (model.starts_with(kCommand)) return std::string(model.substr(kCommand.size()));
  if (user.starts_with(kCommand)) return user.substr(kCommand.size());
  return {};
}

std::string reply_to(const std::string& user, const std::string& command) {
  constexpr std::string_view kReply = "reply=";
  if (command == "empty") return {};
  if (command == "long") return std::string(2 * 1024 * 1024 + 1, 'x');
  if (command.starts_with(kReply)) return command.substr(kReply.size());
  return "You said: " + user;
}

std::size_t words_in(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')) + (text.empty() ? 0 : 1);
}

json::Object usage_of(const json::Value& body, std::string_view reply) {
  std::size_t input = 0;
  if (const json::Array* messages = json::find_array(body, "messages")) {
    for (const json::Value& message : *messages) input += words_in(text_of_content(json::find(message, "content")));
  }
  const std::size_t output = words_in(reply);
  return {{"prompt_tokens", input}, {"completion_tokens", output}, {"total_tokens", input + output}};
}

std::vector<std::string> pieces(const std::string& text, std::size_t wanted) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  if (wanted == 0) {
    while (at < text.size()) {
      const std::size_t end = std::min(text.find(' ', at + 1), text.size());
      parts.push_back(text.substr(at, end - at));
      at = end;
    }
    return parts;
  }
  const std::size_t size = std::max<std::size_t>(1, (text.size() + wanted - 1) / wanted);
  while (at < text.size()) {
    parts.emplace_back(prefix_bytes(std::string_view(text).substr(at), std::max<std::size_t>(size, 4)));
    at += parts.back().size();
  }
  return parts;
}

}  // namespace

struct StubModel::State {
  StubModelOptions options;
  std::mutex mutex;
  std::vector<json::Value> requests;
  std::vector<json::Value> search_requests;
  std::vector<std::string> authorizations;
  std::map<std::string, int> refusals;  ///< how often a command has refused already
  std::unique_ptr<net::Server> server;

  void wait(double share) const {
    if (options.delay_ms > 0)
      std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(static_cast<double>(options.delay_ms) * share));
  }

  bool refuses_again(const std::string& command) {
    const auto times = parse_integer(std::string_view(command).substr(std::string_view("429x").size()));
    const std::lock_guard lock(mutex);
    return refusals[command]++ < times.value_or(0);
  }

  void chat(net::Exchange& exchange);
  void whole(net::Exchange& exchange, const json::Value& body, const std::string& reply, const std::string& command) const;
  void streamed(net::Exchange& exchange, const json::Value& body, const std::string& reply, const std::string& command) const;
  bool misbehaves(net::Exchange& exchange, const std::string& command);
  void search(net::Exchange& exchange, std::string (*command_in)(const json::Value&),
              net::Response (*answer)(const json::Value&, const std::string&));
};

void StubModel::State::search(net::Exchange& exchange, std::string (*command_in)(const json::Value&),
                              net::Response (*answer)(const json::Value&, const std::string&)) {
  json::ParseError error;
  const auto body = json::parse(exchange.request().body, error);
  if (!body || !body->is_object()) return exchange.respond(error_response(400, "not JSON"));
  {
    const std::lock_guard lock(mutex);
    search_requests.push_back(*body);
  }
  const std::string command = command_in(*body);
  if (misbehaves(exchange, command)) return;
  wait(1);
  exchange.respond(answer(*body, command));
}

bool StubModel::State::misbehaves(net::Exchange& exchange, const std::string& command) {
  if (command.starts_with("429x") && refuses_again(command)) {
    exchange.respond(error_response(429, "slow down"));
  } else if (command == "500") {
    exchange.respond(error_response(500, "UPSTREAM-BODY"));
  } else if (command == "garbage") {
    net::Response response;
    response.headers.set("Content-Type", "application/json");
    response.body = "{\"choices\": [{\"mess";
    exchange.respond(std::move(response));
  } else if (command == "hang") {
    while (!exchange.request().stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    exchange.respond(error_response(503, "gone"));
  } else {
    return false;
  }
  return true;
}

void StubModel::State::chat(net::Exchange& exchange) {
  json::ParseError error;
  const auto body = json::parse(exchange.request().body, error);
  if (!body || !body->is_object()) return exchange.respond(error_response(400, "not JSON"));
  {
    const std::lock_guard lock(mutex);
    requests.push_back(*body);
    authorizations.emplace_back(exchange.request().headers.get_or("Authorization", ""));
  }
  const std::string user = last_user_text(*body);
  const std::string command = command_of(*body, user);
  if (misbehaves(exchange, command)) return;
  const std::string reply = command == "obedient" ? obedient_reply(*body) : reply_to(user, command);
  if (json::bool_of(*body, "stream") && command != "plain") return streamed(exchange, *body, reply, command);
  whole(exchange, *body, reply, command);
}

void StubModel::State::whole(net::Exchange& exchange, const json::Value& body, const std::string& reply,
                             const std::string& command) const {
  wait(1);
  json::Object message{{"role", "assistant"}, {"content", reply}};
  if (command == "obedient") message["tool_calls"] = obedient_tool_calls();
  json::Object completion{
      {"id", "chatcmpl-stub"},
      {"object", "chat.completion"},
      {"created", 0},
      {"model", json::text_of(body, "model")},
      {"choices", json::Array{json::Object{{"index", 0}, {"message", std::move(message)}, {"finish_reason", "stop"}}}}};
  if (command != "nousage") completion["usage"] = usage_of(body, reply);
  exchange.respond(json_response(200, completion));
}

void StubModel::State::streamed(net::Exchange& exchange, const json::Value& body, const std::string& reply,
                                const std::string& command) const {
  const auto chunk = [&](json::Object delta, const json::Value& finish_reason) {
    return net::sse_event(json::write(json::Object{
        {"id", "chatcmpl-stub"},
        {"object", "chat.completion.chunk"},
        {"created", 0},
        {"model", json::text_of(body, "model")},
        {"choices", json::Array{json::Object{{"index", 0}, {"delta", std::move(delta)}, {"finish_reason", finish_reason}}}}}));
  };
  const std::vector<std::string> parts = pieces(reply, options.chunks);
  const double share = 1.0 / static_cast<double>(parts.size() + 1);
  wait(share);
  net::Headers headers;
  headers.set("Content-Type", "text/event-stream");
  const auto stream = exchange.stream(200, std::move(headers));
  stream->write(chunk({{"role", "assistant"}, {"content", ""}}, nullptr));
  std::size_t sent = 0;
  for (const std::string& part : parts) {
    if (command == "break" && sent == parts.size() / 2) {
      // What was said must be read before the connection breaks, or a reset would take it along.
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      return;
    }
    wait(share);
    if (!stream->write(chunk({{"content", part}}, nullptr))) return;
    ++sent;
  }
  if (command == "obedient") stream->write(chunk({{"tool_calls", obedient_tool_calls()}}, nullptr));
  stream->write(chunk({}, "stop"));
  const json::Value* stream_options = json::find(body, "stream_options");
  if (stream_options != nullptr && json::bool_of(*stream_options, "include_usage") && command != "nousage") {
    stream->write(net::sse_event(json::write(json::Object{{"id", "chatcmpl-stub"},
                                                          {"object", "chat.completion.chunk"},
                                                          {"model", json::text_of(body, "model")},
                                                          {"choices", json::Array()},
                                                          {"usage", usage_of(body, reply)}})));
  }
  stream->write(net::sse_event("[DONE]"));
  stream->finish();
}

StubModel::StubModel(const StubModelOptions& options) : state_(std::make_unique<State>()) {
  state_->options = options;
  State& state = *state_;
  net::Router router;
  const auto route = [&](net::Method method, std::string pattern, net::Handler handler) {
    net::Endpoint endpoint;
    endpoint.method = method;
    endpoint.pattern = std::move(pattern);
    endpoint.body_max_bytes = std::size_t{16} * 1024 * 1024;
    endpoint.pool = net::PoolName::run;
    endpoint.handler = std::move(handler);
    router.add(std::move(endpoint));
  };
  route(net::Method::post, "/v1/chat/completions", [&state](net::Exchange& exchange) { state.chat(exchange); });
  route(net::Method::get, "/v1/models", [](net::Exchange& exchange) {
    exchange.respond(json_response(
        200, json::Object{{"object", "list"}, {"data", json::Array{json::Object{{"id", "stub"}, {"object", "model"}}}}}));
  });
  route(net::Method::post, "/v1/embeddings",
        [&state](net::Exchange& exchange) { state.search(exchange, embedding_command, embeddings_answer); });
  route(net::Method::post, "/v1/rerank",
        [&state](net::Exchange& exchange) { state.search(exchange, rerank_command, rerank_answer); });
  net::ServerOptions serve;
  serve.listen = fmt::format("127.0.0.1:{}", options.port);
  serve.run_threads = options.threads_max;
  serve.work_threads = 1;
  state.server = std::make_unique<net::Server>(serve, std::move(router),
                                               [](const net::Request&, int status, std::string_view, std::string_view message) {
                                                 return error_response(status, message);
                                               });
  state.server->start();
}

StubModel::~StubModel() {
  state_->server->drain(0);
}

std::uint16_t StubModel::port() const {
  return state_->server->port();
}

std::string StubModel::base_url() const {
  return fmt::format("http://127.0.0.1:{}/v1", port());
}

std::vector<json::Value> StubModel::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

std::vector<json::Value> StubModel::search_requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->search_requests;
}

std::vector<std::string> StubModel::authorizations() const {
  const std::lock_guard lock(state_->mutex);
  return state_->authorizations;
}

void StubModel::forget_requests() {
  const std::lock_guard lock(state_->mutex);
  state_->requests.clear();
  state_->search_requests.clear();
  state_->authorizations.clear();
}

}  // namespace guildhall::test
