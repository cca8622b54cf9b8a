// Chroma, FAISS, pgvector, Qdrant and Astra DB (contracts/runtime.md §4.19): a collection of our own stands in for the vendor's.
#include "base/text.h"
#include "collections.h"
#include "component_table.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kVectorStoreInputs[] = {{"ingest_data"},
                                        {"search_query"},
                                        {"search_input"},
                                        {"embedding"},
                                        {"embedding_model"},
                                        {"number_of_results"},
                                        {"search_type"},
                                        {"collection_name"},
                                        {"collection_name_new"},
                                        {"index_name"},
                                        {"allow_duplicates", "false"}};

std::string collection_of(const Vertex& vertex) {
  std::string name = vertex.text("collection_name");
  if (name.empty()) name = vertex.text("index_name");
  if (name.empty() || name == "+ Create new collection") name = vertex.text("collection_name_new");
  if (name.empty()) name = "default";
  return "flow/" + vertex.run.flow_id + "/" + name;
}

std::vector<Record> given_records(const Vertex& vertex) {
  std::vector<Record> records;
  for (const Value& value : vertex.values("ingest_data")) {
    for (Record& record : as_records(value)) records.push_back(std::move(record));
  }
  return records;
}

json::Object result_row(const knowledge::Passage& passage) {
  json::Object row{{"text", passage.text}};
  for (const auto& member : passage_metadata(passage)) row.insert_or_assign(member.key(), member.value());
  return row;
}

void run_vector_store(Vertex& vertex) {
  if (vertex.is_connected("embedding") || vertex.is_connected("embedding_model")) vertex.run.result.is_degraded = true;
  const KnowledgeBaseId base = collection_named(vertex, collection_of(vertex));
  if (vertex.is_connected("ingest_data")) ingest_records(vertex, base, given_records(vertex), vertex.flag("allow_duplicates"));
  std::string query = vertex.text("search_query");
  if (query.empty()) query = vertex.text("search_input");
  const std::int64_t otherwise = vertex.node().canonical_type == "Chroma" ? 10 : 4;
  const std::int64_t count = std::max<std::int64_t>(vertex.integer("number_of_results").value_or(otherwise), 1);
  List list;
  Table table;
  if (!trimmed(query).empty()) {
    for (const knowledge::Passage& passage : search_bases(vertex, {base}, query, static_cast<std::size_t>(count))) {
      json::Object row = result_row(passage);
      for (const auto& member : row) {
        const std::string column(member.key());
        if (std::find(table.columns.begin(), table.columns.end(), column) == table.columns.end()) table.columns.push_back(column);
      }
      list.push_back({Record{row, "text", {}}});
      table.rows.push_back(std::move(row));
    }
  }
  if (vertex.needs("search_results")) vertex.set("search_results", {std::make_shared<const List>(std::move(list))});
  if (vertex.needs("dataframe")) vertex.set("dataframe", {std::move(table)});
}

}  // namespace

Component vector_store(std::string_view type) {
  return {.type = type, .inputs = kVectorStoreInputs, .run = run_vector_store, .reads_every_field = false, .is_substitute = true};
}

}  // namespace guildhall::runtime
