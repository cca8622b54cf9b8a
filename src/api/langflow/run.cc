// POST /api/v1/run/{flow}: whole, or as LangFlow's line-delimited stream (contracts/runtime.md §6.2–6.4).
#include "langflow/route_tables.h"

#include <mutex>

#include "base/text.h"
#include "edge/runs.h"
#include "gateway/gateway.h"
#include "langflow/results.h"
#include "net/events.h"

namespace guildhall::api::langflow_dialect {
namespace {

constexpr const char* kRunIdHeader = "X-Guildhall-Run-Id";

struct RunIn {
  std::optional<std::string> input_value;
  std::optional<std::string> input_type;
  std::optional<std::string> output_type;
  std::optional<std::string> output_component;
  std::optional<json::Object> tweaks;
  std::optional<std::string> session_id;
  std::optional<std::string> user_id;
  std::optional<bool> stream;
};
BOOST_DESCRIBE_STRUCT(RunIn, (), (input_value, input_type, output_type, output_component, tweaks, session_id, user_id, stream))

flow::InputType input_type_of(const std::string& name) {
  if (name == "chat") return flow::InputType::chat;
  if (name == "text") return flow::InputType::text;
  if (name == "any") return flow::InputType::any;
  throw invalid_field("input_type", "must be chat, text or any");
}

/// The query's `stream` wins when both appear.
bool wants_stream(const Call& call, const RunIn& in) {
  const std::string query = call.query("stream");
  if (query.empty()) return in.stream.value_or(false);
  if (query == "true" || query == "1") return true;
  if (query == "false" || query == "0") return false;
  throw invalid_field("stream", "must be true or false");
}

gateway::RunCall run_call(Call& call, const RunIn& in) {
  gateway::RunCall run;
  run.channel = "langflow";
  run.input_value = in.input_value;
  run.input_type = input_type_of(in.input_type.value_or("chat"));
  run.output_type = in.output_type.value_or("chat");
  if (run.output_type != "chat" && run.output_type != "text" && run.output_type != "any" && run.output_type != "debug")
    throw invalid_field("output_type", "must be chat, text, any or debug");
  run.output_component = in.output_component.value_or("");
  run.tweaks = in.tweaks.value_or(json::Object{});
  run.session_id = in.session_id.value_or("");
  run.stream = wants_stream(call, in);
  run.received_us = call.request().received_us;
  run.stop = call.request().stop;
  return run;
}

/// Each event is one line of JSON followed by a blank line; true SSE framing with `stream_format=sse`.
class LineObserver final : public runtime::Observer {
 public:
  LineObserver(Call& call, bool is_sse) : call_(call), is_sse_(is_sse) {}

  void on_message(const runtime::Message& message) override {
    if (!stream_) call_.set_header(kRunIdHeader, message.run_id);
    send("add_message", runtime::to_json(message));
  }
  bool on_token(const MessageId& message, std::string_view chunk) override {
    return send(
        "token",
        json::Object{{"chunk", chunk}, {"id", message.text()}, {"timestamp", rfc3339(call_.services().database.clock().now())}});
  }
  void on_vertex_begin(std::string_view vertex) override { send_of_vertex("build_start", json::Object{{"id", vertex}}); }
  void on_vertex_end(std::string_view vertex) override {
    send_of_vertex("end_vertex", json::Object{{"build_data", json::Object{{"id", vertex}, {"valid", true}}}});
  }

  void finish(const json::Object& result) {
    send("end", json::Object{{"result", result}});
    stream_->finish();
  }
  bool fail(const Refusal& refusal) {
    if (!stream_) return false;
    const json::Value node = refusal.details.contains("node_id") ? refusal.details.at("node_id") : json::Value(nullptr);
    send("error", json::Object{{"error", refusal.message},
                               {"code", name(refusal.code)},
                               {"status", http_status(refusal.code)},
                               {"node_id", node},
                               {"request_id", call_.request().request_id}});
    stream_->finish();
    return true;
  }

