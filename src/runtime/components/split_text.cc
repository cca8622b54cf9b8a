// SplitText (contracts/runtime.md §4.17): pieces of at most a size, joined again from what a separator parts.
#include "base/text.h"
#include "component_table.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kSplitInputs[] = {{"data_inputs", {}, true}, {"chunk_size", "1000"}, {"chunk_overlap", "200"},
                                  {"separator", "\n"},       {"text_key", "text"},   {"keep_separator", "False"},
                                  {"clean_output", "false"}};

struct Splitting {
  std::string separator;
  std::size_t size = 0;
  std::size_t overlap = 0;
  bool keeps_at_start = false;
  bool keeps_at_end = false;

  std::string joint() const { return keeps_at_start || keeps_at_end ? std::string() : separator; }
};

std::vector<std::string> parted(std::string_view text, const Splitting& how) {
  std::vector<std::string> parts;
  if (how.separator.empty()) {
    for (std::size_t at = 0; at < text.size();) {
      const std::string_view one = prefix_code_points(text.substr(at), 1);
      parts.emplace_back(one);
      at += one.size();
    }
    return parts;
  }
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find(how.separator, at), text.size());
    std::string part(text.substr(at, end - at));
    if (how.keeps_at_start && at > 0) part.insert(0, how.separator);
    if (how.keeps_at_end && end < text.size()) part += how.separator;
    if (!part.empty()) parts.push_back(std::move(part));
    if (end == text.size()) break;
    at = end + how.separator.size();
  }
  return parts;
}

// Fills chunks up to the size; each next one begins with as many of the last parts as the overlap allows.
std::vector<std::string> merged_parts(const std::vector<std::string>& parts, const Splitting& how) {
  const std::string joint = how.joint();
  const std::size_t joint_length = code_points(joint);
  std::vector<std::string> chunks;
  std::vector<std::string> open;
  std::size_t length = 0;
  const auto close_chunk = [&] {
    const std::string chunk(trimmed(join(open, joint)));
    if (!chunk.empty()) chunks.push_back(chunk);
  };
  for (const std::string& part : parts) {
    const std::size_t added = code_points(part);
    if (!open.empty() && length + added + joint_length > how.size) {
      close_chunk();
      while (!open.empty() && (length > how.overlap || length + added + joint_length > how.size)) {
        length -= code_points(open.front()) + (open.size() > 1 ? joint_length : 0);
        open.erase(open.begin());
      }
    }
    length += added + (open.empty() ? 0 : joint_length);
    open.push_back(part);
  }
  if (!open.empty()) close_chunk();
  return chunks;
}

Splitting splitting_of(const Vertex& vertex) {
  Splitting how;
  how.separator = replaced(replaced(vertex.text("separator"), "/n", "\n"), "/t", "\t");
  how.separator = replaced(how.separator, "\\t", "\t");
  const std::int64_t size = vertex.integer("chunk_size").value_or(1000);
  const std::int64_t overlap = vertex.integer("chunk_overlap").value_or(200);
  if (size < 1 || overlap < 0) vertex.fail("'chunk_size' must be at least 1 and 'chunk_overlap' at least 0");
  if (overlap > size)
    vertex.fail("'chunk_overlap' (" + std::to_string(overlap) + ") is larger than 'chunk_size' (" + std::to_string(size) + ")");
  how.size = static_cast<std::size_t>(size);
  how.overlap = static_cast<std::size_t>(overlap);
  const std::string keep = vertex.text("keep_separator");
  how.keeps_at_end = keep == "End";
  how.keeps_at_start = keep == "True" || keep == "true" || keep == "Start";
  return how;
}

void run_split_text(Vertex& vertex) {
  const Splitting how = splitting_of(vertex);
  const std::string key = vertex.text("text_key");
  const bool is_clean = vertex.flag("clean_output");
  Table table;
  List list;
  for (const Value& value : vertex.values("data_inputs")) {
    for (const Record& record : as_records(value)) {
      const json::Value* own = record.values.if_contains(key);
      const std::string text = own != nullptr ? as_text(Value{*own}).value_or(std::string()) : record.text();
      for (std::string& chunk : merged_parts(parted(text, how), how)) {
        json::Object row{{"text", std::move(chunk)}};
        for (const auto& member : record.values) {
          if (!is_clean && member.key() != key && member.key() != "text") row.insert_or_assign(member.key(), member.value());
        }
        for (const auto& member : row) {
          const std::string column(member.key());
          if (std::find(table.columns.begin(), table.columns.end(), column) == table.columns.end())
            table.columns.push_back(column);
        }
        list.push_back({Record{row, "text", {}}});
        table.rows.push_back(std::move(row));
      }
    }
  }
  if (list.empty()) vertex.fail("there is no text to split");
  if (vertex.needs("dataframe")) vertex.set("dataframe", {std::move(table)});
  if (vertex.needs("chunks")) vertex.set("chunks", {std::make_shared<const List>(std::move(list))});
}

}  // namespace

Component split_text() {
  return {.type = "SplitText", .inputs = kSplitInputs, .run = run_split_text};
}

}  // namespace guildhall::runtime
