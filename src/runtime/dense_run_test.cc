// A run over a base that is searched by vectors: found by meaning, and answered by words when the embedding model is gone.
#include <doctest/doctest.h>

#include "knowledge/dense.h"
#include "models/embed_base.h"
#include "test_sketch.h"

namespace guildhall::runtime {
namespace {

using test::Sketch;
using test::Workbench;

/// The English help centre with vectors, switched on.
KnowledgeBaseId embedded_base(Workbench& bench, models::SearchModels& with) {
  const KnowledgeBaseId base = guildhall::test::helpcentre_base(*bench.database, bench.scope, {"en"});
  bench.database->write([&](store::Tx& tx) {
    knowledge::change_dense(bench.scope, tx, base, {}, with.model_name(),
                            {.is_enabled = true, .weight = {}, .fusion = {}, .override_reason = "a test"});
  });
  const auto jobs =
      bench.database->read([&](store::Tx& tx) { return delivery::list_jobs(tx, delivery::JobState::waiting, 1'000); });
  for (const auto& row : jobs)
    if (row.job.kind == "knowledge.embed") models::embed_base(*bench.database, with, row.job, {});
  return base;
}

}  // namespace

TEST_CASE("a run whose question cannot be embedded is answered by words and marked degraded") {
  Workbench bench;
  models::SearchModels with(
      bench.client,
      models::Endpoint{
          .provider = "openai", .base_url = bench.stub.base_url(), .api_key = Secret("sk-search"), .model = "letters"});
  bench.engine.search_models = &with;
  const KnowledgeBaseId base = embedded_base(bench, with);
  const auto ask = [&](const std::string& question) {
    RunRequest request = bench.request(question);
    request.knowledge_bases = {base};
    return bench.run(Sketch::model_chat(), request);
  };
  const RunResult well = ask("How long is a gift card valid?");
  CHECK_FALSE(well.is_degraded);
  CHECK(well.text().find("five years") != std::string::npos);
  CHECK(bench.stub.search_requests().size() > 1);
  // Vectors always have a nearest passage; it is no reason to answer.
  CHECK(ask("How high is Mount Everest?").outcome == models::Outcome::refused);
  for (const char* trouble : {"stub:500", "stub:hang"}) {
    CAPTURE(trouble);
    const RunResult fallen = ask(std::string(trouble) + " How long is a gift card valid?");
    CHECK(fallen.is_degraded);
    CHECK(fallen.text().find("five years") != std::string::npos);
  }
}

}  // namespace guildhall::runtime
