// Knowledge (contracts/runtime.md §4.16): fills or searches a knowledge base.
#include "answering.h"
#include "base/text.h"
#include "collections.h"
#include "component_table.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kKnowledgeInputs[] = {{"mode", "Retrieve"}, {"knowledge_base"},     {"input_df"},
                                      {"column_config"},    {"chunk_size", "1000"}, {"allow_duplicates", "false"},
                                      {"search_query"},     {"top_k", "5"},         {"include_metadata", "true"}};

std::string base_name(const Vertex& vertex) {
  const Value value = vertex.value("knowledge_base");
  return value.is_nothing() ? std::string() : as_text(value).value_or(std::string());
}

// A subscription's run reads what is attached to it; the name in the flow is the publisher's and means nothing there.
std::vector<knowledge::Passage> found_for(const Vertex& vertex, const std::string& query, std::size_t top_k) {
  const RunRequest& request = vertex.run.request;
  if (request.without_knowledge) return search_bases(vertex, {}, query, top_k);
  const std::string name = base_name(vertex);
  if (has_knowledge(request) && (name.empty() || request.scope.subscription)) return search_attached(vertex, query, top_k);
  if (name.empty()) vertex.fail("no knowledge base is chosen");
  return search_bases(vertex, {collection_named(vertex, name)}, query, top_k);
}

// The columns to index, joined; every text column when the configuration names none.
std::vector<Record> records_to_ingest(const Vertex& vertex) {
  std::vector<std::string> columns;
  const Value configured = vertex.value("column_config");
  if (const auto* rows = std::get_if<json::Value>(&configured.held); rows != nullptr && rows->is_array()) {
    for (const json::Value& row : rows->get_array()) {
      const bool is_wanted = json::bool_of(row, "vectorize") || json::text_of(row, "vectorize") == "True";
      if (is_wanted) columns.emplace_back(json::text_of(row, "column_name"));
    }
  }
  std::vector<Record> records;
  for (const Value& value : vertex.values("input_df")) {
    for (Record& record : as_records(value)) {
      std::string text;
      for (const std::string& column : columns) {
        const json::Value* cell = record.values.if_contains(column);
        const auto part = cell == nullptr ? std::nullopt : as_text(Value{*cell});
        if (part && !part->empty()) text += (text.empty() ? "" : "\n\n") + *part;
      }
      if (text.empty()) text = record.text();
      record.values[record.text_key] = text;
      records.push_back(std::move(record));
    }
  }
  return records;
}

void ingest_knowledge(Vertex& vertex) {
  const std::string name = base_name(vertex);
  if (name.empty()) vertex.fail("no knowledge base is chosen");
  const std::vector<Record> records = records_to_ingest(vertex);
  const std::size_t added = ingest_records(vertex, collection_named(vertex, name), records, vertex.flag("allow_duplicates"));
  vertex.set("dataframe_output",
             {Record{{{"knowledge_base", name}, {"rows", records.size()}, {"added", added}}, "knowledge_base", {}}});
}

void retrieve_knowledge(Vertex& vertex) {
  const std::int64_t top_k = vertex.integer("top_k").value_or(5);
  const bool with_metadata = vertex.flag("include_metadata");
  Table table;
  table.columns = {"content", "_score"};
  for (const knowledge::Passage& passage :
       found_for(vertex, vertex.text("search_query"), static_cast<std::size_t>(std::max<std::int64_t>(top_k, 1)))) {
    json::Object row{{"content", passage.text}, {"_score", passage.score}};
    if (with_metadata) {
      for (const auto& member : passage_metadata(passage)) {
        row.insert_or_assign(member.key(), member.value());
        const std::string column(member.key());
        if (std::find(table.columns.begin(), table.columns.end(), column) == table.columns.end()) table.columns.push_back(column);
      }
    }
    table.rows.push_back(std::move(row));
  }
  vertex.set("retrieve_data", {std::move(table)});
}

void run_knowledge(Vertex& vertex) {
  if (vertex.text("mode") == "Ingest") return ingest_knowledge(vertex);
  retrieve_knowledge(vertex);
}

}  // namespace

Component knowledge_component() {
  return {.type = "Knowledge", .inputs = kKnowledgeInputs, .run = run_knowledge};
}

}  // namespace guildhall::runtime
