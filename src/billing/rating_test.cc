// The worked quantities of contracts/cmp.md §9.8 that need no database.
#include "rating.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "component_totals.h"

namespace guildhall::billing {

namespace {

Timestamp at(std::string_view text) {
  return parse_timestamp(text).value();
}
Timestamp month_end(std::string_view text) {
  return last_instant(cycle_of(at(text)));
}

}  // namespace

TEST_CASE("quantity_of gives the worked cases of cmp 9.8") {
  struct Case {
    const char* row;
    const char* unit;
    Timestamp start;
    Timestamp end;
    const char* quantity;
  };
  const Case cases[] = {
      {"B1", "month", at("2016-11-01T14:00:00Z"), at("2016-11-08T14:00:00Z"), "0.27"},
      {"B3", "hour", at("2016-11-01T10:00:00Z"), at("2016-11-01T14:00:00Z"), "4"},
      {"B4", "day", at("2017-01-01"), at("2017-01-31"), "30"},
      {"B5", "month", at("2014-02-27"), month_end("2014-02-27"), "0.08"},
      {"B6 old plan", "month", at("2018-01-01"), at("2018-01-15"), "0.49"},
      {"B6 new plan", "month", at("2018-01-15"), month_end("2018-01-15"), "0.55"},
      {"B7 at once", "month", at("2014-02-07"), at("2014-02-07"), "0.04"},
      {"B7 two days", "month", at("2014-02-07"), at("2014-02-09"), "0.11"},
      {"B12 January", "month", at("2017-01-15"), month_end("2017-01-15"), "0.55"},
      {"B12 February", "month", at("2017-02-01"), month_end("2017-02-01"), "1"},
      {"G6 1-20", "half_month", at("2017-01-01"), at("2017-01-20T12:00:00Z"), "1.33"},
      {"G6 10-31", "half_month", at("2017-01-10"), month_end("2017-01-10"), "1.39"},
      {"G6 5-12", "half_month", at("2017-01-05"), at("2017-01-12"), "0.52"},
      {"first half", "half_month", at("2017-01-01"), at("2017-01-15"), "1"},
      {"second half", "half_month", at("2017-01-16"), month_end("2017-01-16"), "1"},
      {"both halves", "half_month", at("2017-01-01"), month_end("2017-01-01"), "2"},
      {"1-10", "half_month", at("2017-01-01"), at("2017-01-10"), "0.65"},
      {"quarter", "quarter", at("2017-02-10"), month_end("2017-02-10"), "1"},
      {"quantity", "quantity", at("2017-02-10"), month_end("2017-02-10"), "1"},
      {"whole month by day", "day", at("2017-02-01"), month_end("2017-02-01"), "28"},
      {"whole month by hour", "hour", at("2017-02-01"), month_end("2017-02-01"), "672"},
      {"no time by hour", "hour", at("2017-02-01"), at("2017-02-01"), "0"},
      {"leap year", "month", at("2024-02-15"), month_end("2024-02-15"), "0.52"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.row);
    CHECK(quantity_of(one.unit, one.start, one.end).text() == one.quantity);
  }
}

TEST_CASE("B2: 14 days end at the first instant of the next month, which is one past the item's last") {
  CHECK(quantity_of("day", at("2016-11-17T14:00:00Z"), month_end("2016-11-17")) == Decimal(14));
}

TEST_CASE("quantity_of refuses spans over two months, backward spans and unknown units") {
  CHECK_THROWS_AS(quantity_of("month", at("2017-01-31"), at("2017-02-01")), std::logic_error);
  CHECK_THROWS_AS(quantity_of("month", at("2017-01-31"), at("2017-01-30")), std::logic_error);
  CHECK_THROWS_AS(quantity_of("week", at("2017-01-01"), at("2017-01-02")), std::logic_error);
}

TEST_CASE("G7, G8: prices round away from zero, tax is not rounded, the amount due is") {
  InvoiceItem item;
  item.unit_price = Decimal::of("0.001");
  item.quantity = Decimal(5);
  CHECK(item.price().text() == "0.01");
  item.unit_price = Decimal::of("-0.27");
  item.quantity = Decimal::of("10.01");
  CHECK(item.price().text() == "-2.71");
  Invoice invoice;
  invoice.tax_percent = Decimal(21);
  item.unit_price = Decimal::of("10.01");
  item.quantity = Decimal(1);
  invoice.items = {item};
  CHECK(invoice.price().text() == "10.01");
  CHECK(invoice.tax().text() == "2.1021");
  CHECK(invoice.total().text() == "12.1121");
  CHECK(invoice.amount_due().text() == "12.11");
}

TEST_CASE("limits of a month: B8, G1, G2, G3, G4") {
  const auto quantity = [](const char* unit, const std::vector<LimitPeriod>& periods) {
    return limit_quantity(unit, periods, periods.front().start, periods.back().end, false).text();
  };
  CHECK(quantity("day", {{at("2019-09-10"), at("2019-09-18"), 3}}) == "24");
  CHECK(quantity("month", {{at("2026-04-01"), at("2026-04-11"), 4}}) == "4");
  CHECK(quantity("day", {{at("2026-04-01"), at("2026-04-11"), 4}}) == "40");
  CHECK(quantity("half_month", {{at("2026-04-01"), at("2026-04-11"), 4}}) == "8");
  CHECK(quantity("month", {{at("2026-04-01"), at("2026-04-11"), 4}, {at("2026-04-11"), at("2026-04-21"), 8}}) == "6");

  const Timestamp start = at("2017-01-01");
  const Timestamp end = at("2017-02-01");
  const Timestamp change = at("2017-01-10T15:30:00Z");
  std::vector<LimitPeriod> up{{start, end, 10}};
  change_limit(up, change, start, end, 20);
  CHECK(up == std::vector<LimitPeriod>{{start, at("2017-01-10"), 10}, {at("2017-01-10"), end, 20}});
  CHECK(quantity("month", up) == "17.0967741935");
  std::vector<LimitPeriod> down{{start, end, 20}};
  change_limit(down, change, start, end, 10);
  CHECK(quantity("month", down) == "13.2258064516");
  std::vector<LimitPeriod> both{{start, end, 10}};
  change_limit(both, change, start, end, 5);
  change_limit(both, change, start, end, 20);
  CHECK(both == up);
  CHECK(multiplied(Decimal(2), Decimal::of("17.0967741935"), 2, Rounding::away).text() == "34.2");
  CHECK(multiplied(Decimal(2), Decimal::of("13.2258064516"), 2, Rounding::away).text() == "26.46");
}

TEST_CASE("a limit changed on its first and on the month's last day") {
  const Timestamp start = at("2017-01-05T14:00:00Z");
  const Timestamp end = at("2017-02-01");
  std::vector<LimitPeriod> first_day{{start, end, 10}};
  change_limit(first_day, start + seconds(60), start, end, 20);
  CHECK(first_day == std::vector<LimitPeriod>{{start, end, 20}});
  std::vector<LimitPeriod> last_day{{start, end, 10}};
  change_limit(last_day, at("2017-01-31T10:00:00Z"), start, end, 5);
  CHECK(last_day.back().limit == 5);
  CHECK(limit_quantity("month", last_day, start, end - 1, false) == Decimal(10));
  change_limit(last_day, at("2017-01-31T11:00:00Z"), start, end, 5);
  CHECK(last_day.size() == 2);
}

TEST_CASE("ending a limit cuts its periods, and one always remains") {
  const Timestamp start = at("2017-01-01");
  std::vector<LimitPeriod> periods{{start, at("2017-01-10"), 10}, {at("2017-01-10"), at("2017-02-01"), 20}};
  truncate(periods, at("2017-01-05"));
  CHECK(periods == std::vector<LimitPeriod>{{start, at("2017-01-05"), 10}});
  truncate(periods, start);
  CHECK(periods == std::vector<LimitPeriod>{{start, start, 10}});
  CHECK(limit_quantity("month", periods, start, start, false) == Decimal(10));
  CHECK(limit_quantity("day", periods, start, start, false) == Decimal(0));
}

TEST_CASE("overage is what lies above the quota, whatever was used before") {
  CHECK(overage_of(Decimal(0), Decimal(100), 100) == Decimal(0));
  CHECK(overage_of(Decimal(0), Decimal(101), 100) == Decimal(1));
  CHECK(overage_of(Decimal(90), Decimal(20), 100) == Decimal(10));
  CHECK(overage_of(Decimal(150), Decimal(20), 100) == Decimal(20));
  CHECK(overage_of(Decimal(150), Decimal(20), 1000) == Decimal(0));
}

}  // namespace guildhall::billing
