// What is left after something broke: a full disk, a refused commit, a lost connection, a backup in the middle of writes.
#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <latch>
#include <stdexcept>
#include <thread>

#include "base/errors.h"
#include "store/database.h"
#include "support/databases.h"
#include "test_folder.h"

namespace guildhall::store {
namespace {

const char* const kItemTable = "CREATE TABLE item (id TEXT PRIMARY KEY, n BIGINT NOT NULL)";

std::int64_t count_items(Database& database) {
  return database.read([](Tx& tx) { return tx.first("SELECT COUNT(*) FROM item")->integer(0); });
}

void insert_item(Tx& tx, const std::string& id) {
  tx.execute("INSERT INTO item (id, n) VALUES ($1, 1)", {id});
}

template <class Body>
std::optional<Code> refused(Body&& body) {
  try {
    body();
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
  return std::nullopt;
}

/// Holds SQLite's writer with a closure of its own until released, so that those who call meanwhile share its batch.
class Gathering {
 public:
  explicit Gathering(Database& database)
      : holder_([this, &database] {
          // It may share the batch, and then also the refusal, of those it holds up.
          refused([&] {
            database.write([this](Tx&) {
              entered_.count_down();
              released_.wait();
            });
          });
        }) {
    entered_.wait();
  }
  ~Gathering() { holder_.join(); }
  void release() { released_.count_down(); }
  Gathering(const Gathering&) = delete;
  Gathering& operator=(const Gathering&) = delete;

 private:
  std::latch entered_{1};
  std::latch released_{1};
  std::thread holder_;
};

TEST_CASE("when the commit of a batch fails every caller of it is refused and nothing is stored") {
  ManualClock clock(test::kStart);
  const auto database = open_database({.url = "sqlite::memory:", .clock = &clock});
  database->write([](Tx& tx) {
    tx.execute(kItemTable);
    tx.execute("CREATE TABLE part (item TEXT REFERENCES item (id) DEFERRABLE INITIALLY DEFERRED)");
  });
  std::atomic<int> effects{0};
  std::atomic<int> refusals{0};
  std::vector<std::thread> threads;
  {
    Gathering gathering(*database);
    std::atomic<int> calling{0};
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        calling.fetch_add(1);
        calling.notify_all();
        const auto code = refused([&] {
          database->write([&](Tx& tx) {
            tx.after_commit([&] { effects.fetch_add(1); });
            if (i == 0) {
              tx.execute("INSERT INTO part (item) VALUES ('nowhere')");
            } else {
              insert_item(tx, std::to_string(i));
            }
          });
        });
        if (code == Code::database_unavailable) refusals.fetch_add(1);
      });
    }
    for (int seen = calling.load(); seen < 8; seen = calling.load()) calling.wait(seen);
    gathering.release();
  }
  for (auto& thread : threads) thread.join();
  // The batch with the broken closure stored nothing; a caller that came after it has succeeded.
  CHECK(refusals.load() >= 1);
  CHECK(effects.load() == 8 - refusals.load());
  CHECK(count_items(*database) == effects.load());
  database->write([](Tx& tx) { insert_item(tx, "after"); });
  CHECK(count_items(*database) == effects.load() + 1);
}

