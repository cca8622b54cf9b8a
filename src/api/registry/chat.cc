// Invocation in the registry dialect: aliases with one request union and one answer superset (contracts/registry.md §10).
#include "registry/route_tables.h"

#include "base/text.h"
#include "edge/runs.h"
#include "gateway/gateway.h"
#include "gateway/limits.h"
#include "net/events.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

struct ChatUser {
  std::optional<std::string> id;
  std::optional<std::string> name;
  std::optional<std::string> email;
};
BOOST_DESCRIBE_STRUCT(ChatUser, (), (id, name, email))

struct ChatIn {
  std::optional<std::string> message;
  std::optional<std::string> input;
  std::optional<std::string> input_value;
  std::optional<ConversationId> conversation_id;
  std::optional<std::string> session_id;
  std::optional<std::string> agent_id;
  std::optional<ChatUser> user;
  std::optional<json::Object> context;
  std::optional<std::string> language;
  std::optional<bool> stream;
  std::optional<json::Object> tweaks;
};
BOOST_DESCRIBE_STRUCT(ChatIn, (),
                      (message, input, input_value, conversation_id, session_id, agent_id, user, context, language, stream,
                       tweaks))

gateway::RunCall run_call(Call& call, const ChatIn& in, bool is_stream) {
  const auto& text = in.message ? in.message : in.input ? in.input : in.input_value;
  if (!text) throw invalid_field("message", "is required");
  if (trimmed(*text).empty()) throw invalid_field("message", "must not be empty");
  if (code_points(*text) > gateway::kMessageCharactersMax)
    throw invalid_field("message", "must have at most " + std::to_string(gateway::kMessageCharactersMax) + " characters");
  gateway::RunCall run;
  run.input_value = *text;
  run.session_id = in.session_id.value_or("");
  run.conversation = in.conversation_id;
  run.language = in.language.value_or("");
  run.tweaks = in.tweaks.value_or(json::Object{});
  run.stream = is_stream;
  run.received_us = call.request().received_us;
  run.stop = call.request().stop;
  return run;
}

json::Array citations_json(const std::vector<models::Citation>& citations) {
  json::Array array;
  for (const auto& citation : citations)
    array.push_back(json::Object{{"n", citation.n},
                                 {"document_id", citation.document.text()},
                                 {"title", citation.title},
                                 {"page", citation.page ? json::Value(*citation.page) : json::Value(nullptr)},
                                 {"url", citation.url.empty() ? json::Value(nullptr) : json::Value(citation.url)},
                                 {"heading_path", strings(citation.heading_path)},
                                 {"anchor", citation.anchor},
                                 {"quote", citation.quote},
                                 {"language", citation.language}});
  return array;
}

json::Object superset(const Call& call, const gateway::RunAnswer& answer, bool with_text) {
  const auto& usage = answer.result.usage;
  json::Object body;
  if (with_text) {
    body["response"] = answer.result.text();
    body["output"] = answer.result.text();
  }
  body["conversation_id"] = answer.conversation.text();
  body["session_id"] = answer.result.session_id;
  body["message_id"] = answer.message.text();
  body["request_id"] = call.request().request_id;
  body["agent_id"] = answer.agent_id;
  body["version"] = answer.version;
  body["timestamp"] = rfc3339(answer.finished_at);
  body["tokens_used"] = json::Object{{"input", usage.input_tokens}, {"output", usage.output_tokens}};
  body["usage"] = json::Object{{"input_tokens", usage.input_tokens},
                               {"output_tokens", usage.output_tokens},
                               {"total_tokens", usage.total()},
                               {"elapsed_ms", answer.elapsed_ms}};
  body["citations"] = citations_json(answer.result.citations);
  body["metadata"] = json::Object{{"confidence", answer.result.confidence},
                                  {"intent", nullptr},
                                  {"outcome", models::wire_name(answer.result.outcome)},
                                  {"language", answer.result.language},
                                  {"degraded", answer.result.is_degraded},
                                  {"handover", answer.result.outcome == models::Outcome::handover}};
  return body;
}

/// Sends tokens as they come; a failure after the first byte becomes an event.
class ChunkObserver final : public runtime::Observer {
 public:
  explicit ChunkObserver(Call& call) : call_(call) {}

  bool on_token(const MessageId&, std::string_view chunk) override {
    if (!stream_) stream_ = call_.begin_stream("text/event-stream; charset=utf-8");
    return stream_->write(net::sse_event(json::write(json::Object{{"chunk", chunk}})));
  }
  void finish(const gateway::RunAnswer& answer) {
    if (!stream_) on_token({}, answer.result.text());
    json::Object last{{"done", true}};
    for (auto& member : superset(call_, answer, false)) last.emplace(member.key(), member.value());
    const std::string end = net::sse_event(json::write(last));
    stream_->write(end);
    stream_->finish();
    call_.keep(net::sse_event(json::write(json::Object{{"chunk", answer.result.text()}})) + end);
  }
  /// False when nothing was sent yet: the caller answers with a status instead.
  bool fail(const Refusal& refusal) {
    if (!stream_) return false;
    stream_->write(
        net::sse_event(json::write(json::Object{{"error", json::Object{{"code", name(refusal.code)},
                                                                       {"message", refusal.message},
                                                                       {"request_id", call_.request().request_id}}}})));
    stream_->finish();
    return true;
  }

