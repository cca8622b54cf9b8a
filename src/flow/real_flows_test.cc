// The real exports of three releases, with the report each must get in an installation that has nothing (runtime.md §11.6).
#include <chrono>
#include <map>

#include "flow/graph.h"
#include "test_flows.h"

namespace guildhall::flow {
namespace {

using test::flow_in;

struct Expected {
  std::string_view file;
  std::size_t nodes;
  std::size_t edges;
  std::size_t notes;
  std::string_view status;
  std::size_t models_unset;
  std::vector<std::string> variables_missing;
  std::size_t files_missing = 0;
  std::size_t selected;  ///< vertices of a run
};

const std::vector<Expected>& expected_reports() {
  static const std::vector<Expected> rows{
      {"1.10.1/basic-prompting", 4, 3, 2, "warnings", 1, {}, 0, 4},
      {"1.10.1/basic-prompt-chaining", 8, 7, 1, "warnings", 3, {}, 0, 8},
      {"1.10.1/memory-chatbot", 5, 4, 1, "warnings", 1, {}, 0, 5},
      {"1.10.1/document-qa", 5, 4, 1, "warnings", 1, {}, 0, 5},
      {"1.10.1/vector-store-rag", 6, 6, 2, "warnings", 1, {}, 0, 6},
      {"1.10.1/seo-keyword-generator", 4, 3, 2, "warnings", 1, {}, 0, 4},
      {"1.10.1/saas-pricing", 4, 3, 1, "warnings", 1, {}, 0, 4},
      {"1.10.1/simple-agent", 5, 4, 2, "warnings", 1, {}, 0, 5},
      {"1.10.1/blog-writer", 5, 4, 1, "warnings", 1, {}, 0, 5},
      {"1.10.1/text-sentiment-analysis", 9, 8, 4, "warnings", 3, {}, 0, 9},
      {"1.10.1/financial-report-parser", 4, 3, 2, "warnings", 1, {}, 0, 4},
      {"1.6.0/basic-prompting", 4, 3, 2, "warnings", 0, {"OPENAI_API_KEY"}, 0, 4},
      {"1.6.0/memory-chatbot", 5, 4, 1, "warnings", 0, {"OPENAI_API_KEY"}, 0, 5},
      {"1.6.0/document-qa", 5, 4, 1, "warnings", 0, {"OPENAI_API_KEY"}, 0, 5},
      {"1.6.0/knowledge-retrieval", 3, 2, 1, "ok", 0, {}, 0, 3},
      {"1.1.1/basic-prompting", 4, 3, 2, "warnings", 0, {"OPENAI_API_KEY"}, 0, 4},
      {"1.1.1/memory-chatbot", 5, 4, 2, "warnings", 0, {"OPENAI_API_KEY"}, 0, 5},
      {"1.1.1/document-qa", 6, 5, 2, "warnings", 0, {"OPENAI_API_KEY"}, 0, 6},
      {"1.1.1/vector-store-rag",
       11,
       10,
       6,
       "warnings",
       0,
       {"ASTRA_DB_API_ENDPOINT", "ASTRA_DB_APPLICATION_TOKEN", "OPENAI_API_KEY"},
       1,
       7},
      {"1.1.1/simple-agent", 5, 4, 2, "ok", 0, {}, 0, 5},
  };
  return rows;
}

}  // namespace

TEST_CASE("every real export reports what its readme says and loses nothing") {
  const auto folder = test::real_flows();
  if (!folder) return;
  for (const Expected& expected : expected_reports()) {
    CAPTURE(expected.file);
    const json::Value file = flow_in(*folder / (std::string(expected.file) + ".json"));
    const Document document = parse_document(file);
    const Report report = report_on(document, test::catalogue_of_everything(), {});
    CHECK(document.nodes.size() == expected.nodes);
    CHECK(document.edges.size() == expected.edges);
    CHECK(document.notes == expected.notes);
    CHECK(file.at("data").at("nodes").as_array().size() == expected.nodes + expected.notes);
    CHECK(file.at("data").at("edges").as_array().size() == expected.edges);
    CHECK(report.status == expected.status);
    CHECK(report.edges_invalid.empty());
    CHECK(report.models_unset.size() == expected.models_unset);
    CHECK(report.variables_missing == expected.variables_missing);
    CHECK(report.files_missing.size() == expected.files_missing);
    CHECK(report.coverage == 1);
    CHECK(report.refused().empty());
  }
}

TEST_CASE("every node of a real export is native but for AstraDB, and says when it carries no code") {
  const auto folder = test::real_flows();
  if (!folder) return;
  for (const Expected& expected : expected_reports()) {
    CAPTURE(expected.file);
    const Document document = parse_document(flow_in(*folder / (std::string(expected.file) + ".json")));
    for (const NodeReport& node : report_on(document, test::catalogue_of_everything(), {}).nodes) {
      CAPTURE(node.node_id);
      CHECK(node.status == (node.type == "AstraDB" ? NodeStatus::substitute : NodeStatus::native));
      CHECK(node.message == (expected.file.starts_with("1.1.1/") ? "code_absent" : ""));
    }
  }
}

TEST_CASE("models_unset names the language models, agents and structured outputs of 1.10.1") {
  const auto folder = test::real_flows();
  if (!folder) return;
  for (const Expected& expected : expected_reports()) {
    if (!expected.file.starts_with("1.10.1/")) continue;
    CAPTURE(expected.file);
    const Document document = parse_document(flow_in(*folder / (std::string(expected.file) + ".json")));
    std::vector<std::string> users;
    for (const Node& node : document.nodes) {
      const std::string& type = node.type;
      if (type == "LanguageModelComponent" || type == "Agent" || type == "StructuredOutput") users.push_back(node.id);
    }
    CHECK(report_on(document, test::catalogue_of_everything(), {}).models_unset == users);
  }
}

TEST_CASE("a run of a real export selects what its input reaches and needs") {
  const auto folder = test::real_flows();
  if (!folder) return;
  for (const Expected& expected : expected_reports()) {
    CAPTURE(expected.file);
    const Document document = parse_document(flow_in(*folder / (std::string(expected.file) + ".json")));
    const Graph graph = select(document);
    CHECK(graph.vertices.size() == expected.selected);
    CHECK(order_of(document, graph).size() == expected.selected);
  }
}

TEST_CASE("a chat run of the retrieval starter leaves the ingestion beside it alone") {
  const auto folder = test::real_flows();
  if (!folder) return;
  const Document document = parse_document(flow_in(*folder / "1.1.1" / "vector-store-rag.json"));
  std::map<std::string, int> selected;
  for (const std::size_t vertex : select(document).vertices) ++selected[document.nodes[vertex].type];
  const std::map<std::string, int> chat_only{{"AstraDB", 1},     {"ChatInput", 1}, {"ChatOutput", 1}, {"OpenAIEmbeddings", 1},
                                             {"OpenAIModel", 1}, {"ParseData", 1}, {"Prompt", 1}};
  CHECK(selected == chat_only);
}

TEST_CASE("the retrieval component of 1.6 is Knowledge in mode Retrieve") {
  const auto folder = test::real_flows();
  if (!folder) return;
  const Document document = parse_document(flow_in(*folder / "1.6.0" / "knowledge-retrieval.json"));
  const Node* node = document.node("KnowledgeRetrieval-kgwih");
  REQUIRE(node != nullptr);
  CHECK(node->type == "KnowledgeRetrieval");
  CHECK(node->canonical_type == "Knowledge");
  REQUIRE(node->field("mode") != nullptr);
  CHECK(node->field("mode")->value == json::Value("Retrieve"));
}

TEST_CASE("reading a real export costs little") {
  const auto folder = test::real_flows();
  if (!folder) return;
  const std::string bytes = test::bytes_in(*folder / "1.10.1" / "text-sentiment-analysis.json");
  const json::Value value = read_flow(bytes);
  constexpr int kRounds = 20;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kRounds; ++i) CHECK(parse_document(value).nodes.size() == 9);
  const auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin) / kRounds;
  MESSAGE(bytes.size(), " bytes: ", took.count(), " ms a document");
  CHECK(took.count() < 100);  // a debug build on a busy machine; a release takes a hundredth of it
}

}  // namespace guildhall::flow
