// Flow files drawn by tests: nodes with their fields, edges by name, and an engine to run them on.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "runtime/run.h"
#include "support/databases.h"
#include "support/helpcentre.h"
#include "support/stub_model.h"

namespace guildhall::runtime::test {

struct SketchField {
  SketchField(std::string called, std::string typed = "str", json::Value holds = {}, bool is_variable = false)
      : name(std::move(called)), type(std::move(typed)), value(std::move(holds)), load_from_db(is_variable) {}

  std::string name;
  std::string type;
  json::Value value;
  bool load_from_db;
};

/// Draws one flow. Outputs and handles accept everything, so that a test says only what it is about.
class Sketch {
 public:
  Sketch& node(std::string id, std::string type, std::vector<SketchField> fields = {}, std::vector<std::string> outputs = {}) {
    json::Object fields_object{{"_type", "Component"}};
    for (SketchField& field : fields) {
      json::Object entry{{"name", field.name},
                         {"type", field.type},
                         {"value", field.value},
                         {"show", true},
                         {"input_types", json::Array{"Message", "Data", "Table"}}};
      if (field.load_from_db) entry["load_from_db"] = true;
      if (field.type == "file") entry["file_path"] = field.value;
      fields_object[field.name] = std::move(entry);
    }
    json::Array outputs_array;
    for (const std::string& output : outputs)
      outputs_array.push_back(json::Object{{"name", output}, {"types", json::Array{"Message"}}, {"selected", "Message"}});
    nodes_.push_back(json::Object{{"id", id},
                                  {"type", "genericNode"},
                                  {"position", json::Object{{"x", 0}, {"y", 0}}},
                                  {"data", json::Object{{"id", id},
                                                        {"type", type},
                                                        {"node", json::Object{{"display_name", "The " + type},
                                                                              {"template", std::move(fields_object)},
                                                                              {"outputs", std::move(outputs_array)}}}}}});
    return *this;
  }

  Sketch& edge(const std::string& source, const std::string& output, const std::string& target, const std::string& field) {
    edges_.push_back(json::Object{
        {"id", source + output + target + field},
        {"source", source},
        {"target", target},
        {"data",
         json::Object{
             {"sourceHandle",
              json::Object{{"dataType", "x"}, {"id", source}, {"name", output}, {"output_types", json::Array{"Message"}}}},
             {"targetHandle",
              json::Object{{"fieldName", field}, {"id", target}, {"inputTypes", json::Array{"Message"}}, {"type", "str"}}}}}});
    return *this;
  }

  json::Value flow() const {
    return json::Object{{"name", "sketch"}, {"data", json::Object{{"nodes", nodes_}, {"edges", edges_}}}};
  }
  std::shared_ptr<const Prepared> prepared(FlowId id = FlowId::random()) const { return prepare(flow(), id); }

  /// ChatInput → ChatOutput.
  static Sketch passthrough() {
    return Sketch()
        .node("ChatInput-a", "ChatInput", {{"input_value", "str", "Hello"}}, {"message"})
        .node("ChatOutput-b", "ChatOutput", {{"input_value"}}, {"message"})
        .edge("ChatInput-a", "message", "ChatOutput-b", "input_value");
  }
  /// ChatInput → LanguageModelComponent → ChatOutput.
  static Sketch model_chat(std::vector<SketchField> model_fields = {}) {
    std::vector<SketchField> fields{{"input_value"}, {"system_message", "str", "Be kind."}};
    for (SketchField& field : model_fields) fields.push_back(std::move(field));
    return Sketch()
        .node("ChatInput-a", "ChatInput", {{"input_value", "str", "Hello"}}, {"message"})
        .node("LanguageModelComponent-m", "LanguageModelComponent", std::move(fields), {"text_output", "model_output"})
        .node("ChatOutput-b", "ChatOutput", {{"input_value"}}, {"message"})
        .edge("ChatInput-a", "message", "LanguageModelComponent-m", "input_value")
        .edge("LanguageModelComponent-m", "text_output", "ChatOutput-b", "input_value");
  }

 private:
  json::Array nodes_;
  json::Array edges_;
};

/// A database in memory, a stub model, and a request for an organization of its own.
struct Workbench {
  ManualClock clock{guildhall::test::kStart};
  std::unique_ptr<store::Database> database = store::open_database({.url = "sqlite::memory:", .clock = &clock});
  guildhall::test::StubModel stub;
  net::Client client{net::ClientOptions{.allowed = {{"127.0.0.1", stub.port()}}, .connections_per_host_max = 8, .resolve = {}}};
  knowledge::Indexes indexes;
  knowledge::Extractor extractor = knowledge::Extractor::in_process();
  Engine engine;
  Scope scope = identity::system_scope(OrganizationId::random(), "test");

  Workbench() {
    store::migrate(*database);
    engine.database = database.get();
    engine.client = &client;
    engine.indexes = &indexes;
    engine.extractor = &extractor;
  }
  Workbench& with_model(std::string model = "stub") {
    engine.default_model = models::Endpoint{
        .provider = "openai", .base_url = stub.base_url(), .api_key = Secret("sk-default"), .model = std::move(model)};
    return *this;
  }
  RunRequest request(std::optional<std::string> input = std::nullopt, std::string session = "s-1") const {
    RunRequest request;
    request.scope = scope;
    request.session = {.organization = scope.organization, .owner = owner, .session_id = std::move(session)};
    request.run_id = "run-1";
    request.input_value = std::move(input);
    return request;
  }
  RunResult run(const Sketch& sketch, const RunRequest& request, Observer* observer = nullptr) {
    return runtime::run(engine, *sketch.prepared(flow), request, observer);
  }
  void store(RunResult& result, std::string session = "s-1") {
    database->write([&](store::Tx& tx) {
      std::vector<Message> messages = result.messages;
      store_messages(tx, {.organization = scope.organization, .owner = owner, .session_id = session}, {}, "api", messages);
    });
  }

  Uuid owner = random_uuid();
  FlowId flow = FlowId::random();
};

template <class Body>
Refusal refusal_of(Body&& body) {
  try {
    body();
  } catch (const Refusal& refusal) {
    return refusal;
  }
  return Refusal(Code::internal_error, "nothing was refused");
}

/// The real exports, or an empty path where they are absent.
inline std::filesystem::path real_flows() {
  const char* fixtures = std::getenv("GUILDHALL_FIXTURES");
  const std::filesystem::path root =
      fixtures != nullptr ? std::filesystem::path(fixtures) : guildhall::test::source_folder() / ".." / "shared";
  return std::filesystem::exists(root / "flows") ? root / "flows" : std::filesystem::path();
}

}  // namespace guildhall::runtime::test
