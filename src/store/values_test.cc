// Every kind of value goes in and comes back the same, on both databases.
#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>

#include "base/errors.h"
#include "migration_text.h"
#include "store/database.h"
#include "support/databases.h"

namespace guildhall::store {
namespace {

void make_values(Database& database) {
  database.write([](Tx& tx) {
    for (const auto& statement : statements_of("CREATE TABLE sample (\n  id UUID PRIMARY KEY,\n  words TEXT,\n  n BIGINT,\n"
                                               "  ok BOOLEAN,\n  raw BYTES,\n  at TIMESTAMP_US,\n  doc JSON_TEXT\n);\n",
                                               tx.dialect())) {
      tx.execute(statement);
    }
  });
}

OrganizationId insert_sample(Tx& tx, const Param& words, const Param& n, const Param& ok, const Param& raw) {
  const auto id = OrganizationId::random();
  tx.execute("INSERT INTO sample (id, words, n, ok, raw) VALUES ($1, $2, $3, $4, $5)", {id, words, n, ok, raw});
  return id;
}

template <class Body>
void for_each_sample(Body&& body) {
  test::for_each_database([&](Database& database, ManualClock&) {
    make_values(database);
    database.write([&](Tx& tx) { body(tx); });
  });
}

TEST_CASE("integers keep all 64 bits") {
  for_each_sample([](Tx& tx) {
    for (const std::int64_t n : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
                                 std::numeric_limits<std::int64_t>::max()}) {
      const auto id = insert_sample(tx, "x", n, true, std::nullopt);
      CHECK(tx.first("SELECT n FROM sample WHERE id = $1 AND n = $2", {id, n})->integer(0) == n);
    }
  });
}

TEST_CASE("booleans are booleans, also as the result of a comparison") {
  for_each_sample([](Tx& tx) {
    const auto yes = insert_sample(tx, "x", 5, true, std::nullopt);
    const auto no = insert_sample(tx, "x", 5, false, std::nullopt);
    CHECK(tx.first("SELECT ok FROM sample WHERE id = $1", {yes})->boolean(0));
    CHECK_FALSE(tx.first("SELECT ok FROM sample WHERE id = $1", {no})->boolean(0));
    CHECK(tx.query("SELECT id FROM sample WHERE ok").size() == 1);
    CHECK(tx.query("SELECT id FROM sample WHERE ok = $1", {false}).size() == 1);
    CHECK(tx.first("SELECT n > 4 FROM sample WHERE id = $1", {yes})->boolean(0));
  });
}

TEST_CASE("text keeps every character, and the empty text is not NULL") {
  for_each_sample([](Tx& tx) {
    for (const std::string words : {"", "Grüße, 世界 🙂", "it's \"quoted\" \\ $1 %", "line\nline\ttab"}) {
      const auto id = insert_sample(tx, words, 1, true, std::nullopt);
      const auto row = tx.first("SELECT words FROM sample WHERE id = $1", {id});
      CHECK_FALSE(row->is_null(0));
      CHECK(row->text(0) == words);
    }
  });
}

TEST_CASE("bytes keep NUL, invalid UTF-8 and a megabyte") {
  for_each_sample([](Tx& tx) {
    std::string every;
    for (int i = 0; i < 256; ++i) every.push_back(static_cast<char>(i));
    std::string large;
    while (large.size() < (1u << 20)) large += every;
    for (const std::string& raw : {std::string(), std::string("\0", 1), std::string("a\0b\xff\xfe", 5), every, large}) {
      const auto id = insert_sample(tx, "x", 1, true, Param::Bytes{raw});
      const auto row = tx.first("SELECT raw FROM sample WHERE id = $1", {id});
      REQUIRE_FALSE(row->is_null(0));
      CHECK((row->bytes(0) == raw));
    }
    CHECK(tx.query("SELECT id FROM sample WHERE raw = $1", {Param::Bytes{every}}).size() == 1);
  });
}

TEST_CASE("NULL goes in for every type and comes back as nothing") {
  for_each_sample([](Tx& tx) {
    const auto id = insert_sample(tx, std::nullopt, std::nullopt, std::nullopt, std::nullopt);
    const auto row = tx.first("SELECT words, n, ok, raw, at, doc FROM sample WHERE id = $1", {id});
    for (std::size_t i = 0; i < 6; ++i) CHECK(row->is_null(i));
    CHECK_FALSE(row->optional_text(0));
    CHECK_FALSE(row->optional_integer(1));
    CHECK_FALSE(row->optional_timestamp(4));
    CHECK_THROWS_AS(row->text(0), std::logic_error);
    CHECK_THROWS_AS(row->integer(1), std::logic_error);
    CHECK_THROWS_AS(row->text(9), std::logic_error);
    const auto filled =
        insert_sample(tx, std::optional<std::string>("x"), std::optional<std::int64_t>(), std::nullopt, std::nullopt);
    CHECK(tx.first("SELECT words FROM sample WHERE id = $1", {filled})->optional_text(0) == "x");
  });
}

TEST_CASE("identifiers, times, decimals, cycles, dates and JSON come back as what they were") {
  for_each_sample([](Tx& tx) {
    const auto id = OrganizationId::random();
    const auto insert = [&](const Param& words) {
      tx.execute("DELETE FROM sample WHERE id = $1", {id});
      tx.execute("INSERT INTO sample (id, words, at, doc) VALUES ($1, $2, $3, $4)",
                 {id, words, tx.now(), json::write(json::Value{{"a", 1}})});
      return *tx.first("SELECT id, words, at, doc FROM sample WHERE id = $1", {id});
    };
    const Row row = insert(Decimal::of("12.5"));
    CHECK(row.id<OrganizationId>(0) == id);
    CHECK(row.optional_id<OrganizationId>(0) == id);
    CHECK(row.decimal(1) == Decimal::of("12.5"));
    CHECK(row.optional_decimal(1) == Decimal::of("12.5"));
    CHECK(row.timestamp(2) == tx.now());
    CHECK(row.json(3).at("a").as_int64() == 1);
    CHECK(insert(Cycle{2026, 3}).cycle(1) == Cycle{2026, 3});
    CHECK(insert(Date{2026, 3, 2}).text(1) == "2026-03-02");
    const Row words = insert("plain words");
    CHECK_THROWS_AS(words.integer(1), std::logic_error);
    CHECK_THROWS_AS(words.boolean(1), std::logic_error);
    CHECK_THROWS_AS(words.decimal(1), std::logic_error);
    CHECK_THROWS_AS(words.cycle(1), std::logic_error);
    CHECK_THROWS_AS(words.json(1), std::logic_error);
    CHECK_THROWS_AS(words.id<OrganizationId>(1), std::logic_error);
  });
}

TEST_CASE("a placeholder may repeat and come in any order, and the number of values must fit") {
  for_each_sample([](Tx& tx) {
    const auto id = insert_sample(tx, "x", 5, true, std::nullopt);
    CHECK(tx.first("SELECT n FROM sample WHERE n = $2 AND id = $1 AND n >= $2", {id, 5}));
    const std::vector<Param> list = {id, 5};
    CHECK(tx.query("SELECT n FROM sample WHERE id = $1 AND n IN ($2, 6)", list).size() == 1);
    CHECK(tx.execute("UPDATE sample SET n = n + 1 WHERE id = $1", std::vector<Param>{id}) == 1);
    CHECK(tx.execute("UPDATE sample SET n = n + 1 WHERE n = $1", {99}) == 0);
  });
  const auto wrong = [](Tx& tx) { tx.query("SELECT n FROM sample WHERE n = $1", {1, 2}); };
  CHECK_THROWS_AS(for_each_sample(wrong), std::logic_error);
}

TEST_CASE("execute counts what it changed and nothing else") {
  for_each_sample([](Tx& tx) {
    insert_sample(tx, "x", 1, true, std::nullopt);
    const auto id = insert_sample(tx, "x", 2, true, std::nullopt);
    CHECK(tx.execute("SELECT n FROM sample") == 0);
    CHECK(tx.execute("CREATE INDEX sample_n ON sample (n)") == 0);
    CHECK(tx.execute("INSERT INTO sample (id, n) VALUES ($1, 3) ON CONFLICT DO NOTHING", {id}) == 0);
    CHECK(tx.execute("DELETE FROM sample") == 2);
    const auto returned = tx.query("INSERT INTO sample (id, n) VALUES ($1, 3) RETURNING n", {id});
    CHECK(returned.at(0).integer(0) == 3);
  });
}

TEST_CASE("text that one of the databases could not hold is refused on both") {
  for (const std::string& bad : {std::string("a\0b", 3), std::string("\xc3\x28"), std::string("\xed\xa0\x80")}) {
    test::for_each_database([&](Database& database, ManualClock&) {
      make_values(database);
      try {
        database.write([&](Tx& tx) { insert_sample(tx, bad, 1, true, std::nullopt); });
        FAIL("accepted");
      } catch (const Refusal& refusal) {
        CHECK(refusal.code == Code::invalid_request);
      }
    });
  }
}

TEST_CASE("a value of another type than its column is a mistake of the program on both") {
  test::for_each_database([](Database& database, ManualClock&) {
    make_values(database);
    CHECK_THROWS_AS(database.write([](Tx& tx) { insert_sample(tx, "x", "many", true, std::nullopt); }), std::logic_error);
    CHECK_THROWS_AS(database.write([](Tx& tx) { tx.execute("INSERT INTO sample (no_such_column) VALUES (1)"); }),
                    std::logic_error);
    CHECK_THROWS_AS(database.write([](Tx& tx) { tx.execute("SELECT 1; SELECT 2"); }), std::logic_error);
  });
}

TEST_CASE("more statements than are kept prepared still work") {
  for_each_sample([](Tx& tx) {
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 600; ++i) {
        REQUIRE(tx.first("SELECT COUNT(*) + " + std::to_string(i) + " FROM sample")->integer(0) == i);
      }
    }
  });
}

}  // namespace
}  // namespace guildhall::store
