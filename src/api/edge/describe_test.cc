// Described structs: every problem is named with its path, nothing else is.
#include "edge/describe.h"

#include <doctest/doctest.h>

using namespace guildhall;
using namespace guildhall::api;

namespace {

struct PlanShape {
  std::string name;
  std::int64_t price_cents = 0;
  std::optional<Decimal> rate;
};
BOOST_DESCRIBE_STRUCT(PlanShape, (), (name, price_cents, rate))

struct BodyShape {
  std::string version;
  std::optional<std::vector<PlanShape>> plans;
  std::optional<std::map<std::string, std::int64_t>> limits;
  std::optional<AgentId> agent;
  std::optional<Timestamp> at;
  std::optional<Date> on;
  std::optional<bool> default_;
};
BOOST_DESCRIBE_STRUCT(BodyShape, (), (version, plans, limits, agent, at, on, default_))

struct Case {
  const char* body;
  const char* path;
  const char* message;
};

ReadReport report_of(const char* text) {
  BodyShape body;
  ReadReport report;
  read(body, json::parse_or_refuse(text), "", report);
  return report;
}

}  // namespace

TEST_CASE("each wrong value is reported once, with its path") {
  const Case cases[] = {
      {"{}", "version", "is required"},
      {R"({"version":1})", "version", "must be a string"},
      {R"({"version":null})", "version", "must be a string"},
      {R"({"version":"a\u0000b"})", "version", "must not contain NUL"},
      {R"({"version":"1","plans":{}})", "plans", "must be an array"},
      {R"({"version":"1","plans":[1]})", "plans[0]", "must be an object"},
      {R"({"version":"1","plans":[{"name":"a","price_cents":"x"}]})", "plans[0].price_cents", "must be an integer"},
      {R"({"version":"1","plans":[{"name":"a","price_cents":1.5}]})", "plans[0].price_cents", "must be an integer"},
      {R"({"version":"1","plans":[{"name":"a","price_cents":18446744073709551615}]})", "plans[0].price_cents", "is too large"},
      {R"({"version":"1","plans":[{"price_cents":1}]})", "plans[0].name", "is required"},
      {R"({"version":"1","plans":[{"name":"a","price_cents":1,"rate":"1e3"}]})", "plans[0].rate",
       "must be a decimal number with at most 10 decimals"},
      {R"({"version":"1","limits":{"cpu":"4"}})", "limits.cpu", "must be an integer"},
      {R"({"version":"1","limits":[]})", "limits", "must be an object"},
      {R"({"version":"1","agent":"7"})", "agent", "must be a UUID"},
      {R"({"version":"1","at":"yesterday"})", "at", "must be a time in RFC 3339, like 2026-03-01T09:00:00Z"},
      {R"({"version":"1","on":"2026-02-30"})", "on", "must be a date like 2026-03-01"},
      {R"({"version":"1","default":"yes"})", "default", "must be true or false"},
  };
  for (const auto& each : cases) {
    CAPTURE(each.body);
    const auto report = report_of(each.body);
    REQUIRE(report.errors.size() == 1);
    CHECK(report.errors[0].path == each.path);
    CHECK(report.errors[0].message == each.message);
  }
}

TEST_CASE("all problems of a body are reported together") {
  const auto report = report_of(R"({"plans":[{"name":1,"price_cents":"x"}],"on":1})");
  REQUIRE(report.errors.size() == 4);
  CHECK(report.errors[0].path == "version");
  CHECK(report.errors[1].path == "plans[0].name");
  CHECK(report.errors[2].path == "plans[0].price_cents");
  CHECK(report.errors[3].path == "on");
}

TEST_CASE("members nobody asked for are named, at any depth") {
  const auto report = report_of(R"({"version":"1","colour":"red","plans":[{"name":"a","price_cents":1,"taste":2}]})");
  CHECK(report.errors.empty());
  CHECK(report.unknown == std::vector<std::string>{"plans[0].taste", "colour"});
}

TEST_CASE("what is read is written back") {
  BodyShape body;
  ReadReport report;
  const char* text =
      R"({"version":"1","plans":[{"name":"a","price_cents":2900,"rate":"0.5"}],"limits":{"cpu":4},"agent":"6f1c0a52-7a0e-4d15-9b1f-0a7a5b7c9d10",)"
      R"("at":"2026-03-01T09:00:00Z","on":"2026-03-01","default":true})";
  REQUIRE(read(body, json::parse_or_refuse(text), "", report));
  CHECK(json::write(written(body)) == text);
}

TEST_CASE("an identifier may come without dashes, a decimal as a number") {
  BodyShape body;
  ReadReport report;
  REQUIRE(read(
      body,
      json::parse_or_refuse(
          R"({"version":"1","agent":"6f1c0a527a0e4d159b1f0a7a5b7c9d10","plans":[{"name":"a","price_cents":1,"rate":29.05}]})"),
      "", report));
  CHECK(body.agent->text() == "6f1c0a52-7a0e-4d15-9b1f-0a7a5b7c9d10");
  CHECK(*body.plans->at(0).rate == Decimal::of("29.05"));
}

TEST_CASE("the schema says the same as the reader") {
  const json::Object schema = schema_of<BodyShape>();
  CHECK(json::write(schema.at("required")) == R"(["version"])");
  CHECK(json::write(schema.at("properties").at("agent")) == R"({"type":["string","null"],"format":"uuid"})");
  CHECK(json::write(schema.at("properties").at("default")) == R"({"type":["boolean","null"]})");
  CHECK(json::write(schema.at("properties").at("plans").at("items").at("required")) == R"(["name","price_cents"])");
}
