// Evaluations with the real program: killed while it asks, and asked on the command line.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include <poll.h>

#include "database_view.h"
#include "support/server_process.h"
#include "world.h"

using namespace guildhall;
using namespace guildhall::test;

namespace {

constexpr int kCases = 400;
constexpr int kKills = 5;

std::string example_file(const std::string& path) {
  return std::string(std::getenv("GUILDHALL_SOURCE_DIR")) + "/examples/" + path;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::int64_t done_of(const json::Value& run) {
  return json::integer_of(*json::find(run, "progress"), "done").value_or(-1);
}

/// The evaluation once `is_enough` holds of it.
template <class IsEnough>
json::Value await_run(Wire& wire, const std::string& path, const std::string& token, IsEnough&& is_enough) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (true) {
    const json::Value run = ask(wire, "GET", path, token);
    if (is_enough(run)) return run;
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("the evaluation stands still: " + json::write(run));
    poll(nullptr, 0, 5);
  }
}

std::string many_questions() {
  std::string lines;
  for (int i = 0; i < kCases; ++i)
    lines += "{\"question\":\"What is the number " + std::to_string(i) + " of the list?\",\"expect\":\"refuse\"}\n";
  return lines;
}

/// `guildhall evaluate` of the sample help centre with these questions.
ProgramRun evaluate(const std::filesystem::path& folder, const std::string& questions, std::vector<std::string> more = {}) {
  const auto file = folder / "questions.csv";
  std::ofstream(file) << questions;
  std::vector<std::string> arguments{"evaluate",    example_file("flows/support-agent.json"),
                                     "--questions", file.string(),
                                     "--knowledge", example_file("helpcentre/en")};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_program(arguments);
}

}  // namespace

TEST_CASE("an evaluation killed five times ends with one result and one ledger row a case") {
  for_each_place([](const Place& place) {
    ServerProcess server(place.data, place.database_url);
    server.start();
    Seller seller;
    Buyer buyer;
    {
      Wire wire(server.port());
      seller = make_seller(wire, seller_named("seller"));
      buyer = make_buyer(wire, "buyer", seller);
    }
    const std::string& token = buyer.person.token;
    const std::string evaluation = "/api/v1/access/" + buyer.subscription + "/evaluation";
    std::string run;
    {
      Wire wire(server.port());
      const std::string set = id_at(ask(wire, "POST", evaluation + "/sets", token, json::Object{{"name", "Many"}}, 201), "id");
      auto headers = bearer(token);
      for (auto& [name, value] : headers)
        if (name == "Content-Type") value = "application/x-ndjson";
      REQUIRE(wire.send("POST", evaluation + "/sets/" + set + "/cases", headers, many_questions()).status == 200);
      run = evaluation + "/runs/" +
            id_at(ask(wire, "POST", evaluation + "/sets/" + set + "/runs", token, json::Object{}, 202), "id");
    }
    for (int kill = 1; kill <= kKills; ++kill) {
      {
        Wire wire(server.port());
        await_run(wire, run, token, [&](const json::Value& now) { return done_of(now) >= kill * kCases / (kKills + 2); });
      }
      server.kill_hard();
      // The dead server's lease would run out after a minute.
      open_view(place)->write([](store::Tx& tx) { tx.execute("UPDATE job SET lease_until = 0 WHERE state = 'running'"); });
      server.start();
    }
    Wire wire(server.port());
    const auto ended = await_run(wire, run, token, [](const json::Value& now) { return json::text_of(now, "state") == "DONE"; });
    CHECK(done_of(ended) == kCases);
    const auto database = open_view(place);
    // And one of the run that follows a publish.
    CHECK(count_rows(*database, "SELECT count(*) FROM usage_record WHERE kind = 'test'") == kCases + 1);
    CHECK(count_rows(*database, "SELECT count(*) FROM evaluation_result WHERE result IS NOT NULL") == kCases);
    CHECK(count_rows(*database, "SELECT count(*) FROM session WHERE channel = 'evaluation'") == 0);
    CHECK(server.stop() == 0);
  });
}

TEST_CASE("a flow is scored on the command line, and compared with its own report") {
  const ScratchPath folder;
  const std::string questions =
      "question,language,expect,document,quote\n"
      "How long do I have to return an order?,en,answer,returns.md,within 60 days\n"
      "What is the capital of Mongolia?,en,refuse,,\n";
  const auto run = evaluate(folder.path(), questions);
  CHECK_MESSAGE(run.exit_code == 0, run.out, run.err);
  CHECK(contains(run.out, "hit@5"));
  CHECK(contains(run.out, "total"));
  const auto printed = evaluate(folder.path(), questions, {"--json"});
  REQUIRE(printed.exit_code == 0);
  const json::Value report = json::parse_or_refuse(printed.out);
  CHECK(json::integer_of(*json::find(*json::find(report, "report"), "total"), "cases") == 2);
  const std::string before = (folder.path() / "report.json").string();
  std::ofstream(before) << printed.out;
  const auto compared = evaluate(folder.path(), questions, {"--compare", before});
  CHECK_MESSAGE(compared.exit_code == 0, compared.out, compared.err);
  CHECK(contains(compared.out, "compared: 0 better, 0 worse, 2 the same, 0 new, 0 gone"));
}

TEST_CASE("a failing required case and a missed floor end with status 1") {
  const ScratchPath folder;
  const std::string required = "question,language,expect,required\nHow long do I have to return an order?,en,refuse,yes\n";
  const auto failed = evaluate(folder.path(), required);
  CHECK(failed.exit_code == 1);
  CHECK(contains(failed.out, "failed (required) [en] How long do I have to return an order?: not_refused"));
  CHECK(contains(failed.out, "gate: a required case fails"));
  const std::string wanted = "question,language,expect\nHow long do I have to return an order?,en,refuse\n";
  CHECK(evaluate(folder.path(), wanted).exit_code == 0);
  const auto low = evaluate(folder.path(), wanted, {"--floors", "refusal_recall=0.5"});
  CHECK(low.exit_code == 1);
  CHECK(contains(low.out, "gate: refusal_recall is 0.000, below its floor 0.500"));
}

TEST_CASE("evaluate names the line and field of a bad question, and what else it cannot read") {
  const ScratchPath folder;
  const auto bad = evaluate(folder.path(), "question,expect\nok,answer\nq,guess\n");
  CHECK(bad.exit_code == 1);
  CHECK(contains(bad.err, "line 3, expect: is answer, refuse or handover"));
  const std::string good = "question\nWhat is the capital of Mongolia?\n";
  CHECK(contains(evaluate(folder.path(), good, {"--floors", "speed=1"}).err, "--floors takes hit_at_5"));
  CHECK(contains(evaluate(folder.path(), good, {"--floors", "hit_at_5=2"}).err, "--floors takes hit_at_5"));
  CHECK(contains(evaluate(folder.path(), good, {"--compare", example_file("flows/support-agent.json")}).err, "is no report"));
  CHECK(contains(evaluate(folder.path(), good, {"--compare", "/nonexistent"}).err, "cannot read /nonexistent"));
  CHECK(contains(run_program({"evaluate", example_file("flows/support-agent.json")}).err, "--questions FILE"));
  CHECK(contains(run_program({"evaluate"}).err, "give exactly one flow file"));
}
