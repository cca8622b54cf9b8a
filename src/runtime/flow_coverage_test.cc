// Every flow file at hand either runs to an answer against the stub model or is refused naming exact nodes. Prints the table of
// docs/flow-coverage.md; with GUILDHALL_WRITE_DOCS=1 it writes it.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "test_sketch.h"

namespace guildhall::runtime {
namespace {

using test::real_flows;
using test::Workbench;

struct FlowFile {
  std::string name;  ///< as in the table
  std::filesystem::path path;
};

void add_files(std::vector<FlowFile>& files, const std::filesystem::path& folder, const std::string& prefix) {
  if (!std::filesystem::exists(folder)) return;
  std::vector<FlowFile> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") found.push_back({prefix + entry.path().stem().string(), entry.path()});
  }
  std::sort(found.begin(), found.end(), [](const FlowFile& a, const FlowFile& b) { return a.name < b.name; });
  files.insert(files.end(), found.begin(), found.end());
}

std::vector<FlowFile> own_files() {
  std::vector<FlowFile> files;
  add_files(files, guildhall::test::source_folder() / "examples" / "flows", "examples/");
  return files;
}

std::vector<FlowFile> all_files() {
  std::vector<FlowFile> files = own_files();
  if (real_flows().empty()) return files;
  for (const char* version : {"1.10.1", "1.6.0", "1.1.1"}) add_files(files, real_flows() / version, std::string(version) + "/");
  return files;
}

bool has_type(const Prepared& prepared, std::string_view type) {
  return std::any_of(prepared.document.nodes.begin(), prepared.document.nodes.end(),
                     [&](const flow::Node& node) { return node.canonical_type == type; });
}

struct Verdict {
  std::string status;  ///< runs, refused
  std::string detail;
  std::size_t model_calls = 0;
};

std::string blocked_nodes(const Prepared& prepared) {
  std::string names;
  for (const flow::NodeReport& node : prepared.report.refused())
    names += (names.empty() ? "" : ", ") + node.canonical_type + " (" + node.node_id + ")";
  return names;
}

// The file as tweak, the knowledge base attached, the input type its input vertex takes.
Verdict tried(const FlowFile& file) {
  Workbench bench;
  bench.with_model("stub");
  const auto prepared = prepare(flow::read_flow(guildhall::test::file_text(file.path)), bench.flow);
  RunRequest request = bench.request("What is the notice period?");
  if (!has_type(*prepared, "ChatInput") && has_type(*prepared, "TextInput")) request.input_type = flow::InputType::text;
  request.output_type = "any";
  request.knowledge_bases = {
      bench.database->write([&](store::Tx& tx) { return knowledge::base_named(bench.scope, tx, "coverage"); })};
  request.read_file = [](std::string_view) { return std::optional<std::string>("The notice period is three months."); };
  for (const flow::Node& node : prepared->document.nodes) {
    if (node.canonical_type == "File") request.tweaks[node.id] = json::Object{{"path", json::Array{"u/notice.txt"}}};
  }
  try {
    const RunResult result = run(bench.engine, *prepared, request, nullptr);
    const bool answers = !result.outputs.empty();
    return {answers ? "runs" : "no output",
            std::to_string(result.outputs.size()) + (result.outputs.size() == 1 ? " output" : " outputs"),
            bench.stub.requests().size()};
  } catch (const Refusal& refusal) {
    if (refusal.code == Code::component_blocked) return {"refused", blocked_nodes(*prepared), bench.stub.requests().size()};
    return {"fails", refusal.message, bench.stub.requests().size()};
  }
}

std::string row_of(const FlowFile& file, const Verdict& verdict) {
  return "| `" + file.name + "` | " + verdict.status + " | " + std::to_string(verdict.model_calls) + " | " + verdict.detail +
         " |\n";
}

constexpr std::string_view kHead =
    "# Flows that run\n\nEach flow file, imported as it is and run once against a model server that echoes. Printed by "
    "`runtime_test -tc=\"every flow file*\"`; with "
    "`GUILDHALL_WRITE_DOCS=1` that test writes this page.\n\n| Flow | Result | Model calls | Outputs, or the nodes that are "
    "refused |\n|---|---|---|---|\n";

}  // namespace