 private:
  Call& call_;
  std::shared_ptr<net::Stream> stream_;
};

/// Runs with `execute`, streamed or whole.
template <class Execute>
void answer_run(Call& call, bool is_stream, const Execute& execute) {
  if (!is_stream) {
    const gateway::RunAnswer answer = execute(nullptr);
    add_run_headers(call, answer.rate, answer.organization_rate, answer.quota);
    call.answer(superset(call, answer, true));
    return;
  }
  ChunkObserver observer(call);
  try {
    observer.finish(execute(&observer));
  } catch (const Refusal& refusal) {
    if (!observer.fail(refusal)) throw;
  }
}

/// `target` comes from the path where the alias has one, else from the body's agent_id.
void chat(Call& call, std::optional<std::string> target, bool always_streams) {
  const gateway::Caller caller = caller_of(call);
  auto& gateway = call.services().gateway;
  if (call.presented().kind == Presented::Kind::access_key) {
    const auto access = gateway.authenticate(caller);
    if (!target) {
      const json::Value body = body_json(call);
      if (const auto named = json::text_of(body, "agent_id"); !named.empty()) target = std::string(named);
    }
    const auto admitted = admit_with_headers(call, access, caller, target, Right::chat);
    const ChatIn in = read_body<ChatIn>(call);
    const bool is_stream = always_streams || in.stream.value_or(false);
    const auto run = run_call(call, in, is_stream);
    return answer_run(call, is_stream, [&](runtime::Observer* observer) { return gateway.run(admitted, run, observer); });
  }
  const ChatIn in = read_body<ChatIn>(call);
  if (!target) target = in.agent_id;
  if (!target) throw invalid_field("agent_id", "is required with a provider's token: it names the agent to test");
  const bool is_stream = always_streams || in.stream.value_or(false);
  const auto run = run_call(call, in, is_stream);
  const auto [scope, agent] = call.read([&](store::Tx& tx) {
    return call.find_in_scopes(tx, "agent", [&](const Scope& candidate) {
      return std::make_pair(candidate, registry::find_agent(candidate, tx, *target));
    });
  });
  gateway::TestTarget test;
  test.agent = agent.id;
  answer_run(call, is_stream,
             [&, &owner = scope](runtime::Observer* observer) { return gateway.test_run(owner, caller, test, run, observer); });
}

void chat_with_agent(Call& call) {
  chat(call, call.path("agent"), false);
}
void chat_by_body(Call& call) {
  chat(call, std::nullopt, false);
}
void chat_streamed(Call& call) {
  chat(call, std::nullopt, true);
}

void get_session(Call& call) {
  const auto access = call.access();
  if (!access || !access->subscription) throw not_found("session");
  const auto [session, messages] = call.read([&](store::Tx& tx) {
    const auto found = runtime::find_session(tx, {access->key.organization, access->subscription->id.uuid, call.path("id")});
    if (!found) throw not_found("session");
    return std::make_pair(*found, runtime::messages_of(call.scope(tx), tx, found->id));
  });
  json::Array list;
  for (const auto& message : messages)
    list.push_back(json::Object{{"id", message.id ? json::Value(message.id->text()) : json::Value(nullptr)},
                                {"role", message.sender == "User" ? "user" : "assistant"},
                                {"text", message.text},
                                {"timestamp", rfc3339(message.timestamp)}});
  call.answer(json::Object{
      {"session_id", session.key.session_id}, {"conversation_id", session.id.text()}, {"messages", std::move(list)}});
}

void delete_session(Call& call) {
  const auto access = call.access();
  if (!access || !access->subscription) throw not_found("session");
  const bool existed = call.write([&](store::Tx& tx) {
    return runtime::delete_session(call.scope(tx), tx,
                                   {access->key.organization, access->subscription->id.uuid, call.path("id")});
  });
  if (!existed) throw not_found("session");
}

Route run_row() {
  Route row;
  row.right = Right::chat;
  row.pool = net::PoolName::run;
  row.request_schema = schema_of<ChatIn>();
  return row;
}

Route chat_route(std::string pattern, std::string summary, void (*handler)(Call&)) {
  Route row = post(std::move(pattern), std::move(summary), kRunKey, handler, run_row());
  row.request_schema = schema_of<ChatIn>();
  return row;
}

}  // namespace

RouteTable chat_routes() {
  Route session_row;
  session_row.right = Right::chat;
  return {chat_route("/api/v1/agents/{agent}/chat", "Converse with an agent", chat_with_agent),
          chat_route("/api/v1/agents/{agent}/predict", "Converse with an agent", chat_with_agent),
          chat_route("/agents/{agent}/predict", "Converse with an agent", chat_with_agent),
          chat_route("/api/v1/chat", "Converse with the key's agent", chat_by_body),
          chat_route("/api/v1/chat/stream", "Converse with the key's agent, streamed", chat_streamed),
          chat_route("/v1/conversations", "Converse with the key's agent", chat_by_body),
          chat_route("/api/agent-gateway/invoke", "Converse with the key's agent", chat_by_body),
          get("/api/v1/sessions/{id}", "The messages of a session", kKey, get_session, session_row),
          remove("/api/v1/sessions/{id}", "Delete a session", kKey, delete_session, session_row)};
}

}  // namespace guildhall::api::registry_dialect
