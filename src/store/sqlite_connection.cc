// One SQLite connection with its prepared statements.
#include "sqlite_connection.h"

#include <charconv>
#include <mutex>
#include <stdexcept>

#include "limits.h"

namespace guildhall::store {

namespace {

/// Gives the statement back for its next use, whatever happens in between.
class Resetting {
 public:
  explicit Resetting(sqlite3_stmt* statement) : statement_(statement) {}
  ~Resetting() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Resetting(const Resetting&) = delete;
  Resetting& operator=(const Resetting&) = delete;

 private:
  sqlite3_stmt* statement_;
};

int bind_value(sqlite3_stmt* statement, int index, const Param::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    check_text(*text);
    return sqlite3_bind_text64(statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, index, *integer);
  if (const auto* boolean = std::get_if<bool>(&value)) return sqlite3_bind_int(statement, index, *boolean ? 1 : 0);
  if (const auto* bytes = std::get_if<Param::Bytes>(&value)) {
    return sqlite3_bind_blob64(statement, index, bytes->value.data(), bytes->value.size(), SQLITE_STATIC);
  }
  return sqlite3_bind_null(statement, index);
}

/// Statistics of allocations cost a global mutex at every one; nobody reads them.
void configure_library() {
  static std::once_flag once;
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

bool is_blank(const char* text) {
  for (; *text != '\0'; ++text) {
    if (*text != ' ' && *text != '\n' && *text != '\t' && *text != '\r' && *text != ';') return false;
  }
  return true;
}

std::string settings_of(Access access, Durability durability) {
  std::string sql = "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; PRAGMA temp_store=MEMORY; PRAGMA busy_timeout=" +
                    std::to_string(kBusyTimeoutMs) + ";";
  if (access == Access::read) return sql + "PRAGMA query_only=ON; PRAGMA cache_size=-" + std::to_string(kReaderCacheKib) + ";";
  sql += durability == Durability::every_commit ? "PRAGMA synchronous=FULL;" : "PRAGMA synchronous=OFF;";
  return sql + "PRAGMA secure_delete=ON; PRAGMA cache_size=-" + std::to_string(kWriterCacheKib) +
         "; PRAGMA journal_size_limit=" + std::to_string(kWalFileBytesMax) + ";";
}

}  // namespace

SqliteConnection::SqliteConnection(const std::string& path, Access access, Durability durability) : access_(access) {
  configure_library();
  const int access_flags = access == Access::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, access_flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  handle_.reset(handle);
  if (result != SQLITE_OK) {
    throw database_unavailable("cannot open " + path + ": " + (handle != nullptr ? sqlite3_errmsg(handle) : "no memory"));
  }
  sqlite3_db_config(handle, SQLITE_DBCONFIG_LOOKASIDE, nullptr, 512, 128);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  const std::string settings = settings_of(access, durability);
  const int configured = sqlite3_exec(handle, settings.c_str(), nullptr, nullptr, nullptr);
  if (configured != SQLITE_OK) throw_error(configured, settings);
  if (access == Access::write) {
    const Rows mode = query("PRAGMA journal_mode=WAL", {});
    if (mode.empty() || mode.front().text(0) != "wal") throw database_unavailable(path + ": no write-ahead log possible here");
  }
}

Rows SqliteConnection::query(std::string_view sql, std::span<const Param> params) {
  Statement& statement = prepared(sql);
  const Resetting resetting(statement.handle.get());
  bind(statement, params);
  Rows rows;
  const int columns = sqlite3_column_count(statement.handle.get());
  while (step(statement)) rows.push_back(row(statement.handle.get(), columns));
  return rows;
}

std::int64_t SqliteConnection::execute(std::string_view sql, std::span<const Param> params) {
  Statement& statement = prepared(sql);
  const Resetting resetting(statement.handle.get());
  bind(statement, params);
  // sqlite3_changes keeps the count of the last statement that had one, so the total tells whether this one did.
  const sqlite3_int64 before = sqlite3_total_changes64(handle_.get());
  while (step(statement)) {
  }
  return sqlite3_total_changes64(handle_.get()) == before ? 0 : sqlite3_changes64(handle_.get());
}

SqliteConnection::Statement& SqliteConnection::prepared(std::string_view sql) {
  if (const auto found = by_sql_.find(sql); found != by_sql_.end()) {
    recent_.splice(recent_.begin(), recent_, found->second);
    return recent_.front();
  }
  recent_.push_front(prepare(sql));
  by_sql_.emplace(recent_.front().sql, recent_.begin());
  if (recent_.size() > kStatementsMax) {
    by_sql_.erase(recent_.back().sql);
    recent_.pop_back();
  }
  return recent_.front();
}

SqliteConnection::Statement SqliteConnection::prepare(std::string_view sql) {
  Statement statement;
  statement.sql = sql;
  sqlite3_stmt* handle = nullptr;
  const char* tail = nullptr;
  const int result = sqlite3_prepare_v3(handle_.get(), statement.sql.c_str(), static_cast<int>(statement.sql.size() + 1),
                                        SQLITE_PREPARE_PERSISTENT, &handle, &tail);
  statement.handle.reset(handle);
  if (result != SQLITE_OK) throw_error(result, sql);
  if (handle == nullptr || !is_blank(tail)) throw std::logic_error("not exactly one SQL statement: " + excerpt(sql));
  const int count = sqlite3_bind_parameter_count(handle);
  for (int index = 1; index <= count; ++index) {
    const char* name = sqlite3_bind_parameter_name(handle, index);
    std::size_t ordinal = 0;
    const std::string_view digits = name == nullptr ? std::string_view() : std::string_view(name).substr(1);
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
    if (name == nullptr || name[0] != '$' || error != std::errc() || stop != digits.data() + digits.size() || ordinal < 1 ||
        ordinal > kParametersMax) {
      throw std::logic_error("placeholders are $1, $2, …: " + excerpt(sql));
    }
    if (statement.positions.size() < ordinal) statement.positions.resize(ordinal, 0);
    statement.positions[ordinal - 1] = index;
  }
  statement.is_readonly = sqlite3_stmt_readonly(handle) != 0;
  return statement;
}

void SqliteConnection::bind(Statement& statement, std::span<const Param> params) {
  if (!statement.is_readonly && access_ == Access::read) {
    throw std::logic_error("a write inside read(): " + excerpt(statement.sql));
  }
  if (params.size() != statement.positions.size()) {
    throw std::logic_error("the statement has " + std::to_string(statement.positions.size()) + " parameters, the call " +
                           std::to_string(params.size()) + ": " + excerpt(statement.sql));
  }
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (statement.positions[i] == 0) continue;
    const int result = bind_value(statement.handle.get(), statement.positions[i], params[i].value());
    if (result == SQLITE_TOOBIG) throw Refusal(Code::payload_too_large, "a value is too large to be stored");
    if (result != SQLITE_OK) throw_error(result, statement.sql);
  }
}

Row SqliteConnection::row(sqlite3_stmt* statement, int columns) const {
  std::vector<std::optional<std::string>> values(static_cast<std::size_t>(columns));
  for (int i = 0; i < columns; ++i) {
    auto& value = values[static_cast<std::size_t>(i)];
    switch (sqlite3_column_type(statement, i)) {
      case SQLITE_NULL: break;
      case SQLITE_INTEGER: {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, std::int64_t{sqlite3_column_int64(statement, i)}).ptr;
        value.emplace(digits, end);
        break;
      }
      case SQLITE_BLOB: {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
        value.emplace(bytes == nullptr ? "" : bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
        break;
      }
      default: {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        if (text == nullptr) throw database_unavailable("no memory for a column");
        value.emplace(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, i)));
      }
    }
  }
  return Row(std::move(values));
}

bool SqliteConnection::step(Statement& statement) {
  const int result = sqlite3_step(statement.handle.get());
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) throw_error(result, statement.sql);
  return false;
}

void SqliteConnection::throw_error(int result, std::string_view sql) {
  const std::string message = sqlite3_errmsg(handle_.get());
  const std::string detail = message + " (" + std::to_string(result) + ") in: " + excerpt(sql);
  switch (result) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: {
      const std::size_t colon = message.find(": ");
      throw UniqueViolation(colon == std::string::npos ? message : message.substr(colon + 2));
    }
    default: break;
  }
  switch (result & 0xff) {
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
    case SQLITE_AUTH: throw std::logic_error(detail);
    case SQLITE_TOOBIG: throw Refusal(Code::payload_too_large, "a value is too large to be stored").with_log(detail);
    default: throw database_unavailable(detail);
  }
}

}  // namespace guildhall::store
