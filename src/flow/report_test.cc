// Which nodes run and which are refused (contracts/runtime.md §1.6).
#include "flow/report.h"

#include "test_flows.h"

namespace guildhall::flow {
namespace {

using test::edge;
using test::field;
using test::flow;
using test::node;

json::Object hashed(std::string_view type, std::string_view hash, bool edited = false) {
  json::Object file = node(std::string(type) + "-1", type);
  json::Object& definition = file["data"].at("node").as_object();
  definition["metadata"] = {{"code_hash", hash}};
  definition["edited"] = edited;
  return file;
}

Report report_of(json::Array nodes, json::Array edges = {}, const Surroundings& surroundings = {}) {
  return report_on(parse_document(flow(std::move(nodes), std::move(edges))), test::catalogue_of_everything(), surroundings);
}

}  // namespace

TEST_CASE("a node's status follows its type, its hash and its edited flag") {
  constexpr std::string_view kKnown = "3d3fd7b8a36f";
  struct Case {
    std::string_view type;
    std::string_view hash;
    bool edited;
    NodeStatus status;
    std::string_view message;
  };
  const Case cases[] = {
      {"Prompt", kKnown, false, NodeStatus::native, ""},
      {"Prompt", kKnown, true, NodeStatus::native, ""},
      {"Prompt Template", kKnown, true, NodeStatus::native, ""},
      {"Prompt", "", false, NodeStatus::native, "code_absent"},
      {"Prompt", "", true, NodeStatus::native, "code_absent"},
      {"Prompt", "000000000000", true, NodeStatus::edited, "The component's code was edited"},
      {"Prompt", "000000000000", false, NodeStatus::unverified, "The component's code is not a released version"},
      {"ChatInput", kKnown, false, NodeStatus::unverified, "The component's code is not a released version"},
      {"AstraDB", "", false, NodeStatus::substitute, "code_absent"},
      {"AstraDB", "000000000000", false, NodeStatus::unverified, "The component's code is not a released version"},
      {"Nonsense", kKnown, false, NodeStatus::unsupported, "There is no component 'Nonsense' here"},
      {"CustomComponent", "", false, NodeStatus::unsupported, "There is no component 'CustomComponent' here"},
      {"ext:x:CustomComponent@official", "", false, NodeStatus::unsupported,
       "There is no component 'ext:x:CustomComponent@official' here"},
      {"PythonREPLComponent", "", false, NodeStatus::unsupported, "There is no component"},
      {"PythonREPLTool", "", false, NodeStatus::unsupported, "There is no component"},
      {"PythonFunction", "", false, NodeStatus::unsupported, "There is no component"},
      {"PythonCodeStructuredTool", "", false, NodeStatus::unsupported, "There is no component"},
      {"Smart Transform", "", false, NodeStatus::unsupported, "There is no component"},
      {"Directory", "", false, NodeStatus::unsupported, "There is no component"},
      {"CrewAIAgentComponent", "", false, NodeStatus::unsupported, "There is no component"},
      {"ShellTool", "", false, NodeStatus::unsupported, "There is no component"},
  };
  for (const Case& row : cases) {
    CAPTURE(row.type);
    CAPTURE(row.hash);
    const Report report = report_of({hashed(row.type, row.hash, row.edited)});
    CHECK(report.nodes.at(0).status == row.status);
    CHECK(report.nodes.at(0).message.starts_with(row.message));
    CHECK(report.nodes.at(0).message.empty() == row.message.empty());
    CHECK(report.nodes.at(0).code_hash == row.hash);
    CHECK((report.status == "blocked") == is_refused(row.status));
    CHECK(report.coverage == (is_refused(row.status) ? 0 : 1));
  }
}

TEST_CASE("the text decides, not the hash the file declares") {
  json::Object file = hashed("Prompt", "3d3fd7b8a36f");
  file["data"].at("node").at("template").as_object()["code"] = field("code", "import os");
  CHECK(report_of({file}).nodes.at(0).status == NodeStatus::unverified);
}

TEST_CASE("without a catalogue nothing runs") {
  const Report report = report_on(parse_document(flow({node("a", "Prompt")})), {}, {});
  CHECK(report.status == "blocked");
  CHECK(report.nodes.at(0).status == NodeStatus::unsupported);
}

TEST_CASE("an empty flow is ok and covered") {
  const Report report = report_of({});
  CHECK(report.status == "ok");
  CHECK(report.coverage == 1);
}

TEST_CASE("coverage is the share of nodes that run") {
  const Report report = report_of({node("a", "Prompt"), node("b", "Nonsense"), node("c", "Prompt"), node("d", "Prompt")});
  CHECK(report.coverage == 0.75);
  CHECK(report.refused().size() == 1);
}

TEST_CASE("a model is set by any era's fields or by an edge") {
  struct Case {
    std::string_view type;
    json::Object fields;
    bool unset;
  };
  const json::Value chosen{{{"name", "m"}, {"provider", "OpenAI"}}};
  const Case cases[] = {
      {"LanguageModelComponent", {{"model", field("model", "")}}, true},
      {"LanguageModelComponent", {{"model", field("model", nullptr)}}, true},
      {"LanguageModelComponent", {{"model", field("model", json::Array())}}, true},
      {"LanguageModelComponent", {}, true},
      {"LanguageModelComponent", {{"model", field("model", chosen)}}, false},
      {"LanguageModelComponent", {{"provider", field("str", "OpenAI")}, {"model_name", field("str", "gpt")}}, false},
      {"LanguageModelComponent", {{"provider", field("str", "OpenAI")}, {"model_name", field("str", "")}}, true},
      {"LanguageModelComponent", {{"model_name", field("str", "gpt")}}, true},
      {"Agent", {{"agent_llm", field("str", "OpenAI")}, {"model_name", field("str", "gpt")}}, false},
      {"Agent", {{"agent_llm", field("str", "OpenAI")}}, true},
      {"StructuredOutput", {}, true},
      {"SmartRouter", {}, true},
      {"BatchRunComponent", {}, true},
      {"GuardrailValidator", {}, true},
      {"EmbeddingModel", {}, true},
      {"OpenAIModel", {{"model_name", field("str", "gpt")}}, false},
      {"OpenAIModel", {{"model_name", field("str", "")}}, true},
      {"Prompt", {}, false},
      {"ChatInput", {{"model", field("model", "")}}, false},
  };
  for (const Case& row : cases) {
    CAPTURE(row.type);
    CAPTURE(json::write(row.fields));
    CHECK(report_of({node("a", row.type, row.fields)}).models_unset.size() == (row.unset ? 1 : 0));
  }
  for (const std::string_view name : {"model", "llm"}) {
    const json::Object user = node("b", "StructuredOutput", {{name, field("other")}});
    CHECK(report_of({node("a", "OpenAIModel", {{"model_name", field("str", "x")}}), user}, {edge("a", "b", name)})
              .models_unset.empty());
  }
}

TEST_CASE("variables and files that are not there are named, sorted or in order, once each") {
  const auto variable = [](std::string_view name, bool show = true) {
    return json::Object{{"type", "str"}, {"value", name}, {"load_from_db", true}, {"show", show}};
  };
  const auto file = [](json::Value paths) { return json::Object{{"type", "file"}, {"file_path", std::move(paths)}}; };
  const json::Array nodes{
      node("a", "File",
           {{"k", variable("ZETA")}, {"l", variable("")}, {"m", variable("HIDDEN", false)}, {"path", file({"b", "a"})}}),
      node("b", "File", {{"k", variable("ALPHA")}, {"l", variable("ZETA")}, {"path", file("a")}})};
  const Report nothing = report_of(nodes);
  CHECK(nothing.variables_missing == std::vector<std::string>{"ALPHA", "ZETA"});
  CHECK(nothing.files_missing == std::vector<std::string>{"b", "a"});
  CHECK(nothing.status == "warnings");
  const Report some = report_of(nodes, {},
                                {.has_variable = [](std::string_view name) { return name == "ZETA"; },
                                 .has_file = [](std::string_view path) { return path == "b"; }});
  CHECK(some.variables_missing == std::vector<std::string>{"ALPHA"});
  CHECK(some.files_missing == std::vector<std::string>{"a"});
  const Surroundings everything{.has_variable = [](std::string_view) { return true; },
                                .has_file = [](std::string_view) { return true; }};
  CHECK(report_of(nodes, {}, everything).status == "ok");
}

TEST_CASE("the report says where handle strings and data disagree") {
  json::Object file = edge("a", "b");
  file["targetHandle"] = "Message|other|b";
  const Report report = report_of({node("a", "Prompt"), node("b", "Prompt")}, {file});
  CHECK(report.nodes.at(1).message == "code_absent; edge from a: handle strings and data disagree; data counts");
  CHECK(report.status == "warnings");
  CHECK(report.edges_invalid.empty());
}

TEST_CASE("the report as JSON has the contract's members") {
  const Report report = report_of({node("a", "Prompt"), hashed("ChatInput", "7a26c54d89ed")}, {edge("a", "x")});
  CHECK(
      json::write(to_json(report)) ==
      R"({"status":"warnings","nodes":[{"node_id":"a","display_name":"Prompt shown","type":"Prompt","canonical_type":"Prompt",)"
      R"("status":"native","code_hash":null,"message":"code_absent"},{"node_id":"ChatInput-1","display_name":"ChatInput shown",)"
      R"("type":"ChatInput","canonical_type":"ChatInput","status":"native","code_hash":"7a26c54d89ed","message":""}],)"
      R"("edges_invalid":["a>x"],"files_missing":[],"models_unset":[],"variables_missing":[],"coverage":1})");
}

TEST_CASE("every status has a name") {
  CHECK(name(NodeStatus::native) == "native");
  CHECK(name(NodeStatus::substitute) == "substitute");
  CHECK(name(NodeStatus::edited) == "edited");
  CHECK(name(NodeStatus::unverified) == "unverified");
  CHECK(name(NodeStatus::unsupported) == "unsupported");
}

TEST_CASE("a refusal names every offending node") {
  const Report report = report_of({node("a", "Nonsense"), node("b", "Prompt"), hashed("Prompt", "000000000000", true)});
  const Refusal refusal = test::refusal_of([&] { refuse_blocked(report.refused()); });
  CHECK(refusal.code == Code::component_blocked);
  CHECK(refusal.message == "Flow build blocked: custom components are not allowed: Nonsense shown (a), Prompt shown (Prompt-1)");
  CHECK(refusal.details.at("nodes").as_array().size() == 2);
  CHECK_NOTHROW(refuse_blocked({}));
}

}  // namespace guildhall::flow
