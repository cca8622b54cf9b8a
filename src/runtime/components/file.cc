// File (contracts/runtime.md §4.11): uploaded files as text, tables or records.
#include "attachments.h"
#include "base/text.h"
#include "component_table.h"
#include "csv.h"
#include "document_passages.h"
#include "knowledge/text.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kFileInputs[] = {
    {"path"}, {"file_path"}, {"file_path_str"}, {"separator", "\n\n"}, {"silent_errors", "false"}, {"storage_location"}};

struct ReadFile {
  std::string path;
  std::string text;
};

std::vector<std::string> paths_of(const Vertex& vertex) {
  std::vector<std::string> paths;
  for (const std::string_view field : {"path", "file_path", "file_path_str"}) {
    for (const Value& value : vertex.values(field)) {
      const auto* record = std::get_if<Record>(&value.held);
      const json::Value* named = record == nullptr ? nullptr : record->values.if_contains("file_path");
      const auto path = named == nullptr ? as_text(value) : as_text(Value{*named});
      if (path && !path->empty()) paths.push_back(*path);
    }
  }
  return paths;
}

bool is_local(const Vertex& vertex) {
  const Value location = vertex.value("storage_location");
  const auto* raw = std::get_if<json::Value>(&location.held);
  if (raw == nullptr || !raw->is_array() || raw->get_array().empty()) return true;
  const std::string_view name = json::text_of(raw->get_array().front(), "name");
  return name.empty() || name == "Local";
}

ReadFile read_one(const Vertex& vertex, const std::string& path) {
  const std::string bytes = bytes_of_file(vertex.run, path);
  try {
    return {path, knowledge::readable_text(*vertex.run.engine.extractor, bytes, file_name(path))};
  } catch (const Refusal& refusal) {
    vertex.fail("the file '" + std::string(file_name(path)) + "' cannot be read as text: " + refusal.message);
  }
}

std::vector<ReadFile> read_files(const Vertex& vertex) {
  const bool is_silent = vertex.flag("silent_errors");
  std::vector<ReadFile> files;
  const std::vector<std::string> paths = paths_of(vertex);
  if (!is_local(vertex)) vertex.fail("only uploaded files can be read; cloud storage is not supported");
  if (paths.empty() && !is_silent) vertex.fail("No file was given; upload one and choose it");
  for (const std::string& path : paths) {
    try {
      files.push_back(read_one(vertex, path));
    } catch (const Refusal&) {
      if (!is_silent) throw;
    }
  }
  return files;
}

Table file_table(const std::vector<ReadFile>& files) {
  if (files.size() == 1 && file_extension(files.front().path) == "csv") return parse_csv(files.front().text);
  Table table;
  table.columns = {"file_path", "text"};
  for (const ReadFile& file : files) table.rows.push_back({{"file_path", file.path}, {"text", file.text}});
  return table;
}

// A JSON object is the record itself; any other file a record of its text.
Value file_record(const ReadFile& file) {
  json::ParseError error;
  if (file_extension(file.path) == "json") {
    const auto parsed = json::parse(file.text, error);
    if (parsed && parsed->is_object()) return {Record{parsed->get_object(), "text", {}}};
  }
  return {Record{{{"file_path", file.path}, {"text", file.text}}, "text", {}}};
}

Value file_records(const std::vector<ReadFile>& files) {
  List list;
  for (const ReadFile& file : files) list.push_back(file_record(file));
  return {std::make_shared<const List>(std::move(list))};
}

void run_file(Vertex& vertex) {
  const std::vector<ReadFile> files = read_files(vertex);
  std::vector<std::string> texts;
  std::vector<std::string> paths;
  std::vector<knowledge::Passage> passages;
  for (const ReadFile& file : files) {
    texts.push_back(file.text);
    paths.push_back(file.path);
    for (knowledge::Passage& passage : passages_in(file.text, file_name(file.path), vertex.run.question())) {
      passages.push_back(std::move(passage));
    }
  }
  if (!passages.empty()) vertex.run.found.push_back({vertex.index, std::move(passages)});
  if (vertex.needs("message")) vertex.set("message", {vertex.message(join(texts, vertex.text("separator")))});
  if (vertex.needs("path")) vertex.set("path", {vertex.message(join(paths, "\n"))});
  if (vertex.needs("dataframe")) vertex.set("dataframe", {file_table(files)});
  for (const std::string_view output : {"json", "structured"}) {
    if (vertex.needs(output)) vertex.set(output, files.empty() ? Value{Record{}} : file_record(files.front()));
  }
  if (vertex.needs("data")) vertex.set("data", file_records(files));
}

}  // namespace

Component file() {
  return {.type = "File", .inputs = kFileInputs, .run = run_file};
}

}  // namespace guildhall::runtime
