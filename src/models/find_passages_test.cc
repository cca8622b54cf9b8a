// Searching with models that work, fail and hang: an answer always comes, and says when it is of words alone.
#include "models/find_passages.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "base/time.h"
#include "knowledge/dense.h"
#include "knowledge/documents.h"
#include "knowledge/extractor.h"
#include "models/embed_base.h"
#include "support/databases.h"
#include "support/stub_model.h"

namespace guildhall::models {
namespace {

using guildhall::test::for_each_database;

struct SearchBench {
  explicit SearchBench(store::Database& opened) : database(opened) {
    base = database.write([&](store::Tx& tx) { return knowledge::base_named(scope, tx, "help"); });
    add("warranty.md", "# Warranty\n\nThe warranty of every bicycle lasts five years.");
    add("refunds.md", "# Money\n\nWe send the refund within ten days.");
    add("shop.md", "# Shop\n\nOur workshop in Valencia opens at nine.");
  }

  void add(const std::string& filename, const std::string& text) {
    knowledge::NewDocument wanted;
    wanted.filename = filename;
    wanted.content = text;
    const auto document = database.write([&](store::Tx& tx) { return knowledge::add_document(scope, tx, base, wanted); });
    knowledge::index_document(database, knowledge::Extractor::in_process(), scope.organization, document.id);
  }
  Endpoint endpoint(std::string model) const {
    return {.provider = "openai", .base_url = stub.base_url(), .api_key = Secret("sk-test"), .model = std::move(model)};
  }

  /// Runs the jobs of embedding that are due, as the server does.
  void run_embedding(SearchModels& with) {
    for (int round = 0; round < 5; ++round) {
      const auto jobs = database.read([&](store::Tx& tx) { return delivery::list_jobs(tx, delivery::JobState::waiting, 50); });
      for (const auto& row : jobs)
        if (row.job.kind == "knowledge.embed") embed_base(database, with, row.job, {});
    }
  }
  void prepare(SearchModels& with) {
    database.write([&](store::Tx& tx) { knowledge::prepare_dense(scope, tx, base, with.model_name()); });
    run_embedding(with);
  }
  void enable(SearchModels& with) {
    database.write([&](store::Tx& tx) {
      knowledge::change_dense(scope, tx, base, {}, with.model_name(),
                              {.is_enabled = true, .weight = {}, .fusion = {}, .override_reason = "a test"});
    });
  }
  knowledge::Retrieved find(SearchModels* with, std::string query, std::size_t top_k = 5) {
    knowledge::RetrieveRequest request;
    request.query = std::move(query);
    request.top_k = top_k;
    return find_passages(scope, database, indexes, with, {base}, request);
  }
  knowledge::DenseState state(SearchModels& with) {
    return database.read([&](store::Tx& tx) { return knowledge::dense_state(scope, tx, base, {}, with.model_name()); });
  }
  std::size_t queries_embedded() const { return stub.search_requests().size(); }

