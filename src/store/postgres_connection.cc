// One PostgreSQL connection with its prepared statements.
#include "postgres_connection.h"

#include <array>
#include <charconv>
#include <stdexcept>

#include "base/log.h"
#include "base/text.h"
#include "limits.h"

namespace guildhall::store {

namespace {

// From PostgreSQL's catalogue pg_type, where these numbers are fixed.
constexpr Oid kBooleanType = 16;
constexpr Oid kByteaType = 17;
constexpr Oid kBigintType = 20;
constexpr Oid kUnknownType = 0;

/// Integers are declared as bigint, so that arithmetic on microseconds never happens in 32 bits. Text is left open, because
/// it may be meant for a uuid column; so is NULL.
Oid type_of(const Param::Value& value) {
  if (std::holds_alternative<std::int64_t>(value)) return kBigintType;
  if (std::holds_alternative<bool>(value)) return kBooleanType;
  if (std::holds_alternative<Param::Bytes>(value)) return kByteaType;
  return kUnknownType;
}

/// Parameters in the arrays libpq wants. Points into the parameters, which outlive it.
struct BoundParams {
  explicit BoundParams(std::span<const Param> params)
      : digits(params.size()), values(params.size(), nullptr), lengths(params.size(), 0), formats(params.size(), 0) {
    for (std::size_t i = 0; i < params.size(); ++i) bind(i, params[i].value());
  }

  void bind(std::size_t i, const Param::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      check_text(*text);
      values[i] = text->c_str();
    } else if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      *std::to_chars(digits[i].data(), digits[i].data() + digits[i].size() - 1, *integer).ptr = '\0';
      values[i] = digits[i].data();
    } else if (const auto* boolean = std::get_if<bool>(&value)) {
      values[i] = *boolean ? "t" : "f";
    } else if (const auto* bytes = std::get_if<Param::Bytes>(&value)) {
      if (bytes->value.size() > kValueBytesMax) throw Refusal(Code::payload_too_large, "a value is too large to be stored");
      values[i] = bytes->value.data();
      lengths[i] = static_cast<int>(bytes->value.size());
      formats[i] = 1;
    }
  }

  std::vector<std::array<char, 24>> digits;
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
};

void log_notice(void*, const char* message) {
  log::debug("store.notice", {{"message", trimmed(message)}});
}

std::string_view field_of(const PGresult* result, int field) {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? std::string_view() : std::string_view(text);
}

bool is_unavailable(std::string_view state) {
  // Connection, resources, operator intervention (a timeout, a shutdown), limits of the system, lock not available.
  return state.starts_with("08") || state.starts_with("53") || state.starts_with("57") || state.starts_with("58") ||
         state == "55P03" || state == "25P03";
}

}  // namespace

PostgresConnection::PostgresConnection(const std::string& url) {
  // The URL comes last, so what it says wins.
  const char* const names[] = {"connect_timeout",
                               "fallback_application_name",
                               "keepalives_idle",
                               "keepalives_interval",
                               "keepalives_count",
                               "tcp_user_timeout",
                               "client_encoding",
                               "dbname",
                               nullptr};
  const char* const values[] = {"10", "guildhall", "30", "10", "3", "35000", "UTF8", url.c_str(), nullptr};
  handle_.reset(PQconnectdbParams(names, values, 1));
  if (handle_ == nullptr) throw database_unavailable("no memory for a connection");
  if (is_broken()) throw database_unavailable("cannot connect: " + std::string(trimmed(PQerrorMessage(handle_.get()))));
  PQsetNoticeProcessor(handle_.get(), &log_notice, nullptr);
  const std::string settings = "SET statement_timeout = " + std::to_string(kStatementTimeoutMs) +
                               "; SET idle_in_transaction_session_timeout = " + std::to_string(2 * kStatementTimeoutMs) +
                               "; SET client_min_messages = warning; SET bytea_output = hex; SET timezone = 'UTC'";
  run(settings.c_str());
}

Rows PostgresConnection::query(std::string_view sql, std::span<const Param> params) {
  const Result result = run_prepared(sql, params);
  const int count = PQntuples(result.get());
  Rows rows;
  rows.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) rows.push_back(row(result.get(), i));
  return rows;
}

std::int64_t PostgresConnection::execute(std::string_view sql, std::span<const Param> params) {
  const Result result = run_prepared(sql, params);
  const std::string_view tag = PQcmdStatus(result.get());
  if (!tag.starts_with("INSERT") && !tag.starts_with("UPDATE") && !tag.starts_with("DELETE")) return 0;
  return parse_integer(PQcmdTuples(result.get())).value_or(0);
}