TEST_CASE("a full disk refuses the write, keeps what was stored, and works again when there is room") {
  ManualClock clock(test::kStart);
  const auto database = open_database({.url = "sqlite::memory:", .clock = &clock});
  database->write([](Tx& tx) {
    tx.execute(kItemTable);
    insert_item(tx, "kept");
    tx.query("PRAGMA max_page_count = 20");
  });
  const auto fill = [&] {
    database->write([](Tx& tx) {
      for (int i = 0; i < 10'000; ++i) insert_item(tx, std::string(100, 'x') + std::to_string(i));
    });
  };
  CHECK(refused(fill) == Code::database_unavailable);
  CHECK(count_items(*database) == 1);
  CHECK(database->is_healthy());
  database->write([](Tx& tx) { tx.query("PRAGMA max_page_count = 1000000"); });
  CHECK_FALSE(refused(fill));
  CHECK(count_items(*database) == 10'001);
}

TEST_CASE("what was acknowledged is in the file when it is opened again, what was not is not") {
  const TestFolder folder;
  ManualClock clock(test::kStart);
  test::for_each_empty_database(folder.file("reopened.db"), [&](const std::string& url) {
    {
      const auto database = open_database({.url = url, .clock = &clock});
      database->write([](Tx& tx) { tx.execute(kItemTable); });
      database->write([](Tx& tx) { insert_item(tx, "acknowledged"); });
      CHECK_THROWS(database->write([](Tx& tx) {
        insert_item(tx, "not");
        throw std::runtime_error("on purpose");
      }));
    }
    const auto database = open_database({.url = url, .clock = &clock});
    CHECK(count_items(*database) == 1);
  });
}

TEST_CASE("a copy of the files taken in the middle of writes opens with everything acknowledged") {
  const TestFolder folder;
  ManualClock clock(test::kStart);
  const auto database = open_database({.url = "sqlite:" + folder.file("live.db"), .clock = &clock});
  database->write([](Tx& tx) { tx.execute(kItemTable); });
  for (int i = 0; i < 100; ++i) database->write([&](Tx& tx) { insert_item(tx, std::to_string(i)); });
  // As after kill -9: the file and its log as they are, nothing closed.
  std::filesystem::copy_file(folder.file("live.db"), folder.file("crashed.db"));
  std::filesystem::copy_file(folder.file("live.db-wal"), folder.file("crashed.db-wal"));
  const auto crashed = open_database({.url = "sqlite:" + folder.file("crashed.db"), .clock = &clock});
  CHECK(count_items(*crashed) == 100);
}

TEST_CASE("a backup taken while others write is one consistent moment and replaces an older one") {
  const TestFolder folder;
  ManualClock clock(test::kStart);
  const auto database = open_database({.url = "sqlite:" + folder.file("live.db"), .clock = &clock});
  database->write([](Tx& tx) { tx.execute(kItemTable); });
  std::atomic<bool> is_stopping{false};
  std::thread writer([&] {
    // Always in pairs, so a copy between the two of a pair would show an odd number.
    for (int i = 0; !is_stopping.load(); ++i) {
      database->write([&](Tx& tx) {
        insert_item(tx, "a" + std::to_string(i));
        insert_item(tx, "b" + std::to_string(i));
      });
    }
  });
  std::int64_t before = 0;
  for (int round = 0; round < 5; ++round) {
    database->backup_to(folder.file("copy.db"));
    const auto copy = open_database({.url = "sqlite:" + folder.file("copy.db"), .clock = &clock});
    const std::int64_t count = count_items(*copy);
    CHECK(count % 2 == 0);
    CHECK(count >= before);
    before = count;
  }
  is_stopping = true;
  writer.join();
  CHECK_FALSE(std::filesystem::exists(folder.file("copy.db.partial")));
}

TEST_CASE("a backup that cannot be is refused and says why") {
  const TestFolder folder;
  ManualClock clock(test::kStart);
  const auto database = open_database({.url = "sqlite:" + folder.file("live.db"), .clock = &clock});
  CHECK(refused([&] { database->backup_to(folder.file("live.db")); }) == Code::invalid_request);
  CHECK(refused([&] { database->backup_to("/nowhere/at/all.db"); }) == Code::invalid_request);
  if (test::postgres_url() == nullptr) return;
  const test::PostgresSchema schema(test::postgres_url());
  try {
    open_database({.url = schema.url(), .clock = &clock})->backup_to(folder.file("copy.db"));
    FAIL("accepted");
  } catch (const Refusal& refusal) {
    CHECK(refusal.code == Code::invalid_request);
    CHECK(refusal.message.find("pg_dump") != std::string::npos);
  }
}

TEST_CASE("a file that is no database is refused as unavailable") {
  const TestFolder folder;
  ManualClock clock(test::kStart);
  std::ofstream(folder.file("letter.db")) << std::string(8'192, 'x');
  CHECK(refused([&] { open_database({.url = "sqlite:" + folder.file("letter.db"), .clock = &clock}); }) ==
        Code::database_unavailable);
}

TEST_CASE("connections the server closed are replaced; a write that was cut off is refused and not stored") {
  if (test::postgres_url() == nullptr) return;
  const test::PostgresSchema schema(test::postgres_url());
  ManualClock clock(test::kStart);
  const auto database = open_database({.url = schema.url(), .clock = &clock});
  const auto other = open_database({.url = schema.url(), .clock = &clock});
  database->write([](Tx& tx) { tx.execute(kItemTable); });
  const auto process = [](Tx& tx) { return tx.first("SELECT pg_backend_pid()")->integer(0); };
  const auto end = [&](std::int64_t pid) {
    other->write([&](Tx& tx) { tx.query("SELECT pg_terminate_backend(CAST($1 AS integer), 5000)", {pid}); });
  };
  end(database->read(process));
  database->write([](Tx& tx) { insert_item(tx, "after"); });
  const auto cut_off = [&](Tx& tx) {
    insert_item(tx, "cut off");
    end(process(tx));
    insert_item(tx, "never");
  };
  CHECK(refused([&] { database->write(cut_off); }) == Code::database_unavailable);
  CHECK(count_items(*database) == 1);
}

TEST_CASE("a server that is not there is refused as unavailable") {
  ManualClock clock(test::kStart);
  const auto database = open_database({.url = "postgres://nobody@127.0.0.1:1/none", .clock = &clock});
  CHECK(refused([&] { database->read([](Tx& tx) { tx.query("SELECT 1"); }); }) == Code::database_unavailable);
  CHECK_FALSE(database->is_healthy());
}

}  // namespace
}  // namespace guildhall::store
