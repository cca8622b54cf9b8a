// What write() and read() promise, on both databases.
#include "store/database.h"

#include <doctest/doctest.h>

#include <atomic>
#include <barrier>
#include <stdexcept>
#include <thread>

#include "base/errors.h"
#include "support/databases.h"

namespace guildhall::store {
namespace {

void make_table(Database& database) {
  database.write([](Tx& tx) {
    tx.execute(tx.dialect() == Dialect::sqlite ? "CREATE TABLE item (id TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT"
                                               : "CREATE TABLE item (id text PRIMARY KEY, n bigint NOT NULL)");
  });
}

std::int64_t count_items(Database& database) {
  return database.read([](Tx& tx) { return tx.first("SELECT COUNT(*) FROM item")->integer(0); });
}

void insert_item(Tx& tx, const std::string& id, std::int64_t n = 1) {
  tx.execute("INSERT INTO item (id, n) VALUES ($1, $2)", {id, n});
}

TEST_CASE("a write returns its value and is seen by the next read") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    make_table(database);
    const std::int64_t changed = database.write([](Tx& tx) {
      insert_item(tx, "a", 7);
      return tx.execute("UPDATE item SET n = n + $1", {1});
    });
    CHECK(changed == 1);
    database.read([&](Tx& tx) {
      CHECK(tx.first("SELECT n FROM item WHERE id = $1", {"a"})->integer(0) == 8);
      CHECK_FALSE(tx.first("SELECT n FROM item WHERE id = $1", {"b"}));
      CHECK(tx.now() == clock.now());
    });
  });
}

TEST_CASE("what a closure throws rolls its writes back and reaches its caller alone") {
  test::for_each_database([](Database& database, ManualClock&) {
    make_table(database);
    CHECK_THROWS_AS(database.write([](Tx& tx) {
      insert_item(tx, "a");
      throw Refusal(Code::conflict, "no");
    }),
                    Refusal);
    CHECK(count_items(database) == 0);
    database.write([](Tx& tx) { insert_item(tx, "b"); });
    CHECK(count_items(database) == 1);
  });
}

TEST_CASE("64 writers, a third of which fail: every success is there once and no failure is") {
  test::for_each_database([](Database& database, ManualClock&) {
    make_table(database);
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 64; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 10; ++i) {
          try {
            database.write([&](Tx& tx) {
              insert_item(tx, std::to_string(t) + "/" + std::to_string(i));
              if ((t + i) % 3 == 0) throw std::runtime_error("on purpose");
            });
          } catch (const std::runtime_error&) {
            failures.fetch_add(1);
          }
        }
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(failures.load() == 214);
    CHECK(count_items(database) == 640 - 214);
  });
}

TEST_CASE("64 writers adding to one row lose no addition") {
  test::for_each_database([](Database& database, ManualClock&) {
    make_table(database);
    database.write([](Tx& tx) { insert_item(tx, "sum", 0); });
    std::atomic<int> added{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 64; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) {
          try {
            database.write([](Tx& tx) {
              const std::int64_t n = tx.first("SELECT n FROM item WHERE id = $1", {"sum"})->integer(0);
              tx.execute("UPDATE item SET n = $1 WHERE id = $2", {n + 1, "sum"});
            });
            added.fetch_add(1);
          } catch (const Refusal& refusal) {
            // Too many conflicts in a row: refused, and not added.
            CHECK(refusal.code == Code::database_unavailable);
          }
        }
      });
    }
    for (auto& thread : threads) thread.join();
    const auto sum = database.read([](Tx& tx) { return tx.first("SELECT n FROM item WHERE id = 'sum'")->integer(0); });
    CHECK(sum == added.load());
    CHECK(added.load() > 0);
  });
}

TEST_CASE("a UNIQUE rule names what it protects and leaves nothing behind") {
  test::for_each_database([](Database& database, ManualClock&) {
    make_table(database);
    database.write([](Tx& tx) { insert_item(tx, "a"); });
    std::string constraint;
    try {
      database.write([](Tx& tx) {
        insert_item(tx, "z");
        insert_item(tx, "a");
      });
    } catch (const UniqueViolation& violation) {
      constraint = violation.what();
    }
    CHECK(constraint == (database.dialect() == Dialect::sqlite ? "item.id" : "item_pkey"));
    CHECK(count_items(database) == 1);
  });
}

TEST_CASE("a closure that ignores a failed statement is not committed") {
  test::for_each_database([](Database& database, ManualClock&) {
    make_table(database);
    database.write([](Tx& tx) { insert_item(tx, "a"); });
    CHECK_THROWS_AS(database.write([](Tx& tx) {
      insert_item(tx, "b");
      try {
        insert_item(tx, "a");
      } catch (const UniqueViolation&) {
      }
    }),
                    std::logic_error);
    CHECK(count_items(database) == 1);
  });
}

