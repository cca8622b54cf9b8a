// Type names of every era (contracts/runtime.md §1.5): what a component is called here, whatever a file calls it.
#include "types.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "flow/document.h"
#include "known_hashes.h"

namespace guildhall::flow {
namespace {

using Alias = std::pair<std::string_view, std::string_view>;

// The contract's own table, and types that became another one. Asked before the table of hashes, which lists both.
constexpr std::array kRenamed{
    Alias{"CalculatorTool", "CalculatorComponent"},
    Alias{"CalculatorToolComponent", "CalculatorComponent"},
    Alias{"DuckDuckGoSearch", "DuckDuckGoSearchComponent"},
    Alias{"KBIngestion", "Knowledge"},
    Alias{"KBIngestionComponent", "Knowledge"},
    Alias{"KBRetrieval", "Knowledge"},
    Alias{"KBRetrievalComponent", "Knowledge"},
    Alias{"KnowledgeBase", "Knowledge"},
    Alias{"KnowledgeBaseComponent", "Knowledge"},
    Alias{"KnowledgeIngestion", "Knowledge"},
    Alias{"KnowledgeIngestionComponent", "Knowledge"},
    Alias{"KnowledgeRetrieval", "Knowledge"},
    Alias{"KnowledgeRetrievalComponent", "Knowledge"},
    Alias{"Prompt Template", "Prompt"},
    Alias{"PromptComponent", "Prompt"},
    Alias{"StructuredOutputComponent", "StructuredOutput"},
    Alias{"URL", "URLComponent"},
    Alias{"parser", "ParserComponent"},
};

// Display names of the components, as consoles show them.
constexpr std::array kDisplayNames{
    Alias{"API Request", "APIRequest"},
    Alias{"Alter Metadata", "AlterMetadata"},
    Alias{"Anthropic", "AnthropicModel"},
    Alias{"Astra DB", "AstraDB"},
    Alias{"Batch Run", "BatchRunComponent"},
    Alias{"Calculator", "CalculatorComponent"},
    Alias{"Chat Input", "ChatInput"},
    Alias{"Chat Memory", "Memory"},
    Alias{"Chat Output", "ChatOutput"},
    Alias{"Chroma DB", "Chroma"},
    Alias{"Combine Data", "MergeDataComponent"},
    Alias{"Combine Text", "CombineText"},
    Alias{"Condition", "DataConditionalRouter"},
    Alias{"Create Data", "CreateData"},
    Alias{"Create List", "CreateList"},
    Alias{"Current Date", "CurrentDate"},
    Alias{"Data Operations", "DataOperations"},
    Alias{"Data to DataFrame", "DataToDataFrame"},
    Alias{"Data → DataFrame", "DataToDataFrame"},
    Alias{"DataFrame Operations", "DataFrameOperations"},
    Alias{"Embedding Model", "EmbeddingModel"},
    Alias{"Filter Data", "FilterData"},
    Alias{"Flow as Tool", "FlowTool"},
    Alias{"Groq", "GroqModel"},
    Alias{"Guardrails", "GuardrailValidator"},
    Alias{"If-Else", "ConditionalRouter"},
    Alias{"JSON Cleaner", "JSONCleaner"},
    Alias{"Knowledge Base", "Knowledge"},
    Alias{"Knowledge Ingestion", "Knowledge"},
    Alias{"Knowledge Retrieval", "Knowledge"},
    Alias{"LLM Selector", "LLMSelectorComponent"},
    Alias{"Language Model", "LanguageModelComponent"},
    Alias{"MCP Tools", "MCPTools"},
    Alias{"Merge Data", "MergeDataComponent"},
    Alias{"Message History", "Memory"},
    Alias{"Message Store", "StoreMessage"},
    Alias{"Message to Data", "MessagetoData"},
    Alias{"Ollama", "OllamaModel"},
    Alias{"Ollama Embeddings", "OllamaEmbeddings"},
    Alias{"OpenAI", "OpenAIModel"},
    Alias{"OpenAI Embeddings", "OpenAIEmbeddings"},
    Alias{"PGVector", "pgvector"},
    Alias{"Parse Data", "ParseData"},
    Alias{"Parse DataFrame", "ParseDataFrame"},
    Alias{"Read File", "File"},
    Alias{"Regex Extractor", "RegexExtractorComponent"},
    Alias{"Run Flow", "RunFlow"},
    Alias{"SQL Database", "SQLComponent"},
    Alias{"Save File", "SaveToFile"},
    Alias{"Select Data", "SelectData"},
    Alias{"Smart Router", "SmartRouter"},
    Alias{"Split Text", "SplitText"},
    Alias{"Structured Output", "StructuredOutput"},
    Alias{"Sub Flow", "SubFlow"},
    Alias{"Text Input", "TextInput"},
    Alias{"Text Operations", "TextOperations"},
    Alias{"Text Output", "TextOutput"},
    Alias{"Type Convert", "TypeConverterComponent"},
    Alias{"Update Data", "UpdateData"},
    Alias{"Web Search", "UnifiedWebSearch"},
    Alias{"Write File", "SaveToFile"},
    Alias{"arXiv", "ArXivComponent"},
};

template <std::size_t size>
std::optional<std::string> named_in(const std::array<Alias, size>& table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const Alias& row) { return row.first == name; });
  return found == table.end() ? std::nullopt : std::optional<std::string>(found->second);
}