TEST_CASE("every flow file runs to an answer or is refused naming exact nodes") {
  std::string table(kHead);
  std::size_t runs = 0;
  const std::vector<FlowFile> files = all_files();
  const std::filesystem::path page = guildhall::test::source_folder() / "docs" / "flow-coverage.md";
  const bool writes = std::getenv("GUILDHALL_WRITE_DOCS") != nullptr;
  const std::string committed = guildhall::test::file_text(page);
  for (const FlowFile& file : files) {
    CAPTURE(file.name);
    const Verdict verdict = tried(file);
    CHECK_MESSAGE((verdict.status == "runs" || verdict.status == "refused"), verdict.detail);
    if (verdict.status == "refused") CHECK_FALSE(verdict.detail.empty());
    runs += verdict.status == "runs" ? 1 : 0;
    const std::string row = row_of(file, verdict);
    if (!writes)
      CHECK_MESSAGE(committed.find(row) != std::string::npos,
                    "docs/flow-coverage.md has another row; run again with GUILDHALL_WRITE_DOCS=1");
    table += row;
  }
  std::printf("%s\n%zu of %zu flows run\n", table.c_str(), runs, files.size());
  if (real_flows().empty()) std::printf("skipped: the real exports in shared/flows are absent\n");
  if (writes && !real_flows().empty())
    std::ofstream(page, std::ios::binary) << table << "\n" << runs << " of " << files.size() << " run.\n";
}

TEST_CASE("the three eras of Basic Prompting send the model the same messages") {
  if (real_flows().empty()) {
    std::printf("skipped: the real exports in shared/flows are absent\n");
    return;
  }
  std::vector<std::string> sent;
  for (const char* version : {"1.1.1", "1.6.0", "1.10.1"}) {
    Workbench bench;
    bench.with_model();
    const auto prepared =
        prepare(flow::read_flow(guildhall::test::file_text(real_flows() / version / "basic-prompting.json")), bench.flow);
    const RunResult result = run(bench.engine, *prepared, bench.request(), nullptr);
    CHECK(result.text() == "You said: Hello");
    REQUIRE(bench.stub.requests().size() == 1);
    sent.push_back(json::write(*json::find(bench.stub.requests()[0], "messages")));
  }
  CHECK(
      sent[0] ==
      R"([{"role":"system","content":"Answer the user as if you were a GenAI expert, enthusiastic about helping them get started building something fresh."},{"role":"user","content":"Hello"}])");
  CHECK(sent[1] == sent[0]);
  CHECK(sent[2] == sent[0]);
}

TEST_CASE("the chat half of the vector-store flow touches neither its File nor its ingestion") {
  if (real_flows().empty()) {
    std::printf("skipped: the real exports in shared/flows are absent\n");
    return;
  }
  Workbench bench;
  bench.with_model();
  const auto prepared =
      prepare(flow::read_flow(guildhall::test::file_text(real_flows() / "1.1.1" / "vector-store-rag.json")), bench.flow);
  struct Begun : Observer {
    std::string ids;
    void on_vertex_begin(std::string_view id) override { ids += std::string(id) + " "; }
  } begun;
  RunRequest request = bench.request("x");
  request.read_file = [](std::string_view) -> std::optional<std::string> { throw std::logic_error("the file was read"); };
  const RunResult result = run(bench.engine, *prepared, request, &begun);
  CHECK(result.is_degraded);
  CHECK(begun.ids.find("File-") == std::string::npos);
  CHECK(begun.ids.find("SplitText-") == std::string::npos);
  CHECK(begun.ids.find("AstraDB-vNNR6") == std::string::npos);
}

}  // namespace guildhall::runtime
