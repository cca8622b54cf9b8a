// What flows along an edge (contracts/runtime.md §2).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "models/chat.h"
#include "models/extractive.h"

namespace guildhall::runtime {

struct Message {
  std::optional<MessageId> id;  ///< set once stored
  std::string text;
  std::string sender = "Machine";  ///< User or Machine
  std::string sender_name = "AI";
  std::string session_id;
  std::string context_id;
  std::vector<std::string> files;
  Timestamp timestamp;
  std::string flow_id;
  std::string run_id;
  bool is_error = false;
  bool is_partial = false;
  std::string category = "message";
  std::string source_id;  ///< the model node it came from
  std::string source_display_name;
  std::string source_model;
  std::optional<models::Usage> usage;
  std::int64_t duration_ms = 0;
  json::Array content_blocks;
  json::Object shown;  ///< what a view of the conversation shows beside the text: who spoke, outcome, citations
};

struct Record {  ///< "Data" of the contract
  json::Object values;
  std::string text_key = "text";
  std::string default_value;

  std::string text() const;  ///< values[text_key] as text, else default_value
};

struct Table {
  std::vector<std::string> columns;
  std::vector<json::Object> rows;
};

struct ModelHandle {
  std::string node_id;  ///< the node that configures it
};
struct EmbeddingsHandle {
  std::string node_id;
};

struct Value;
using List = std::vector<Value>;

/// Nothing, text, or one of the types above. A list appears where an output or a `list` field holds several.
struct Value {
  std::variant<std::monostate, std::string, Message, Record, Table, ModelHandle, EmbeddingsHandle, std::shared_ptr<const List>,
               json::Value>
      held;

  bool is_nothing() const { return std::holds_alternative<std::monostate>(held); }
};

/// As a `str` input reads it: Message and Record give their text, serialised messages their `text`; nullopt for nothing.
std::optional<std::string> as_text(const Value& value);
/// "To text" of §2: how ChatOutput and Stringify print any value.
std::string printed(const Value& value, bool clean);
/// Every Record in the value: Records, list elements, rows of a Table, Messages as {text}.
std::vector<Record> as_records(const Value& value);
/// `text` for messages and strings, `object` for Data, `array` for tables and lists: the wire's output types.
std::string_view wire_type(const Value& value);
/// JSON of a value as LangFlow's results hold it.
json::Value to_json(const Value& value);
json::Object to_json(const Message& message);

}  // namespace guildhall::runtime
