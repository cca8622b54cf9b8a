// How many runs a second the ledger takes. Skipped in ordinary runs; print it with
//   billing_test --no-skip -tc="speed*"
#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "billing_samples.h"

namespace guildhall::billing {

using namespace samples;

namespace {

constexpr int kPairs = 64'000;

void produce(store::Database& database, const Customer& customer, int pairs) {
  for (int i = 0; i < pairs; ++i) {
    const std::string id = RequestId::random().text();
    const Reservation reservation = reservation_of(customer, id, {std::nullopt, Decimal(1'000'000), Decimal(100'000'000)});
    database.write([&](store::Tx& tx) { return reserve(tx, reservation); });
    const UsageRecord record = run_of(customer, id);
    database.write([&](store::Tx& tx) { return settle(tx, record); });
  }
}

double pairs_per_second(store::Database& database, int producers) {
  std::vector<Customer> customers(static_cast<std::size_t>(producers));
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (const Customer& customer : customers) {
    threads.emplace_back([&] { produce(database, customer, kPairs / producers); });
  }
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  return kPairs / elapsed.count();
}

}  // namespace

TEST_CASE("speed of reserve and settle in memory with 16 producers" * doctest::skip()) {
  ManualClock clock(test::kStart);
  const auto database = store::open_database({.url = "sqlite::memory:", .clock = &clock});
  store::migrate(*database);
  std::printf("reserve + settle in memory: %.0f pairs/s\n", pairs_per_second(*database, 16));
}

TEST_CASE("speed of reserve and settle on SQLite" * doctest::skip()) {
  for (const int producers : {16, 64}) {
    const auto path = std::filesystem::temp_directory_path() / ("billing_speed_" + std::to_string(::getpid()) + ".db");
    ManualClock clock(test::kStart);
    {
      const auto database = store::open_database({.url = "sqlite:" + path.string(), .clock = &clock});
      store::migrate(*database);
      std::printf("reserve + settle, %d producers: %.0f pairs/s\n", producers, pairs_per_second(*database, producers));
      CHECK(reconcile(*database, std::nullopt).empty());
    }
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
  }
}

}  // namespace guildhall::billing
