// A fresh migrated database per test: SQLite in memory, and PostgreSQL where GUILDHALL_TEST_POSTGRES names a server.
//
//   for_each_database([](store::Database& database, ManualClock& clock) { … });
#pragma once

#include <cstdlib>
#include <memory>
#include <string>

#include "base/ids.h"
#include "base/time.h"
#include "store/database.h"
#include "store/migrations.h"

namespace guildhall::test {

/// 2026-03-02T09:00:00Z, a Monday.
inline constexpr Timestamp kStart{1'772'442'000'000'000};

/// Each PostgreSQL test gets a schema of its own, dropped afterwards.
template <class Body>
void for_each_database(Body&& body) {
  {
    ManualClock clock(kStart);
    auto database = store::open_database({.url = "sqlite::memory:", .clock = &clock});
    store::migrate(*database);
    body(*database, clock);
  }
  if (const char* server = std::getenv("GUILDHALL_TEST_POSTGRES"); server != nullptr && *server != '\0') {
    ManualClock clock(kStart);
    const std::string schema = "t" + Id<struct SchemaTag>::random().hex();
    const std::string url = std::string(server) + (std::string(server).find('?') == std::string::npos ? "?" : "&") +
                            "options=-csearch_path%3D" + schema;
    auto admin = store::open_database({.url = server, .clock = &clock, .connections_max = 1});
    admin->write([&](store::Tx& tx) { tx.execute("CREATE SCHEMA " + schema); });
    {
      auto database = store::open_database({.url = url, .clock = &clock});
      store::migrate(*database);
      body(*database, clock);
    }
    admin->write([&](store::Tx& tx) { tx.execute("DROP SCHEMA " + schema + " CASCADE"); });
  }
}

}  // namespace guildhall::test
