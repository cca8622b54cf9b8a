// Components one by one, by the values they make.
#include <doctest/doctest.h>

#include "runtime/limits.h"
#include "test_sketch.h"

namespace guildhall::runtime {
namespace {

using test::refusal_of;
using test::Sketch;
using test::SketchField;
using test::Workbench;

const Value* output_of(const RunResult& result, std::string_view component, std::string_view name) {
  for (const OutputResult& output : result.outputs) {
    if (output.component_id != component) continue;
    for (const auto& [found, value] : output.values) {
      if (found == name) return &value;
    }
  }
  return nullptr;
}

// Runs one node alone and gives one output.
Value alone(const std::string& type, std::vector<SketchField> fields, const std::string& output,
            const std::function<void(RunRequest&)>& change = {}) {
  Workbench bench;
  Sketch sketch;
  sketch.node("N-1", type, std::move(fields), {output});
  RunRequest request = bench.request();
  request.output_type = "debug";
  if (change) change(request);
  const RunResult result = bench.run(sketch, request);
  const Value* value = output_of(result, "N-1", output);
  REQUIRE(value != nullptr);
  return *value;
}

std::string prompt_text(std::string text, std::vector<SketchField> fields = {}, bool mustache = false) {
  fields.emplace_back("template", "prompt", json::Value(text));
  fields.emplace_back("use_double_brackets", "bool", json::Value(mustache));
  return as_text(alone("Prompt", std::move(fields), "prompt")).value_or("");
}

Refusal prompt_refusal(const std::string& text, std::vector<SketchField> fields = {}) {
  return refusal_of([&] { prompt_text(text, std::move(fields)); });
}

std::function<void(RunRequest&)> with_file(std::string content) {
  return [content](RunRequest& request) {
    request.read_file = [content](std::string_view path) {
      return path.find("missing") == std::string_view::npos ? std::optional<std::string>(content) : std::nullopt;
    };
  };
}

SketchField path_field(const char* path) {
  return {"path", "file", json::Value(json::Array{json::Value(path)})};
}

// What a node makes of a Value, by way of a File that gives a table or a record.
std::string parsed(const std::string& csv, std::vector<SketchField> fields, const std::string& file_output = "dataframe",
                   const char* path = "u/data.csv") {
  Workbench bench;
  Sketch sketch;
  fields.emplace_back("input_data", "other");
  sketch.node("File-f", "File", {path_field(path)}, {file_output});
  sketch.node("ParserComponent-p", "ParserComponent", std::move(fields), {"parsed_text"});
  sketch.edge("File-f", file_output, "ParserComponent-p", "input_data");
  RunRequest request = bench.request();
  request.output_type = "debug";
  with_file(csv)(request);
  return as_text(*output_of(bench.run(sketch, request), "ParserComponent-p", "parsed_text")).value_or("");
}

}  // namespace

TEST_CASE("Prompt fills its variables from fields of the node") {
  CHECK(prompt_text("Say {word} to {name}.", {{"word", "str", "hello"}, {"name", "str", "Ada"}}) == "Say hello to Ada.");
  CHECK(prompt_text("a\\nb") == "a\nb");
  CHECK(prompt_text("{{literal}}") == "{literal}");
  CHECK(prompt_text("Hi {{name}} {x}", {{"name", "str", "Ada"}}, true) == "Hi Ada {x}");
  CHECK(prompt_text("[{word}]", {{"word"}}) == "[]");
}

TEST_CASE("Prompt refuses a variable it has no field for, and names no field may have") {
  CHECK(prompt_refusal("Hi {name}").message == "The Prompt (N-1): The template's variable 'name' has no value");
  for (const char* text : {"{1st}", "{code}", "{template}", "{a b}"}) {
    CAPTURE(text);
    CHECK(prompt_refusal(text).code == Code::component_error);
  }
}

TEST_CASE("TextInput takes the run's text when the input type says so") {
  Workbench bench;
  Sketch sketch;
  sketch.node("TextInput-t", "TextInput", {{"input_value", "str", "stored"}}, {"text"})
      .node("TextOutput-o", "TextOutput", {{"input_value"}}, {"text"})
      .edge("TextInput-t", "text", "TextOutput-o", "input_value");
  RunRequest request = bench.request("given");
  request.output_type = "text";
  CHECK(bench.run(sketch, request).text() == "stored");
  request.input_type = flow::InputType::text;
  const RunResult result = bench.run(sketch, request);
  CHECK(result.text() == "given");
  CHECK(result.messages.empty());
}

TEST_CASE("ChatInput and ChatOutput that do not store leave no rows") {
  Workbench bench;
  Sketch sketch;
  sketch.node("ChatInput-a", "ChatInput", {{"input_value"}, {"should_store_message", "bool", false}}, {"message"})
      .node("ChatOutput-b", "ChatOutput",
            {{"input_value"}, {"should_store_message", "bool", false}, {"sender_name", "str", "Pip"}}, {"message"})
      .edge("ChatInput-a", "message", "ChatOutput-b", "input_value");
  const RunResult result = bench.run(sketch, bench.request("x"));
  CHECK(result.messages.empty());
  CHECK(result.outputs.at(0).message->sender_name == "Pip");
  CHECK_FALSE(result.outputs.at(0).message->id);
}

TEST_CASE("values print as the contract says") {
  CHECK(printed(Value{std::string("a\n\n\n\nb")}, true) == "a\n\nb");
  CHECK(printed(Value{std::string("a\n\n\n\nb")}, false) == "a\n\n\n\nb");
  CHECK(printed(Value{Record{{{"a", 1}}, "text", ""}}, true) == "```json\n{\n  \"a\": 1\n}\n```");
  Table table;
  table.columns = {"a", "b"};
  table.rows = {{{"a", "x|y"}, {"b", 2}}, {{"a", nullptr}}};
  CHECK(printed(Value{table}, true) == "| a | b |\n| --- | --- |\n| x\\|y | 2 |\n|  |  |");
  Message message;
  message.text = "two";
  const Value list{std::make_shared<const List>(List{Value{std::string("one")}, Value{message}})};
  CHECK(printed(list, true) == "one\ntwo");
  CHECK(wire_type(Value{table}) == "array");
  CHECK(wire_type(Value{Record{}}) == "object");
  CHECK(wire_type(Value{Message{}}) == "text");
  CHECK(as_text(Value{json::Value(json::Object{{"data", json::Object{{"text", "inner"}}}})}) == "inner");
  CHECK_FALSE(as_text(Value{table}));
  CHECK(Record{{{"text", 5}}, "text", ""}.text() == "5");
  CHECK(Record{{}, "text", "nothing"}.text() == "nothing");
}

TEST_CASE("ParserComponent: a pattern per row, once per object, stringified") {
  CHECK(parsed("name,age\nAda,36\nBob,7\n", {{"pattern", "str", "{name} is {age}"}, {"mode", "tab", "Parser"}}) ==
        "Ada is 36\nBob is 7");
  CHECK(parsed("name,age\nAda,36\n", {{"pattern", "str", "{name}"}, {"sep", "str", ", "}}) == "Ada");
  CHECK(parsed("name\nAda\nBob\n", {{"pattern", "str", "{name}"}, {"sep", "str", ", "}}) == "Ada, Bob");
  CHECK(parsed("name\nAda\n", {{"mode", "tab", "Stringify"}}) == "| name |\n| --- |\n| Ada |");
  CHECK(parsed(R"({"name":"Ada"})", {{"pattern", "str", "{name}/{absent}"}}, "json", "u/data.json") == "Ada/");
  CHECK(parsed("name\nAda\n", {{"template", "str", "old: {name}"}, {"stringify", "bool", false}}) == "old: Ada");
  const Refusal missing = refusal_of([] { parsed("name\nAda\n", {{"pattern", "str", "{absent}"}}); });
  CHECK(missing.message.find("'absent' has no value") != std::string::npos);
  const Refusal list = refusal_of([] { parsed("name\nAda\n", {{"pattern", "str", "{name}"}}, "data"); });
  CHECK(list.message.find("List of Data objects is not supported.") != std::string::npos);
}

TEST_CASE("ParseData: every record by the template, missing keys empty") {
  Workbench bench;
  Sketch sketch;
  sketch.node("File-f", "File", {path_field("u/a.txt")}, {"data"})
      .node("ParseData-p", "ParseData", {{"data"}, {"template", "prompt", "<{text}{gone}>"}, {"sep", "str", "\\n"}},
            {"text", "data_list"});
  sketch.edge("File-f", "data", "ParseData-p", "data");
  RunRequest request = bench.request();
  request.output_type = "debug";
  with_file("Hello")(request);
  const RunResult result = bench.run(sketch, request);
  CHECK(as_text(*output_of(result, "ParseData-p", "text")) == "<Hello>");
  CHECK(as_records(*output_of(result, "ParseData-p", "data_list")).size() == 1);
}

TEST_CASE("File reads text, tables, objects and pages; what it cannot read it names") {
  CHECK(as_text(alone("File", {path_field("u/a.md")}, "message", with_file("# Hi\n\nthere"))) == "# Hi\n\nthere");
  CHECK(as_text(alone("File", {path_field("u/a.html")}, "message",
                      with_file("<html><body><h1>Hi</h1><p>there &amp; back</p></body></html>"))) == "# Hi\n\nthere & back");
  const Value table = alone("File", {path_field("u/a.csv")}, "dataframe", with_file("a;b\n\"x;1\";2\n"));
  CHECK(json::write(to_json(table)) == R"([{"a":"x;1","b":"2"}])");
  CHECK(json::write(to_json(alone("File", {path_field("u/a.json")}, "json", with_file(R"({"k":[1]})")))) == R"({"k":[1]})");
  const std::string wide = "a" + std::string(kCsvColumnsMax - 1, ',');
  CHECK(alone("File", {path_field("u/a.csv")}, "dataframe", with_file(wide + "\n")).held.index() == table.held.index());
  const Refusal too_wide = refusal_of([&] { alone("File", {path_field("u/a.csv")}, "dataframe", with_file(wide + ",\n")); });
  CHECK(too_wide.message == "The File (N-1): line 1 of the table has more than 4096 columns; remove some");
  const Refusal none = refusal_of([] { alone("File", {{"path", "file", json::Array()}}, "message"); });
  CHECK(none.message == "The File (N-1): No file was given; upload one and choose it");
  CHECK(refusal_of([] { alone("File", {path_field("u/missing.txt")}, "message", with_file("")); }).message.find("missing.txt") !=
        std::string::npos);
  CHECK(refusal_of([] {
          alone("File", {path_field("u/a.pdf")}, "message", with_file("%PDF-1.7\n\x01\x02\x00\xFF binary"));
        }).message.find("a.pdf") != std::string::npos);
  CHECK(as_text(alone("File", {{"path", "file", json::Array()}, {"silent_errors", "bool", true}}, "message")) == "");
}

TEST_CASE("SplitText merges parts up to the size, keeping the overlap") {
  const auto chunks = [](std::string text, std::int64_t size, std::int64_t overlap, std::string separator,
                         std::string keep = "False") {
    Workbench bench;
    Sketch sketch;
    sketch.node("File-f", "File", {path_field("u/a.txt")}, {"data"})
        .node("SplitText-s", "SplitText",
              {{"data_inputs"},
               {"chunk_size", "int", size},
               {"chunk_overlap", "int", overlap},
               {"separator", "str", json::Value(separator)},
               {"keep_separator", "str", json::Value(keep)}},
              {"chunks"});
    sketch.edge("File-f", "data", "SplitText-s", "data_inputs");
    RunRequest request = bench.request();
    request.output_type = "debug";
    with_file(std::move(text))(request);
    std::string all;
    for (const Record& record : as_records(*output_of(bench.run(sketch, request), "SplitText-s", "chunks")))
      all += "[" + record.text() + "]";
    return all;
  };
  CHECK(chunks("a\nb\nc", 1000, 0, "\n") == "[a\nb\nc]");
  CHECK(chunks("aa bb cc dd", 5, 0, " ") == "[aa bb][cc dd]");
  CHECK(chunks("aa bb cc dd", 5, 2, " ") == "[aa bb][bb cc][cc dd]");
  CHECK(chunks("a long part", 3, 0, "|") == "[a long part]");
  CHECK(chunks("a|b", 1, 0, "|", "End") == "[a|][b]");
  CHECK(chunks("a|b", 1, 0, "|", "Start") == "[a][|b]");
  CHECK(chunks("é ü ö", 3, 0, " ") == "[é ü][ö]");
  CHECK(chunks("a/nb", 1, 0, "/n") == "[a/nb]");
  CHECK(refusal_of([&] { chunks("a", 2, 3, " "); }).message.find("'chunk_overlap' (3) is larger than 'chunk_size' (2)") !=
        std::string::npos);
  CHECK(refusal_of([&] { chunks("  ", 2, 0, " "); }).message.find("there is no text to split") != std::string::npos);
}

TEST_CASE("Memory gives what was said before in this session alone, in both eras") {
  Workbench bench;
  RunResult first = bench.run(Sketch::passthrough(), bench.request("first"));
  bench.store(first);
  RunResult elsewhere = bench.run(Sketch::passthrough(), bench.request("elsewhere", "s-2"));
  bench.store(elsewhere, "s-2");
  const auto remembered = [&](std::vector<SketchField> fields, const std::string& output = "messages_text") {
    Sketch sketch = Sketch::passthrough();
    fields.emplace_back("session_id", "str", "");
    sketch.node("Memory-m", "Memory", std::move(fields), {output})
        .node("TextOutput-o", "TextOutput", {{"input_value"}}, {"text"})
        .edge("Memory-m", output, "TextOutput-o", "input_value");
    sketch.edge("ChatInput-a", "message", "TextOutput-o", "input_value");
    RunRequest request = bench.request("now");
    request.output_component = "Memory-m";
    return *output_of(bench.run(sketch, request), "Memory-m", output);
  };
  CHECK(as_text(remembered({{"n_messages", "int", 100}, {"sender_type", "str", "Machine and User"}})) ==
        "User: first\nAI: first");
  CHECK(as_text(remembered({{"sender", "str", "Machine and User"}, {"order", "str", "Descending"}})) == "AI: first\nUser: first");
  CHECK(as_text(remembered({{"sender_type", "str", "User"}, {"template", "str", "{text}{gone}"}})) == "first");
  CHECK(as_text(remembered({{"n_messages", "int", 1}})) == "AI: first");
  CHECK(as_text(remembered({{"n_messages", "int", 0}})) == "");
  CHECK(as_records(remembered({}, "dataframe")).size() == 2);
  CHECK(as_records(remembered({}, "messages")).at(0).text() == "first");
}

TEST_CASE("Memory stores a message of its own") {
  Workbench bench;
  Sketch sketch = Sketch::passthrough();
  sketch.node("Memory-m", "Memory", {{"mode", "tab", "Store"}, {"message"}, {"sender", "str", "Machine"}}, {"stored_messages"})
      .edge("ChatInput-a", "message", "Memory-m", "message");
  CHECK(bench.run(sketch, bench.request("x")).messages.size() == 2);
}

TEST_CASE("a vector store keeps what it is given in a collection of the flow and finds it again") {
  Workbench bench;
  Sketch ingest;
  ingest.node("File-f", "File", {path_field("u/a.txt")}, {"data"})
      .node("AstraDB-v", "AstraDB",
            {{"ingest_data"},
             {"collection_name", "str", "+ Create new collection"},
             {"collection_name_new", "str", "demo"},
             {"search_query"}},
            {"search_results"});
  ingest.edge("File-f", "data", "AstraDB-v", "ingest_data");
  RunRequest request = bench.request();
  request.output_type = "debug";
  with_file("Returns are accepted within sixty days of delivery.")(request);
  CHECK(as_records(*output_of(bench.run(ingest, request), "AstraDB-v", "search_results")).empty());
  CHECK(as_records(*output_of(bench.run(ingest, request), "AstraDB-v", "search_results")).empty());
  const auto found = [&](FlowId flow) {
    Sketch search;
    search.node("Chroma-v", "Chroma",
                {{"collection_name", "str", "demo"}, {"search_query", "str", "How long are returns accepted?"}},
                {"search_results"});
    RunRequest asked = bench.request();
    asked.output_type = "debug";
    return as_records(*output_of(run(bench.engine, *search.prepared(flow), asked, nullptr), "Chroma-v", "search_results"));
  };
  REQUIRE(found(bench.flow).size() == 1);
  CHECK(found(bench.flow).at(0).text() == "Returns are accepted within sixty days of delivery.");
  CHECK(found(FlowId::random()).empty());
}

TEST_CASE("Knowledge without a base is an error; in a subscription's run it reads what is attached") {
  CHECK(refusal_of([] { alone("Knowledge", {{"search_query", "str", "x"}}, "retrieve_data"); }).message ==
        "The Knowledge (N-1): no knowledge base is chosen");
  Workbench bench;
  const KnowledgeBaseId base = guildhall::test::helpcentre_base(*bench.database, bench.scope, {"en"});
  Sketch sketch;
  sketch.node("Knowledge-k", "Knowledge", {{"search_query", "str", "How long is a gift card valid?"}, {"top_k", "int", 2}},
              {"retrieve_data"});
  RunRequest request = bench.request();
  request.output_type = "debug";
  request.knowledge_bases = {base};
  const RunResult result = bench.run(sketch, request);
  const auto* table = std::get_if<Table>(&output_of(result, "Knowledge-k", "retrieve_data")->held);
  REQUIRE(table != nullptr);
  CHECK(table->rows.size() == 2);
  CHECK(table->columns.at(0) == "content");
  CHECK(table->columns.at(1) == "_score");
  CHECK(json::text_of(json::Value(table->rows.at(0)), "content").find("five years") != std::string_view::npos);
  request.scope = identity::system_scope(OrganizationId::random(), "stranger");
  CHECK(refusal_of([&] { bench.run(sketch, request); }).code == Code::not_found);
  // Nobody's documents, as after a publish: nothing is found, with a base attached or not.
  request.without_knowledge = true;
  for (const bool is_attached : {true, false}) {
    if (!is_attached) request.knowledge_bases.clear();
    const RunResult rehearsed = bench.run(sketch, request);
    CHECK(std::get_if<Table>(&output_of(rehearsed, "Knowledge-k", "retrieve_data")->held)->rows.empty());
  }
}

TEST_CASE("embeddings mark the run degraded") {
  Workbench bench;
  Sketch sketch;
  sketch.node("EmbeddingModel-e", "EmbeddingModel", {{"model"}}, {"embeddings"});
  CHECK(bench.run(sketch, bench.request()).is_degraded);
}

TEST_CASE("files beside a message: images as parts, text as text") {
  Workbench bench;
  bench.with_model();
  Sketch sketch = Sketch::model_chat();
  RunRequest request = bench.request("look");
  Sketch with_files;
  with_files
      .node("ChatInput-a", "ChatInput", {{"input_value"}, {"files", "file", json::Array{"u/pic.png", "u/notes.txt", ""}}},
            {"message"})
      .node("LanguageModelComponent-m", "LanguageModelComponent", {{"input_value"}}, {"text_output"})
      .node("ChatOutput-b", "ChatOutput", {{"input_value"}}, {"message"})
      .edge("ChatInput-a", "message", "LanguageModelComponent-m", "input_value")
      .edge("LanguageModelComponent-m", "text_output", "ChatOutput-b", "input_value");
  request.read_file = [](std::string_view path) {
    return std::optional<std::string>(path.ends_with("png") ? "PNG" : "the notes");
  };
  bench.run(with_files, request);
  CHECK(
      json::write(*json::find(bench.stub.requests().at(0), "messages")) ==
      R"([{"role":"user","content":[{"type":"text","text":"look\n\nthe notes"},{"type":"image_url","image_url":{"url":"data:image/png;base64,UE5H"}}]}])");
}

TEST_CASE("an empty message is not sent to a model") {
  Workbench bench;
  bench.with_model();
  Sketch sketch;
  sketch.node("LanguageModelComponent-m", "LanguageModelComponent", {{"input_value"}}, {"text_output"});
  CHECK(refusal_of([&] { bench.run(sketch, bench.request()); }).message ==
        "The LanguageModelComponent (LanguageModelComponent-m): The message you want to send to the model is empty.");
}

}  // namespace guildhall::runtime
