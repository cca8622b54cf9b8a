// Writes and reads rows of messages.
#include "message_rows.h"

#include <algorithm>

namespace guildhall::runtime {
namespace {

constexpr std::size_t kColumns = 14;
constexpr std::size_t kRowsPerStatement = 50;

void read_details(const json::Value& details, Message& message) {
  if (const json::Array* files = json::find_array(details, "files")) {
    for (const json::Value& file : *files) {
      if (file.is_string()) message.files.emplace_back(json::view(file.get_string()));
    }
  }
  message.source_id = json::text_of(details, "source_id");
  message.source_display_name = json::text_of(details, "source_display_name");
  message.source_model = json::text_of(details, "source_model");
  message.duration_ms = json::integer_of(details, "duration_ms").value_or(0);
  if (const json::Array* blocks = json::find_array(details, "content_blocks")) message.content_blocks = *blocks;
  if (const json::Value* usage = json::find(details, "usage")) {
    message.usage = models::Usage{.input_tokens = json::integer_of(*usage, "input_tokens").value_or(0),
                                  .output_tokens = json::integer_of(*usage, "output_tokens").value_or(0),
                                  .is_estimated = json::bool_of(*usage, "is_estimated")};
  }
}

// The text of the statement for a number of rows: `VALUES ($1, $2, $3, …), ($1, $2, $16, …) …`.
std::string insert_text(std::size_t rows) {
  std::string sql =
      "INSERT INTO message (organization_id, conversation_id, sequence, message_id, sender, sender_name, context_id, text, "
      "category, "
      "is_error, flow_id, run_id, details, created_at, shown) VALUES ";
  for (std::size_t row = 0; row < rows; ++row) {
    sql += row == 0 ? "($1, $2" : ", ($1, $2";
    for (std::size_t column = 1; column < kColumns; ++column) sql += ", $" + std::to_string(2 + row * (kColumns - 1) + column);
    sql += ")";
  }
  sql +=
      " ON CONFLICT (organization_id, message_id) DO UPDATE SET sender = excluded.sender, sender_name = excluded.sender_name, "
      "text = excluded.text, category = excluded.category, is_error = excluded.is_error, details = excluded.details, "
      "shown = excluded.shown "
      "WHERE message.conversation_id = excluded.conversation_id RETURNING sequence";
  return sql;
}

const std::string& insert_statement(std::size_t rows) {
  static const std::vector<std::string> statements = [] {
    std::vector<std::string> all;
    for (std::size_t n = 0; n <= kRowsPerStatement; ++n) all.push_back(n == 0 ? std::string() : insert_text(n));
    return all;
  }();
  return statements[rows];
}

}  // namespace

std::optional<std::string> message_details(const Message& message) {
  json::Object details;
  if (!message.files.empty()) {
    json::Array files;
    for (const std::string& file : message.files) files.emplace_back(file);
    details["files"] = std::move(files);
  }
  if (!message.source_id.empty()) details["source_id"] = message.source_id;
  if (!message.source_display_name.empty()) details["source_display_name"] = message.source_display_name;
  if (!message.source_model.empty()) details["source_model"] = message.source_model;
  if (message.usage) {
    details["usage"] = json::Object{{"input_tokens", message.usage->input_tokens},
                                    {"output_tokens", message.usage->output_tokens},
                                    {"is_estimated", message.usage->is_estimated}};
  }
  if (message.duration_ms != 0) details["duration_ms"] = message.duration_ms;
  if (!message.content_blocks.empty()) details["content_blocks"] = message.content_blocks;
  if (details.empty()) return std::nullopt;
  return json::write(json::Value(std::move(details)));
}

std::optional<std::string> message_shown(const Message& message) {
  return message.shown.empty() ? std::nullopt : std::optional<std::string>(json::write(json::Value(message.shown)));
}

Message message_of(const store::Row& row, const std::string& session_id) {
  Message message;
  message.id = row.id<MessageId>(0);
  message.sender = row.text(1);
  message.sender_name = row.text(2);
  message.context_id = row.text(3);
  message.text = row.text(4);
  message.category = row.text(5);
  message.is_error = row.boolean(6);
  message.flow_id = row.text(7);
  message.run_id = row.text(8);
  if (!row.is_null(9)) read_details(row.json(9), message);
  message.timestamp = row.timestamp(10);
  if (!row.is_null(11)) message.shown = row.json(11).as_object();
  message.session_id = session_id;
  return message;
}

std::int64_t insert_messages(store::Tx& tx, OrganizationId organization, ConversationId conversation, std::int64_t first_sequence,
                             const std::vector<Message>& messages) {
  std::int64_t inserted = 0;
  for (std::size_t begin = 0; begin < messages.size(); begin += kRowsPerStatement) {
    const std::size_t rows = std::min(kRowsPerStatement, messages.size() - begin);
    const std::int64_t lowest = first_sequence + static_cast<std::int64_t>(begin);
    std::vector<store::Param> params;
    params.reserve(2 + rows * (kColumns - 1));
    params.emplace_back(organization);
    params.emplace_back(conversation);
    for (std::size_t i = 0; i < rows; ++i) {
      const Message& message = messages[begin + i];
      params.emplace_back(lowest + static_cast<std::int64_t>(i));
      params.emplace_back(*message.id);
      params.emplace_back(message.sender);
      params.emplace_back(message.sender_name);
      params.emplace_back(message.context_id);
      params.emplace_back(message.text);
      params.emplace_back(message.category);
      params.emplace_back(message.is_error);
      params.emplace_back(message.flow_id);
      params.emplace_back(message.run_id);
      params.emplace_back(message_details(message));
      params.emplace_back(message.timestamp);
      params.emplace_back(message_shown(message));
    }
    // An updated row keeps its old sequence, which is below the ones given out now.
    for (const store::Row& row : tx.query(insert_statement(rows), params)) inserted += row.integer(0) >= lowest ? 1 : 0;
  }
  return inserted;
}

}  // namespace guildhall::runtime