 private:
  /// The user's message comes first, and a failure before it is a status: vertices wait until something was said.
  void send_of_vertex(std::string_view event, json::Object data) {
    if (stream_)
      send(event, std::move(data));
    else
      waiting_.emplace_back(event, std::move(data));
  }
  bool send(std::string_view event, json::Object data) {
    const bool is_first = !stream_;
    if (is_first) stream_ = call_.begin_stream("text/event-stream; charset=utf-8");
    const bool is_end = event == "end" || event == "error";
    if (is_first && is_end) send_waiting();
    const bool is_sent = write(event, std::move(data));
    if (is_first && !is_end) send_waiting();
    return is_sent;
  }
  void send_waiting() {
    for (auto& [event, data] : waiting_) write(event, std::move(data));
    waiting_.clear();
  }
  bool write(std::string_view event, json::Object data) {
    std::string line = json::write(json::Object{{"event", event}, {"data", std::move(data)}});
    return stream_->write(is_sse_ ? net::sse_event(line, event) : line + "\n\n");
  }

  Call& call_;
  bool is_sse_;
  std::vector<std::pair<std::string, json::Object>> waiting_;
  std::shared_ptr<net::Stream> stream_;
};

template <class Execute>
void answer_run(Call& call, const gateway::RunCall& run, const Execute& execute) {
  if (!run.stream) {
    const gateway::RunAnswer answer = execute(nullptr);
    call.set_header(kRunIdHeader, answer.run_id);
    call.answer(run_json(answer, run.input_value));
    return;
  }
  LineObserver observer(call, call.query("stream_format") == "sse");
  try {
    const gateway::RunAnswer answer = execute(&observer);
    observer.finish(run_json(answer, run.input_value));
  } catch (const Refusal& refusal) {
    if (!observer.fail(refusal)) throw;
  }
}

/// A provider's token or studio key runs its own working copy as a test; by UUID, then by endpoint name.
void run_working_copy(Call& call, const gateway::Caller& caller, const std::optional<Scope>& of_key) {
  const auto run = run_call(call, read_body<RunIn>(call));
  const auto [scope, flow] = call.read([&](store::Tx& tx) {
    const auto find = [&](const Scope& candidate) {
      return std::make_pair(candidate, registry::find_flow(candidate, tx, call.path("flow")));
    };
    return of_key ? find(*of_key) : call.find_in_scopes(tx, "flow", find);
  });
  const gateway::TestTarget target{.agent = std::nullopt, .flow = flow.id};
  answer_run(call, run, [&, &owner = scope](runtime::Observer* observer) {
    return call.services().gateway.test_run(owner, caller, target, run, observer);
  });
}

void run_flow(Call& call) {
  auto& gateway = call.services().gateway;
  const gateway::Caller caller = caller_of(call);
  if (call.presented().kind != Presented::Kind::access_key) return run_working_copy(call, caller, std::nullopt);
  const auto access = gateway.authenticate(caller);
  if (!access->subscription) {
    const Scope scope = gateway::scope_of(*access, caller.request_id);
    identity::require(scope, Right::provide_agents);
    return run_working_copy(call, caller, scope);
  }
  const auto admitted = admit_with_headers(call, access, caller, call.path("flow"), Right::chat);
  const auto run = run_call(call, read_body<RunIn>(call));
  answer_run(call, run, [&](runtime::Observer* observer) { return gateway.run(admitted, run, observer); });
}

}  // namespace

RouteTable run_routes() {
  Route row;
  row.right = Right::chat;
  row.pool = net::PoolName::run;
  row.body_max_bytes = 10 * 1024 * 1024;
  row.query = {{"stream", "boolean"}, {"stream_format"}};
  Route run = post("/api/v1/run/{flow}", "Run a flow or agent", kRunKey, run_flow, row);
  run.request_schema = schema_of<RunIn>();
  return {std::move(run)};
}

}  // namespace guildhall::api::langflow_dialect