void PostgresConnection::run(const char* sql) {
  checked(PQexec(handle_.get(), sql), sql);
}

void PostgresConnection::commit() {
  const Result result = checked(PQexec(handle_.get(), "COMMIT"), "COMMIT");
  if (std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
    throw std::logic_error("the server rolled the transaction back: a failed statement of it was ignored");
  }
}

PostgresConnection::Result PostgresConnection::run_prepared(std::string_view sql, std::span<const Param> params) {
  if (params.size() > kParametersMax) throw std::logic_error("too many parameters: " + excerpt(sql));
  const BoundParams bound(params);
  const std::string& name = prepared(sql, params);
  return checked(PQexecPrepared(handle_.get(), name.c_str(), static_cast<int>(params.size()), bound.values.data(),
                                bound.lengths.data(), bound.formats.data(), 0),
                 sql);
}

const std::string& PostgresConnection::prepared(std::string_view sql, std::span<const Param> params) {
  std::string key;
  key.reserve(params.size() + 1 + sql.size());
  std::vector<Oid> types;
  types.reserve(params.size());
  for (const Param& param : params) {
    types.push_back(type_of(param.value()));
    key.push_back(static_cast<char>('a' + types.back()));
  }
  key.push_back(' ');
  key += sql;
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return recent_.front().name;
  }
  if (recent_.size() >= kStatementsMax) {
    const std::string drop = "DEALLOCATE " + recent_.back().name;
    run(drop.c_str());
    by_key_.erase(recent_.back().key);
    recent_.pop_back();
  }
  const std::string name = "s" + std::to_string(++statements_made_);
  const std::string text(sql);
  checked(PQprepare(handle_.get(), name.c_str(), text.c_str(), static_cast<int>(types.size()), types.data()), sql);
  recent_.push_front({std::move(key), name});
  by_key_.emplace(recent_.front().key, recent_.begin());
  return recent_.front().name;
}

Row PostgresConnection::row(const PGresult* result, int index) const {
  const int columns = PQnfields(result);
  std::vector<std::optional<std::string>> values(static_cast<std::size_t>(columns));
  for (int i = 0; i < columns; ++i) {
    if (PQgetisnull(result, index, i) != 0) continue;
    auto& value = values[static_cast<std::size_t>(i)];
    const char* text = PQgetvalue(result, index, i);
    const Oid type = PQftype(result, i);
    if (type == kBooleanType) {
      value = text[0] == 't' ? "1" : "0";
    } else if (type == kByteaType) {
      std::size_t size = 0;
      const std::unique_ptr<unsigned char, void (*)(void*)> bytes(
          PQunescapeBytea(reinterpret_cast<const unsigned char*>(text), &size), &PQfreemem);
      if (bytes == nullptr) throw database_unavailable("no memory for a column");
      value.emplace(reinterpret_cast<const char*>(bytes.get()), size);
    } else {
      value.emplace(text, static_cast<std::size_t>(PQgetlength(result, index, i)));
    }
  }
  return Row(std::move(values));
}

PostgresConnection::Result PostgresConnection::checked(PGresult* raw, std::string_view sql) {
  Result result(raw);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) throw_error(result.get(), sql);
  return result;
}

void PostgresConnection::throw_error(const PGresult* result, std::string_view sql) {
  const std::string_view state = result == nullptr ? std::string_view() : field_of(result, PG_DIAG_SQLSTATE);
  const std::string message(trimmed(result == nullptr ? PQerrorMessage(handle_.get()) : PQresultErrorMessage(result)));
  const std::string detail = message + " (" + std::string(state) + ") in: " + excerpt(sql);
  if (state == "40001" || state == "40P01") throw Conflict();
  if (state == "23505") throw UniqueViolation(std::string(field_of(result, PG_DIAG_CONSTRAINT_NAME)));
  if (state == "22021" || state == "22P05") {
    throw Refusal(Code::invalid_request, "text holds characters that cannot be stored").with_log(detail);
  }
  if (state == "54000") throw Refusal(Code::payload_too_large, "a value is too large to be stored").with_log(detail);
  if (is_broken() || state.empty() || is_unavailable(state)) throw database_unavailable(detail);
  throw std::logic_error(detail);
}

}  // namespace guildhall::store
