// Random sequences of reserving, settling, repeating, expiring and adjusting, compared step by step with plain maps.
#include <doctest/doctest.h>

#include <cstdio>
#include <map>
#include <random>

#include "base/errors.h"
#include "billing_samples.h"

namespace guildhall::billing {

using namespace samples;

namespace {

struct Amounts {
  Decimal used;
  Decimal reserved;
  bool operator==(const Amounts&) const = default;
};

struct OpenRun {
  std::size_t customer = 0;
  Decimal units;
  Cycle cycle;
  Timestamp expires_at;
};

constexpr int kSteps = 2'500;

/// What the tables must say, kept in maps.
struct Oracle {
  using Key = std::tuple<std::size_t, QuotaScope, Cycle>;
  std::map<Key, Amounts> amounts;
  std::map<std::string, OpenRun> open;
  std::map<std::string, Decimal> settled;

  static Decimal counted(QuotaScope scope, const Decimal& units) {
    if (scope != QuotaScope::organization) return units;
    return units.is_zero() ? Decimal() : Decimal(1);
  }
  static constexpr std::array kScopes{QuotaScope::key, QuotaScope::subscription, QuotaScope::organization};

  std::optional<QuotaScope> reserve(const std::string& id, const OpenRun& run, const Limits& limits) {
    const std::array<std::optional<Decimal>, 3> by_scope{limits.key, limits.subscription, limits.organization};
    for (const QuotaScope scope : kScopes) {
      const Amounts& held = amounts[{run.customer, scope, run.cycle}];
      const auto& limit = by_scope.at(static_cast<std::size_t>(scope));
      if (limit && held.used + held.reserved + counted(scope, run.units) > *limit) return scope;
    }
    for (const QuotaScope scope : kScopes) amounts[{run.customer, scope, run.cycle}].reserved += counted(scope, run.units);
    open[id] = run;
    return std::nullopt;
  }

  bool settle(const std::string& id, std::size_t customer, const Cycle& cycle, const Decimal& units, bool is_run) {
    if (const auto run = open.find(id); run != open.end()) {
      for (const QuotaScope scope : kScopes) {
        amounts[{run->second.customer, scope, run->second.cycle}].reserved -= counted(scope, run->second.units);
      }
      open.erase(run);
    }
    if (!settled.emplace(id, units).second) return false;
    for (const QuotaScope scope : kScopes) {
      if (scope == QuotaScope::organization && !is_run) continue;
      amounts[{customer, scope, cycle}].used += counted(scope, units);
    }
    return true;
  }
};

class Walk {
 public:
  Walk(store::Database& database, ManualClock& clock, std::uint64_t seed) : database_(database), clock_(clock), random_(seed) {}

