// Migrations: order, repetition, and the refusal of a database that is not ours.
#include "store/migrations.h"

#include <doctest/doctest.h>

#include <thread>

#include "applied_migrations.h"
#include "base/errors.h"
#include "migration_text.h"
#include "support/databases.h"
#include "test_folder.h"

namespace guildhall::store {
namespace {

TEST_CASE("the migrations of the binary count up from one without a gap and defer no constraint") {
  int expected = 1;
  for (const Migration& migration : all_migrations()) {
    CHECK(migration.number == expected++);
    CHECK_FALSE(migration.name.empty());
    CHECK(migration.sql.find("DEFERRABLE") == std::string_view::npos);
    CHECK_FALSE(statements_of(migration.sql, Dialect::sqlite).empty());
  }
  CHECK(expected > 1);
}

TEST_CASE("migrating again changes nothing") {
  const TestFolder folder;
  ManualClock clock(test::kStart);
  test::for_each_empty_database(folder.file("again.db"), [&](const std::string& url) {
    CHECK(migrate(*open_database({.url = url, .clock = &clock})).size() == all_migrations().size());
    const auto database = open_database({.url = url, .clock = &clock});
    CHECK(migrate(*database).empty());
    const auto rows =
        database->read([](Tx& tx) { return tx.query("SELECT number, name FROM schema_migrations ORDER BY number"); });
    CHECK(rows.size() == all_migrations().size());
    CHECK(rows.front().integer(0) == 1);
    CHECK(rows.front().text(1) == all_migrations().front().name);
  });
}

TEST_CASE("two processes that migrate at once apply each migration once") {
  const TestFolder folder;
  ManualClock clock(test::kStart);
  test::for_each_empty_database(folder.file("race.db"), [&](const std::string& url) {
    std::vector<int> first;
    std::vector<int> second;
    std::thread other([&] { second = migrate(*open_database({.url = url, .clock = &clock})); });
    first = migrate(*open_database({.url = url, .clock = &clock}));
    other.join();
    CHECK(first.size() + second.size() == all_migrations().size());
  });
}

TEST_CASE("a failing migration leaves nothing of itself") {
  const TestFolder folder;
  ManualClock clock(test::kStart);
  test::for_each_empty_database(folder.file("failing.db"), [&](const std::string& url) {
    const auto database = open_database({.url = url, .clock = &clock});
    const std::vector<Migration> broken = {{1, "broken", "CREATE TABLE a (id UUID);\nINSERT INTO nowhere VALUES (1);\n"}};
    CHECK_THROWS(apply_migrations(*database, broken));
    const std::vector<Migration> repaired = {{1, "repaired", "CREATE TABLE a (id UUID);\n"}};
    CHECK(apply_migrations(*database, repaired) == std::vector<int>{1});
  });
}

TEST_CASE("a newer database and a changed file are refused and named") {
  const TestFolder folder;
  ManualClock clock(test::kStart);
  test::for_each_empty_database(folder.file("newer.db"), [&](const std::string& url) {
    const auto database = open_database({.url = url, .clock = &clock});
    const std::vector<Migration> newer = {{1, "one", "CREATE TABLE a (id UUID);\n"}, {2, "two", "CREATE TABLE b (id UUID);\n"}};
    apply_migrations(*database, newer);
    const auto refusal_of = [&](const std::vector<Migration>& migrations) {
      try {
        apply_migrations(*database, migrations);
      } catch (const Refusal& refusal) {
        CHECK(refusal.code == Code::database_unavailable);
        return refusal.message;
      }
      return std::string();
    };
    CHECK(refusal_of({newer[0]}).find("2 (two)") != std::string::npos);
    CHECK(refusal_of({newer[0]}).find("newer") != std::string::npos);
    CHECK(refusal_of({{1, "one", "CREATE TABLE a (id TEXT);\n"}, newer[1]}).find("1 (one)") != std::string::npos);
    CHECK(refusal_of(newer).empty());
  });
}

TEST_CASE("type words are translated as whole words outside literals, names and comments") {
  const std::string_view sql =
      "-- UUID stays; here\nCREATE TABLE t (\"BYTES\" BYTES, u UUID, UUID_TEXT TEXT, d TEXT DEFAULT 'BOOLEAN; --',\n"
      "  at TIMESTAMP_US, j JSON_TEXT, n BIGINT /* BIGINT;\n */, ok BOOLEAN);\n\nINSERT INTO t (n) VALUES (1); -- one\n";
  const auto postgres = statements_of(sql, Dialect::postgres);
  REQUIRE(postgres.size() == 2);
  CHECK(postgres[0] ==
        "-- UUID stays; here\nCREATE TABLE t (\"BYTES\" bytea, u uuid, UUID_TEXT TEXT, d TEXT DEFAULT 'BOOLEAN; --',\n"
        "  at bigint, j text, n bigint /* BIGINT;\n */, ok boolean)");
  const auto sqlite = statements_of(sql, Dialect::sqlite);
  REQUIRE(sqlite.size() == 2);
  CHECK(sqlite[0].find("u TEXT, UUID_TEXT TEXT") != std::string::npos);
  CHECK(sqlite[0].find("\"BYTES\" BLOB") != std::string::npos);
  CHECK(sqlite[0].find("ok INTEGER)") != std::string::npos);
  CHECK(sqlite[0].ends_with("STRICT"));
}

TEST_CASE("a block for one database is left out for the other") {
  const std::string_view sql = "SELECT 1;\n-- only sqlite\nSELECT 2;\n-- end\n-- only postgres\nSELECT 3;\n-- end\n";
  CHECK(statements_of(sql, Dialect::sqlite).size() == 2);
  CHECK(statements_of(sql, Dialect::postgres).back().find("SELECT 3") != std::string::npos);
  CHECK_THROWS_AS(statements_of("-- only sqlite\nSELECT 1;\n", Dialect::sqlite), std::logic_error);
  CHECK_THROWS_AS(statements_of("-- end\n", Dialect::sqlite), std::logic_error);
  CHECK_THROWS_AS(statements_of("SELECT 1;\nSELECT 2", Dialect::sqlite), std::logic_error);
}

}  // namespace
}  // namespace guildhall::store
