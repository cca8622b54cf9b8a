// ledger: usage events a second into a database on disk: reserve and settle, and deduplicated appends.
#include <fmt/core.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <thread>

#include "base/time.h"
#include "billing/quota.h"
#include "scenarios.h"
#include "store/database.h"
#include "store/migrations.h"
#include "support/databases.h"

namespace guildhall::bench {
namespace {

constexpr int kProducers = 64;
constexpr std::int64_t kMeasureUs = 5'000'000;
constexpr double kEventsPerSecondBar = 10'000;

struct Customer {
  OrganizationId organization = OrganizationId::random();
  SubscriptionId subscription = SubscriptionId::random();
  AccessKeyId key = AccessKeyId::random();
  OrganizationId provider = OrganizationId::random();
};

billing::UsageRecord record_of(const Customer& customer, const std::string& request_id, Timestamp now, billing::UsageKind kind) {
  billing::UsageRecord record;
  record.id = UsageRecordId::random();
  record.request_id = request_id;
  record.kind = kind;
  record.organization = customer.organization;
  record.subscription = customer.subscription;
  record.key = customer.key;
  record.provider = customer.provider;
  record.endpoint = "POST /api/v1/usage/external";
  record.method = "POST";
  record.status = 200;
  record.units = Decimal(1);
  record.occurred_at = now;
  record.cycle = cycle_of(now);
  return record;
}

/// Reserves and settles one run.
void meter_run(store::Database& database, const Customer& customer) {
  const std::string id = RequestId::random().text();
  const Timestamp now = database.clock().now();
  billing::Reservation reservation;
  reservation.request_id = id;
  reservation.organization = customer.organization;
  reservation.limits = {{billing::QuotaScope::subscription, customer.subscription.uuid, Decimal(1'000'000'000)},
                        {billing::QuotaScope::organization, customer.organization.uuid, std::nullopt}};
  reservation.cycle = cycle_of(now);
  reservation.expires_at = now + seconds(60);
  reservation.orphan = record_of(customer, id, now, billing::UsageKind::run);
  database.write([&](store::Tx& tx) { return billing::reserve(tx, reservation); });
  const auto record = record_of(customer, id, now, billing::UsageKind::run);
  database.write([&](store::Tx& tx) { return billing::settle(tx, record); });
}

/// Sends a batch of 100 events, every tenth of them a second time.
std::int64_t append_batch(store::Database& database, const Customer& customer) {
  std::vector<billing::UsageRecord> records;
  const Timestamp now = database.clock().now();
  for (int i = 0; i < 100; ++i)
    records.push_back(i % 10 == 9 ? records.back()
                                  : record_of(customer, RequestId::random().text(), now, billing::UsageKind::external));
  database.write([&](store::Tx& tx) {
    for (const auto& record : records) billing::append_usage(tx, record);
  });
  return static_cast<std::int64_t>(records.size());
}

double per_second(const std::function<std::int64_t(const Customer&)>& produce) {
  const std::int64_t began = monotonic_us();
  std::atomic<std::int64_t> done = 0;
  std::vector<std::thread> producers;
  for (int i = 0; i < kProducers; ++i)
    producers.emplace_back([&] {
      const Customer customer;
      while (monotonic_us() - began < kMeasureUs) done += produce(customer);
    });
  for (auto& producer : producers) producer.join();
  return static_cast<double>(done.load()) * 1e6 / static_cast<double>(monotonic_us() - began);
}

void measure(Report& report, const std::string& name, const std::string& url) {
  const SystemClock clock;
  const auto database = store::open_database({.url = url, .clock = &clock});
  store::migrate(*database);
  const double runs = per_second([&](const Customer& customer) {
    meter_run(*database, customer);
    return std::int64_t{1};
  });
  const double singles = per_second([&](const Customer& customer) {
    const auto record = record_of(customer, RequestId::random().text(), database->clock().now(), billing::UsageKind::external);
    for (int i = 0; i < 2; ++i) database->write([&](store::Tx& tx) { return billing::append_usage(tx, record); });
    return std::int64_t{2};
  });
  const double batched = per_second([&](const Customer& customer) { return append_batch(*database, customer); });
  report.add({name, "runs reserved and settled/s, 64 producers", count_text(runs), "two durable writes each", std::nullopt});
  report.add(
      {name, "events/s, one to a write, each sent twice", count_text(singles), "≥ 10,000", singles >= kEventsPerSecondBar});
  report.add({name, "events/s, a hundred to a write, a tenth repeated", count_text(batched), "≥ 10,000",
              batched >= kEventsPerSecondBar});
  if (const auto differences = billing::reconcile(*database, std::nullopt); !differences.empty())
    report.fail(name, fmt::format("reconcile found {} differences", differences.size()));
}

}  // namespace

void ledger(const Bench& bench, Report& report) {
  const Home home = sqlite_home(bench, "ledger");
  measure(report, "ledger SQLite", home.database_url);
  std::filesystem::remove_all(home.folder);
  if (!bench.postgres.empty()) measure(report, "ledger PostgreSQL", test::PostgresSchema(bench.postgres).url());
}

}  // namespace guildhall::bench
