// A fresh migrated database per test: SQLite in memory, and PostgreSQL where GUILDHALL_TEST_POSTGRES names a server.
//
//   for_each_database([](store::Database& database, ManualClock& clock) { … });
#pragma once

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "store/database.h"
#include "store/migrations.h"

namespace guildhall::test {

/// 2026-03-02T09:00:00Z, a Monday.
inline constexpr Timestamp kStart{1'772'442'000'000'000};

/// The libpq URL of the server to test on, or null; says once that its tests are skipped.
inline const char* postgres_url() {
  static const char* const url = [] {
    const char* value = std::getenv("GUILDHALL_TEST_POSTGRES");
    const bool is_set = value != nullptr && *value != '\0';
    if (!is_set) std::puts("skipped: tests on PostgreSQL (GUILDHALL_TEST_POSTGRES is not set)");
    return is_set ? value : nullptr;
  }();
  return url;
}

/// A schema of its own on the PostgreSQL server, dropped at the end of its life.
class PostgresSchema {
 public:
  explicit PostgresSchema(const std::string& server)
      : admin_(store::open_database({.url = server, .clock = &clock_, .connections_max = 1})) {
    admin_->write([&](store::Tx& tx) { tx.execute("CREATE SCHEMA " + name_); });
    url_ = server + (server.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + name_;
  }
  ~PostgresSchema() {
    try {
      admin_->write([&](store::Tx& tx) { tx.execute("DROP SCHEMA " + name_ + " CASCADE"); });
    } catch (const std::exception& error) {
      std::fprintf(stderr, "schema %s is left behind: %s\n", name_.c_str(), error.what());
    }
  }
  PostgresSchema(const PostgresSchema&) = delete;
  PostgresSchema& operator=(const PostgresSchema&) = delete;

  const std::string& url() const { return url_; }

 private:
  std::string name_ = "t" + Id<struct SchemaTag>::random().hex();
  std::string url_;
  ManualClock clock_{kStart};
  std::unique_ptr<store::Database> admin_;
};

/// Calls body(url) for each kind of database, empty; for tests that open it more than once. In a file for SQLite.
template <class Body>
void for_each_empty_database(const std::string& sqlite_path, Body&& body) {
  body("sqlite:" + sqlite_path);
  if (postgres_url() != nullptr) body(PostgresSchema(postgres_url()).url());
}

template <class Body>
void for_each_database(Body&& body) {
  {
    ManualClock clock(kStart);
    auto database = store::open_database({.url = "sqlite::memory:", .clock = &clock});
    store::migrate(*database);
    body(*database, clock);
  }
  if (postgres_url() != nullptr) {
    const PostgresSchema schema(postgres_url());
    ManualClock clock(kStart);
    auto database = store::open_database({.url = schema.url(), .clock = &clock});
    store::migrate(*database);
    body(*database, clock);
  }
}

}  // namespace guildhall::test