TEST_CASE("effects run in their order after the commit, before write() returns, and not after a rollback") {
  test::for_each_database([](Database& database, ManualClock&) {
    make_table(database);
    std::string trace;
    database.write([&](Tx& tx) {
      tx.after_commit([&] { trace += "1"; });
      tx.after_commit([&] { trace += "2"; });
      tx.after_commit([] { throw std::runtime_error("an effect that breaks its promise"); });
      tx.after_commit([&] { trace += "3"; });
      insert_item(tx, "a");
    });
    CHECK(trace == "123");
    CHECK_THROWS(database.write([&](Tx& tx) {
      tx.after_commit([&] { trace += "never"; });
      throw std::runtime_error("rolled back");
    }));
    CHECK(trace == "123");
    CHECK_THROWS_AS(database.read([](Tx& tx) { tx.after_commit([] {}); }), std::logic_error);
  });
}

TEST_CASE("the listener writes in the transaction that told it") {
  test::for_each_database([](Database& database, ManualClock&) {
    database.set_listener([](Tx& tx, std::string_view topic, const json::Value& payload) {
      insert_item(tx, std::string(topic), payload.at("n").as_int64());
    });
    make_table(database);
    database.write([](Tx& tx) { tx.tell("told", json::Value{{"n", 5}}); });
    CHECK(database.read([](Tx& tx) { return tx.first("SELECT n FROM item WHERE id = 'told'")->integer(0); }) == 5);
    CHECK_THROWS(database.write([](Tx& tx) {
      tx.tell("dropped", json::Value{{"n", 6}});
      throw std::runtime_error("rolled back");
    }));
    CHECK(count_items(database) == 1);
    CHECK_THROWS_AS(database.read([](Tx& tx) { tx.tell("x", {}); }), std::logic_error);
  });
}

TEST_CASE("writing inside read() is a mistake of the program") {
  test::for_each_database([](Database& database, ManualClock&) {
    make_table(database);
    CHECK_THROWS_AS(database.read([](Tx& tx) { insert_item(tx, "a"); }), std::logic_error);
    CHECK(count_items(database) == 0);
  });
}

TEST_CASE("a call inside a call of the same database throws instead of waiting for itself") {
  test::for_each_database([](Database& database, ManualClock&) {
    make_table(database);
    const auto nested_write = [&](Tx&) { database.write([](Tx& tx) { insert_item(tx, "a"); }); };
    const auto nested_read = [&](Tx&) { database.read([](Tx& tx) { tx.query("SELECT 1"); }); };
    CHECK_THROWS_AS(database.write(nested_write), std::logic_error);
    CHECK_THROWS_AS(database.write(nested_read), std::logic_error);
    CHECK_THROWS_AS(database.read(nested_write), std::logic_error);
    CHECK_THROWS_AS(database.read(nested_read), std::logic_error);
    CHECK(count_items(database) == 0);
  });
}

TEST_CASE("a read sees one snapshot while others write") {
  test::for_each_database([](Database& database, ManualClock&) {
    make_table(database);
    database.read([&](Tx& tx) {
      CHECK(tx.first("SELECT COUNT(*) FROM item")->integer(0) == 0);
      std::thread([&] { database.write([](Tx& other) { insert_item(other, "a"); }); }).join();
      CHECK(tx.first("SELECT COUNT(*) FROM item")->integer(0) == 0);
    });
    CHECK(count_items(database) == 1);
  });
}

TEST_CASE("two writers that each check before they write cannot both pass the check") {
  test::for_each_database([](Database& database, ManualClock&) {
    make_table(database);
    std::barrier start(2);
    const auto insert_when_empty = [&](const std::string& id) {
      start.arrive_and_wait();
      database.write([&](Tx& tx) {
        if (tx.first("SELECT COUNT(*) FROM item")->integer(0) == 0) insert_item(tx, id);
      });
    };
    for (int round = 0; round < 20; ++round) {
      database.write([](Tx& tx) { tx.execute("DELETE FROM item"); });
      std::thread other([&] { insert_when_empty("a"); });
      insert_when_empty("b");
      other.join();
      REQUIRE(count_items(database) == 1);
    }
  });
}

TEST_CASE("a database that cannot be opened is refused as unavailable, another URL as invalid") {
  ManualClock clock(test::kStart);
  const auto code_of = [&](const std::string& url) {
    try {
      const auto database = open_database({.url = url, .clock = &clock});
      database->read([](Tx& tx) { tx.query("SELECT 1"); });
    } catch (const Refusal& refusal) {
      return refusal.code;
    }
    return Code::internal_error;
  };
  CHECK(code_of("sqlite:/nowhere/at/all.db") == Code::database_unavailable);
  CHECK(code_of("sqlite:") == Code::invalid_request);
  CHECK(code_of("mysql://root@localhost") == Code::invalid_request);
  CHECK(code_of("") == Code::invalid_request);
}

TEST_CASE("a healthy database says so") {
  test::for_each_database([](Database& database, ManualClock&) { CHECK(database.is_healthy()); });
}

}  // namespace
}  // namespace guildhall::store