  void step(int number) {
    clock_.advance(seconds(static_cast<std::int64_t>(below(2'000))));
    const std::size_t choice = below(10);
    if (choice < 4) {
      reserve_one("r" + std::to_string(number));
    } else if (choice < 7) {
      settle_one(number);
    } else if (choice < 8) {
      adjust_one("a" + std::to_string(number));
    } else if (choice < 9) {
      repeat_one();
    } else {
      release();
    }
    check();
  }

  void check_ledger() { CHECK(reconcile(database_, std::nullopt).empty()); }

 private:
  std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }
  Decimal some_units() { return Decimal::of_units(static_cast<std::int64_t>(below(4'000'000)), 6); }
  Decimal whole_or_part() { return below(4) == 0 ? Decimal() : some_units(); }
  Cycle cycle() const { return cycle_of(clock_.now()); }
  std::optional<Decimal> some_limit() {
    if (below(2) == 0) return std::nullopt;
    return Decimal(static_cast<std::int64_t>(below(400)));
  }

  void reserve_one(const std::string& id) {
    const OpenRun run{below(customers_.size()), whole_or_part(), cycle(), clock_.now() + seconds(4'000)};
    const Limits limits{some_limit(), some_limit(), some_limit()};
    Reservation reservation = reservation_of(customers_[run.customer], id, limits, run.units);
    reservation.cycle = run.cycle;
    reservation.expires_at = run.expires_at;
    reservation.orphan.occurred_at = clock_.now();
    const auto full = database_.write([&](store::Tx& tx) { return reserve(tx, reservation); });
    const auto expected = oracle_.reserve(id, run, limits);
    REQUIRE(full.has_value() == expected.has_value());
    if (full) REQUIRE(full->scope == *expected);
  }

  void settle_one(int number) {
    std::string id = "x" + std::to_string(number);
    std::size_t customer = below(customers_.size());
    if (!oracle_.open.empty() && below(4) != 0) {
      const auto open = std::next(oracle_.open.begin(), static_cast<std::ptrdiff_t>(below(oracle_.open.size())));
      id = open->first;
      customer = open->second.customer;
    }
    settle_as(id, customer, whole_or_part());
  }

  void repeat_one() {
    if (oracle_.settled.empty()) return;
    const auto settled = std::next(oracle_.settled.begin(), static_cast<std::ptrdiff_t>(below(oracle_.settled.size())));
    settle_as(settled->first, customer_of_.at(settled->first), some_units());
  }

  void settle_as(const std::string& id, std::size_t customer, const Decimal& units) {
    UsageRecord record = run_of(customers_[customer], id, units);
    record.occurred_at = clock_.now();
    record.cycle = cycle();
    const bool is_new = database_.write([&](store::Tx& tx) { return settle(tx, record); });
    customer_of_.emplace(id, customer);
    REQUIRE(is_new == oracle_.settle(id, customer, cycle(), units, true));
  }

  void adjust_one(const std::string& id) {
    const std::size_t customer = below(customers_.size());
    UsageRecord record = run_of(customers_[customer], id, below(2) == 0 ? some_units() : -some_units());
    record.kind = UsageKind::adjustment;
    record.occurred_at = clock_.now();
    record.cycle = cycle();
    REQUIRE(database_.write([&](store::Tx& tx) { return append_usage(tx, record); }));
    customer_of_.emplace(id, customer);
    REQUIRE(oracle_.settle(id, customer, cycle(), record.units, false));
  }

  void release() {
    const std::int64_t released = database_.write([&](store::Tx& tx) { return release_orphans(tx); });
    std::vector<std::string> expired;
    for (const auto& [id, run] : oracle_.open) {
      if (run.expires_at <= clock_.now()) expired.push_back(id);
    }
    REQUIRE(released == static_cast<std::int64_t>(expired.size()));
    for (const std::string& id : expired) {
      const OpenRun run = oracle_.open.at(id);
      customer_of_.emplace(id, run.customer);
      REQUIRE(oracle_.settle(id, run.customer, run.cycle, Decimal(), true));
    }
  }

  void check() {
    database_.read([&](store::Tx& tx) {
      for (std::size_t i = 0; i < customers_.size(); ++i) {
        for (const QuotaScope scope : Oracle::kScopes) {
          const Customer& customer = customers_[i];
          const Uuid id = scope == QuotaScope::key            ? customer.key.uuid
                          : scope == QuotaScope::subscription ? customer.subscription.uuid
                                                              : customer.organization.uuid;
          const Quota quota = quota_of(tx, customer.organization, scope, id, cycle(), std::nullopt);
          const Amounts& expected = oracle_.amounts[{i, scope, cycle()}];
          REQUIRE(quota.used == expected.used);
          REQUIRE(quota.reserved == expected.reserved);
        }
      }
    });
  }

  store::Database& database_;
  ManualClock& clock_;
  std::mt19937_64 random_;
  std::array<Customer, 3> customers_;
  Oracle oracle_;
  std::map<std::string, std::size_t> customer_of_;
};

}  // namespace

TEST_CASE("random sequences of runs keep the counters equal to an oracle and to the ledger") {
  const std::uint64_t seed = std::random_device{}();
  std::printf("quota_property_test seed %llu\n", static_cast<unsigned long long>(seed));
  CAPTURE(seed);
  test::for_each_database([&](store::Database& database, ManualClock& clock) {
    Walk walk(database, clock, seed);
    for (int i = 0; i < kSteps; ++i) {
      walk.step(i);
      if (i % 500 == 0) walk.check_ledger();
    }
    walk.check_ledger();
  });
}

}  // namespace guildhall::billing