std::optional<std::string> known_name(std::string_view name) {
  if (auto renamed = named_in(kRenamed, name)) return renamed;
  if (auto listed = listed_type(name)) {
    if (auto renamed = named_in(kRenamed, *listed)) return renamed;
    return listed;
  }
  return named_in(kDisplayNames, name);
}

// The class of `ext:<bundle>:<Class>@official`; empty for any other name.
std::string_view class_of_extension(std::string_view type) {
  constexpr std::string_view kPrefix = "ext:";
  constexpr std::string_view kSuffix = "@official";
  if (!type.starts_with(kPrefix) || !type.ends_with(kSuffix)) return {};
  type.remove_prefix(kPrefix.size());
  if (type.size() < kSuffix.size()) return {};
  type.remove_suffix(kSuffix.size());
  const auto colon = type.find(':');
  return colon == std::string_view::npos ? std::string_view() : type.substr(colon + 1);
}

template <std::size_t size>
bool is_one_of(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string canonical_type(std::string_view type) {
  constexpr std::string_view kComponent = "Component";
  if (const std::string_view name = class_of_extension(type); !name.empty()) type = name;
  if (auto known = known_name(type)) return *known;
  if (type.ends_with(kComponent)) {
    if (auto known = known_name(type.substr(0, type.size() - kComponent.size()))) return *known;
  } else if (auto known = known_name(std::string(type).append(kComponent))) {
    return *known;
  }
  return std::string(type);
}

std::string canonical_value_type(std::string_view type) {
  if (type == "JSON") return "Data";
  if (type == "DataFrame") return "Table";
  if (type == "Text") return "Message";
  if (type == "BaseTool" || type == "StructuredTool") return "Tool";
  return std::string(type);
}

std::string_view implied_knowledge_mode(std::string_view type) {
  if (const std::string_view name = class_of_extension(type); !name.empty()) type = name;
  if (type.ends_with("Component")) type.remove_suffix(std::string_view("Component").size());
  constexpr std::array<std::string_view, 3> kIngest{"KnowledgeIngestion", "KBIngestion", "Knowledge Ingestion"};
  constexpr std::array<std::string_view, 5> kRetrieve{"KnowledgeRetrieval", "KBRetrieval", "KnowledgeBase", "Knowledge Retrieval",
                                                      "Knowledge Base"};
  if (is_one_of(kIngest, type)) return "Ingest";
  if (is_one_of(kRetrieve, type)) return "Retrieve";
  return {};
}

bool is_input_type(std::string_view type) {
  return type == "ChatInput" || type == "TextInput" || type == "Webhook";
}

bool is_output_type(std::string_view type) {
  return type == "ChatOutput" || type == "TextOutput" || type == "DataOutput";
}

bool ends_cycles(std::string_view type) {
  constexpr std::array<std::string_view, 5> kTypes{"LoopComponent", "ConditionalRouter", "DataConditionalRouter", "SmartRouter",
                                                   "GuardrailValidator"};
  return is_one_of(kTypes, type);
}

bool is_refused_type(std::string_view type) {
  constexpr std::array<std::string_view, 22> kTypes{"CustomComponent",
                                                    "Custom Component",
                                                    "PythonREPLComponent",
                                                    "PythonREPL",
                                                    "PythonREPLTool",
                                                    "PythonREPLToolComponent",
                                                    "PythonFunction",
                                                    "PythonFunctionComponent",
                                                    "PythonCodeStructuredTool",
                                                    "Smart Transform",
                                                    "SmartTransform",
                                                    "LambdaFilter",
                                                    "LambdaFilterComponent",
                                                    "Directory",
                                                    "DirectoryComponent",
                                                    "CrewAIAgentComponent",
                                                    "HierarchicalCrewComponent",
                                                    "HierarchicalTaskComponent",
                                                    "SequentialCrewComponent",
                                                    "SequentialTaskComponent",
                                                    "SequentialTaskAgentComponent",
                                                    "ShellToolComponent"};
  return is_one_of(kTypes, type) || type.starts_with("CrewAI") || type.starts_with("Shell");
}

}  // namespace guildhall::flow
