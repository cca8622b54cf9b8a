// The sample flows of this repository import whole, run natively and are wired as their authors meant.
#include <set>

#include "flow/graph.h"
#include "test_flows.h"

namespace guildhall::flow {
namespace {

struct Sample {
  std::string_view file;
  std::size_t nodes;
  std::size_t edges;
  std::string_view status;
  std::size_t models_unset;
  std::vector<std::string> variables_missing;
  std::vector<std::string> types;  ///< of a run, in order of execution
};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> rows{
      {"passthrough", 2, 1, "ok", 0, {}, {"ChatInput", "ChatOutput"}},
      {"text-passthrough", 2, 1, "ok", 0, {}, {"TextInput", "TextOutput"}},
      {"basic-prompt", 4, 3, "warnings", 1, {}, {"ChatInput", "Prompt", "LanguageModelComponent", "ChatOutput"}},
      {"openai-model", 4, 3, "warnings", 0, {"OPENAI_API_KEY"}, {"ChatInput", "Prompt", "OpenAIModel", "ChatOutput"}},
      {"memory-chat", 5, 4, "warnings", 1, {}, {"ChatInput", "Memory", "Prompt", "LanguageModelComponent", "ChatOutput"}},
      {"file-parse-data",
       6,
       5,
       "warnings",
       1,
       {},
       {"ChatInput", "File", "ParseData", "Prompt", "LanguageModelComponent", "ChatOutput"}},
      {"file-parser",
       6,
       5,
       "warnings",
       1,
       {},
       {"ChatInput", "File", "ParserComponent", "Prompt", "LanguageModelComponent", "ChatOutput"}},
      {"split-text", 4, 3, "ok", 0, {}, {"ChatInput", "SplitText", "ParserComponent", "ChatOutput"}},
      {"vector-search",
       7,
       6,
       "warnings",
       1,
       {},
       {"ChatInput", "EmbeddingModel", "TextInput", "SplitText", "Chroma", "ParserComponent", "ChatOutput"}},
      {"support-agent",
       6,
       6,
       "warnings",
       1,
       {},
       {"ChatInput", "Knowledge", "ParserComponent", "Prompt", "LanguageModelComponent", "ChatOutput"}},
  };
  return rows;
}

std::filesystem::path sample_folder() {
  return test::source_folder() / "examples" / "flows";
}

}  // namespace

TEST_CASE("every sample flow imports whole and is never blocked") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.file);
    const json::Value file = test::flow_in(sample_folder() / (std::string(sample.file) + ".json"));
    CHECK(flows_in(file).size() == 1);
    const Document document = parse_document(file);
    const Report report = report_on(document, test::catalogue_of_everything(), {});
    CHECK(document.nodes.size() == sample.nodes);
    CHECK(document.edges.size() == sample.edges);
    CHECK(document.notes == 1);
    CHECK(file.at("data").at("nodes").as_array().size() == sample.nodes + 1);
    CHECK(report.status == sample.status);
    CHECK(report.edges_invalid.empty());
    CHECK(report.models_unset.size() == sample.models_unset);
    CHECK(report.variables_missing == sample.variables_missing);
    CHECK(report.refused().empty());
    for (const NodeReport& node : report.nodes) {
      CAPTURE(node.node_id);
      CHECK(node.status == NodeStatus::native);
      CHECK(node.message == "");
      CHECK(node.canonical_type == node.type);
    }
    for (const Edge& edge : document.edges) CHECK(edge.note == "");
  }
}

TEST_CASE("every sample flow runs all its nodes in order") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.file);
    const Document document = parse_document(test::flow_in(sample_folder() / (std::string(sample.file) + ".json")));
    std::vector<std::string> types;
    for (const std::size_t vertex : order_of(document, select(document))) types.push_back(document.nodes[vertex].type);
    CHECK(types == sample.types);
  }
}

TEST_CASE("the table of samples lists every file of the folder") {
  std::set<std::string> listed{"README.md"};
  for (const Sample& sample : samples()) listed.insert(std::string(sample.file) + ".json");
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(sample_folder())) found.insert(entry.path().filename().string());
  CHECK(found == listed);
}

}  // namespace guildhall::flow
