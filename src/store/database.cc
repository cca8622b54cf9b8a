// Opening a database by its URL.
#include "store/database.h"

#include <stdexcept>

#include "base/errors.h"
#include "postgres_database.h"
#include "sqlite_database.h"

namespace guildhall::store {

namespace {

constexpr std::string_view kSqlitePrefix = "sqlite:";

}  // namespace

std::unique_ptr<Database> open_database(const DatabaseOptions& options) {
  if (options.clock == nullptr) throw std::logic_error("a database needs a clock");
  if (options.connections_max == 0) throw std::logic_error("a database needs at least one connection");
  const std::string_view url = options.url;
  if (url == "sqlite::memory:") return SqliteDatabase::open_memory(options);
  if (url.starts_with(kSqlitePrefix) && url.size() > kSqlitePrefix.size()) {
    return SqliteDatabase::open_file(std::string(url.substr(kSqlitePrefix.size())), options);
  }
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) return std::make_unique<PostgresDatabase>(options);
  // The URL may hold a password, so it is not repeated.
  throw Refusal(Code::invalid_request, "the database URL is neither sqlite:PATH, sqlite::memory: nor postgres://…");
}

}  // namespace guildhall::store