  test::StubModel stub;
  net::Client client{net::ClientOptions{.allowed = {{"127.0.0.1", stub.port()}}, .connections_per_host_max = 8, .resolve = {}}};
  store::Database& database;
  knowledge::Indexes indexes;
  Scope scope = identity::system_scope(OrganizationId::random(), "test");
  KnowledgeBaseId base;
};

}  // namespace

TEST_CASE("the work of embedding fills a base, and a search by vectors finds a paraphrase") {
  for_each_database([](store::Database& database, ManualClock&) {
    SearchBench bench(database);
    SearchModels with(bench.client, bench.endpoint("letters"));
    CHECK(bench.find(&with, "reimbursement").passages.empty());
    bench.prepare(with);
    CHECK(bench.state(with).vectors == 3);
    CHECK_FALSE(bench.state(with).is_embedding);
    bench.stub.forget_requests();
    CHECK(bench.find(&with, "reimbursement").passages.empty());
    CHECK(bench.queries_embedded() == 0);  // off: no model is asked
    bench.enable(with);
    const auto found = bench.find(&with, "reimbursement");
    REQUIRE_FALSE(found.passages.empty());
    CHECK(found.is_hybrid);
    CHECK_FALSE(found.is_degraded);
    CHECK(found.passages[0].title == "Money");
    bench.find(&with, "reimbursement");
    CHECK(bench.queries_embedded() == 1);  // the second time it is known
    CHECK(bench.find(nullptr, "reimbursement").passages.empty());
  });
}

TEST_CASE("a query that cannot be embedded is answered by words, and says so") {
  for_each_database([](store::Database& database, ManualClock&) {
    SearchBench bench(database);
    SearchModels with(bench.client, bench.endpoint("letters"));
    bench.prepare(with);
    bench.enable(with);
    for (const char* trouble : {"stub:500", "stub:garbage", "stub:count", "stub:nan", "stub:size=8", "stub:hang"}) {
      CAPTURE(trouble);
      const std::int64_t begun_us = monotonic_us();
      const auto found = bench.find(&with, std::string(trouble) + " how long is the warranty of a bicycle");
      CHECK(monotonic_us() - begun_us < 2'000'000);
      CHECK(found.is_degraded);
      CHECK_FALSE(found.is_hybrid);
      REQUIRE_FALSE(found.passages.empty());
      CHECK(found.passages[0].title == "Warranty");
      CHECK_FALSE(found.passages[0].cosine);
    }
    CHECK_FALSE(bench.find(&with, "how long is the warranty").is_degraded);
  });
}

TEST_CASE("the caller's own deadline is kept, and one who left is not answered") {
  for_each_database([](store::Database& database, ManualClock&) {
    SearchBench bench(database);
    SearchModels with(bench.client, bench.endpoint("letters"));
    bench.prepare(with);
    bench.enable(with);
    knowledge::RetrieveRequest request;
    request.query = "stub:hang warranty";
    const std::int64_t begun_us = monotonic_us();
    const auto found = find_passages(bench.scope, database, bench.indexes, &with, {bench.base}, request,
                                     {.deadline_us = begun_us + 50'000, .stop = {}});
    CHECK(found.is_degraded);
    CHECK(monotonic_us() - begun_us < 400'000);
    std::stop_source gone;
    gone.request_stop();
    CHECK_THROWS_AS(find_passages(bench.scope, database, bench.indexes, &with, {bench.base}, request,
                                  {.deadline_us = 0, .stop = gone.get_token()}),
                    net::OutboundError);
  });
}

TEST_CASE("an embedding model that fails leaves its reason with the base, and the job is tried again") {
  for_each_database([](store::Database& database, ManualClock&) {
    SearchBench bench(database);
    SearchModels broken(bench.client, bench.endpoint("stub:garbage"));
    CHECK_THROWS_AS(bench.prepare(broken), Refusal);
    CHECK(bench.state(broken).error.find("no list of vectors") != std::string::npos);
    CHECK(bench.state(broken).is_embedding);
    CHECK(bench.state(broken).vectors == 0);
    delivery::Job last;
    database.read([&](store::Tx& tx) {
      for (const auto& row : delivery::list_jobs(tx, delivery::JobState::waiting, 50))
        if (row.job.kind == "knowledge.embed") last = row.job;
    });
    last.attempt = 10;
    embed_base(database, broken, last, {});
    CHECK_FALSE(bench.state(broken).is_embedding);
    SearchModels none(bench.client, std::nullopt);
    bench.add("more.md", "More text.");
    bench.run_embedding(none);
    CHECK(bench.state(broken).error.find("no embedding model") != std::string::npos);
  });
}

TEST_CASE("both ways of one query are measured though the base is off") {
  for_each_database([](store::Database& database, ManualClock&) {
    SearchBench bench(database);
    SearchModels with(bench.client, bench.endpoint("letters"));
    knowledge::RetrieveRequest request;
    request.query = "reimbursement";
    CHECK_FALSE(find_both_ways(bench.scope, database, bench.indexes, with, bench.base, request).hybrid);
    bench.prepare(with);
    const auto both = find_both_ways(bench.scope, database, bench.indexes, with, bench.base, request);
    CHECK(both.lexical.passages.empty());
    REQUIRE(both.hybrid);
    CHECK(both.hybrid->passages[0].title == "Money");
    request.query = "stub:garbage warranty";
    CHECK_FALSE(find_both_ways(bench.scope, database, bench.indexes, with, bench.base, request).hybrid);
  });
}

TEST_CASE("a rerank model orders the passages; without it the order of the search stays") {
  for_each_database([](store::Database& database, ManualClock&) {
    SearchBench bench(database);
    for (int i = 0; i < 30; ++i)
      bench.add("n" + std::to_string(i) + ".md", "Bicycle number " + std::to_string(i) + " of the shop.");
    SearchModels with(bench.client, std::nullopt, bench.endpoint("ranker"));
    const auto plain = bench.find(nullptr, "bicycle shop number 7", 20);
    const auto found = bench.find(&with, "bicycle shop number 7", 3);
    REQUIRE(found.passages.size() == 3);
    CHECK_FALSE(found.is_degraded);
    CHECK(found.passages[0].text.find("number 7 ") != std::string::npos);
    CHECK(found.passages[0].score == plain.passages[0].score);
    CHECK(json::find_array(bench.stub.search_requests()[0], "documents")->size() == 20);
    for (const char* trouble : {"stub:500", "stub:hang"}) {
      CAPTURE(trouble);
      const auto asked = std::string(trouble) + " bicycle shop number 7";
      const auto lexical = bench.find(nullptr, asked, 3);
      const auto fallen = bench.find(&with, asked, 3);
      CHECK(fallen.is_degraded);
      REQUIRE(fallen.passages.size() == 3);
      for (std::size_t i = 0; i < 3; ++i) CHECK(fallen.passages[i].chunk == lexical.passages[i].chunk);
    }
  });
}

TEST_CASE("vectors of queries are kept apart by organization and model, the oldest leaving first") {
  QueryVectors vectors(2);
  const auto a = OrganizationId::random();
  const auto b = OrganizationId::random();
  vectors.keep({a, "m", "q"}, {1});
  vectors.keep({b, "m", "q"}, {2});
  CHECK(vectors.find({a, "m", "q"}) == std::vector<float>{1});
  CHECK(vectors.find({b, "m", "q"}) == std::vector<float>{2});
  CHECK_FALSE(vectors.find({a, "other", "q"}));
  vectors.find({a, "m", "q"});
  vectors.keep({a, "m", "r"}, {3});
  CHECK_FALSE(vectors.find({b, "m", "q"}));
  CHECK(vectors.find({a, "m", "q"}));
  CHECK(vectors.find({a, "m", "r"}));
}

}  // namespace guildhall::models
