// Names of every era resolve to one type (contracts/runtime.md §1.5).
#include "types.h"

#include "flow/report.h"
#include "test_flows.h"

namespace guildhall::flow {

TEST_CASE("a component has one canonical type, whatever it is called") {
  struct Case {
    std::string_view name;
    std::string_view type;
  };
  constexpr Case kCases[] = {
      {"Prompt", "Prompt"},
      {"Prompt Template", "Prompt"},
      {"PromptComponent", "Prompt"},
      {"parser", "ParserComponent"},
      {"Parser", "ParserComponent"},
      {"URL", "URLComponent"},
      {"StructuredOutputComponent", "StructuredOutput"},
      {"CalculatorTool", "CalculatorComponent"},
      {"CalculatorToolComponent", "CalculatorComponent"},
      {"KnowledgeIngestion", "Knowledge"},
      {"KBIngestion", "Knowledge"},
      {"KnowledgeRetrieval", "Knowledge"},
      {"KBRetrieval", "Knowledge"},
      {"KBRetrievalComponent", "Knowledge"},
      {"KnowledgeBase", "Knowledge"},
      {"KnowledgeComponent", "Knowledge"},
      {"ext:core:PromptComponent@official", "Prompt"},
      {"ext:files:KnowledgeRetrievalComponent@official", "Knowledge"},
      {"ext:x:Unheard@official", "Unheard"},
      {"ext:@official", "ext:@official"},
      {"@official", "@official"},
      {"OpenAIModelComponent", "OpenAIModel"},
      {"ChatOllamaComponent", "OllamaModel"},
      {"AgentComponent", "Agent"},
      {"LanguageModel", "LanguageModelComponent"},
      {"Loop", "LoopComponent"},
      {"ChatInputComponent", "ChatInput"},
      {"FAISSVectorStoreComponent", "FAISS"},
      {"TavilyAISearch", "TavilySearchComponent"},
      {"MessageToDataComponent", "MessagetoData"},
      {"Chat Input", "ChatInput"},
      {"Message History", "Memory"},
      {"If-Else", "ConditionalRouter"},
      {"Language Model", "LanguageModelComponent"},
      {"Nothing Known", "Nothing Known"},
      {"", ""},
  };
  for (const Case& row : kCases) {
    CAPTURE(row.name);
    CHECK(canonical_type(row.name) == row.type);
  }
}

TEST_CASE("a canonical type is its own") {
  for (const std::string_view name : {"Prompt Template", "CalculatorTool", "KBIngestion", "Chroma DB", "URL", "Notify"}) {
    CHECK(canonical_type(canonical_type(name)) == canonical_type(name));
  }
}

TEST_CASE("types of values have one name each") {
  CHECK(canonical_value_type("JSON") == "Data");
  CHECK(canonical_value_type("Data") == "Data");
  CHECK(canonical_value_type("DataFrame") == "Table");
  CHECK(canonical_value_type("Text") == "Message");
  CHECK(canonical_value_type("BaseTool") == "Tool");
  CHECK(canonical_value_type("StructuredTool") == "Tool");
  CHECK(canonical_value_type("Embeddings") == "Embeddings");
}

TEST_CASE("a node of an earlier knowledge component gets its mode, unless it has one") {
  const auto mode = [](std::string_view type, json::Object fields = {}) {
    const Document document = parse_document(test::flow({test::node("a", type, std::move(fields))}));
    const Field* field = document.nodes[0].field("mode");
    return field == nullptr ? std::string("none") : std::string(json::view(field->value.as_string()));
  };
  CHECK(mode("KnowledgeIngestion") == "Ingest");
  CHECK(mode("KBIngestion") == "Ingest");
  CHECK(mode("KnowledgeBase") == "Retrieve");
  CHECK(mode("ext:files:KBRetrievalComponent@official") == "Retrieve");
  CHECK(mode("Knowledge") == "none");
  CHECK(mode("KnowledgeRetrieval", {{"mode", test::field("tab", "Ingest")}}) == "Ingest");
}

TEST_CASE("released hashes are known for their type alone") {
  CHECK(is_known_hash("ChatInput", "7a26c54d89ed"));
  CHECK(is_known_hash("Prompt", "3d3fd7b8a36f"));
  CHECK_FALSE(is_known_hash("Prompt", "7a26c54d89ed"));
  CHECK_FALSE(is_known_hash("ChatInput", "7a26c54d89e"));
  CHECK_FALSE(is_known_hash("ChatInput", ""));
  CHECK_FALSE(is_known_hash("", ""));
  CHECK(is_known_hash("Knowledge", "bf96902ddcc7"));
  CHECK_FALSE(is_known_hash("KnowledgeRetrieval", "bf96902ddcc7"));
}

}  // namespace guildhall::flow
