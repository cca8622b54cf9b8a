// `guildhall flow run` and `guildhall flow check`: a flow on the command line, with no server.
#include <cstdio>

#include "app/commands.h"
#include "base/errors.h"
#include "flow/report.h"
#include "installation.h"
#include "local_knowledge.h"
#include "store/migrations.h"

namespace guildhall::app {
namespace {

const std::string& flow_file(const CommandLine& line) {
  if (line.words.size() != 1) throw Refusal(Code::validation_failed, "give exactly one flow file");
  return line.words.front();
}

void print_citations(const runtime::RunResult& result) {
  for (const auto& citation : result.citations) {
    std::string path;
    for (const auto& heading : citation.heading_path) path += " › " + heading;
    std::printf("\n[%lld] %s%s\n    \"%s\"\n", static_cast<long long>(citation.n), citation.title.c_str(), path.c_str(),
                citation.quote.c_str());
  }
}

}  // namespace

int flow_check(const CommandLine& line) {
  const auto document = flow::parse_document(json::parse_or_refuse(read_file(flow_file(line))));
  const auto report = flow::report_on(document, runtime::catalogue(), {});
  std::printf("%s\n", json::write_pretty(flow::to_json(report)).c_str());
  return report.status == "blocked" ? 1 : 0;
}

int flow_run(const CommandLine& line) {
  const auto input = line.options.find("input");
  const json::Value flow = json::parse_or_refuse(read_file(flow_file(line)));
  const SystemClock clock;
  const auto database = store::open_database({.url = "sqlite::memory:", .clock = &clock});
  store::migrate(*database);
  net::Client client(client_options(line.settings));
  knowledge::Indexes indexes;
  const knowledge::Extractor extractor;
  const auto engine = engine_of(line.settings, *database, client, indexes, extractor);

  const Scope scope = identity::system_scope(OrganizationId::random(), "flow run");
  runtime::RunRequest request;
  request.scope = scope;
  request.session = {scope.organization, random_uuid(), "command-line"};
  request.run_id = RunId::random().text();
  if (input != line.options.end()) request.input_value = input->second;
  request.output_type = "any";
  request.deadline_us = monotonic_us() + 300 * kMicrosecondsPerSecond;
  request.read_file = [](std::string_view path) -> std::optional<std::string> { return read_file(std::string(path)); };
  if (const auto folder = line.options.find("knowledge"); folder != line.options.end())
    request.knowledge_bases.push_back(learn(*database, extractor, scope, folder->second));
  const auto prepared = runtime::prepare(flow, FlowId::random());
  const auto result = runtime::run(engine, *prepared, request, nullptr);
  for (const auto& output : result.outputs)
    for (const auto& [name, value] : output.values) std::printf("%s\n", runtime::printed(value, false).c_str());
  print_citations(result);
  return 0;
}

}  // namespace guildhall::app
