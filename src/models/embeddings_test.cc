// The embedding and rerank clients against a server that speaks the real wire formats, and misbehaves.
#include "models/embeddings.h"

#include <doctest/doctest.h>

#include <cmath>

#include "base/errors.h"
#include "base/time.h"
#include "models/limits.h"
#include "models/rerank.h"
#include "support/stub_model.h"

namespace guildhall::models {
namespace {

struct EmbeddingBench {
  test::StubModel stub;
  net::Client client{net::ClientOptions{.allowed = {{"127.0.0.1", stub.port()}}, .connections_per_host_max = 8, .resolve = {}}};

  Endpoint endpoint(std::string model = "small") const {
    return {.provider = "openai", .base_url = stub.base_url(), .api_key = Secret("sk-test"), .model = std::move(model)};
  }
  Embedded embed_with(const std::string& model, const std::vector<std::string>& texts) {
    return embed(client, endpoint(model), texts, {});
  }
  Code refused_with(const std::string& model, const std::vector<std::string>& texts) {
    try {
      embed_with(model, texts);
    } catch (const Refusal& refusal) {
      CHECK(refusal.message.find("UPSTREAM-BODY") == std::string::npos);
      return refusal.code;
    }
    return Code::internal_error;
  }
};

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

}  // namespace

TEST_CASE("each text becomes a vector of length 1, in the order of the texts") {
  EmbeddingBench bench;
  const Embedded embedded = bench.embed_with("small", {"a red car", "the doctor", "a red automobile"});
  REQUIRE(embedded.vectors.size() == 3);
  CHECK(embedded.usage.input_tokens == 8);
  CHECK_FALSE(embedded.usage.is_estimated);
  for (const auto& vector : embedded.vectors) {
    CHECK(vector.size() == 256);
    CHECK(cosine(vector, vector) == doctest::Approx(1).epsilon(1e-5));
  }
  CHECK(cosine(embedded.vectors[0], embedded.vectors[2]) == doctest::Approx(1).epsilon(1e-5));
  CHECK(cosine(embedded.vectors[0], embedded.vectors[1]) < 0.5);
  REQUIRE(bench.stub.search_requests().size() == 1);
  CHECK(json::write(bench.stub.search_requests()[0]) ==
        R"({"model":"small","input":["a red car","the doctor","a red automobile"],"encoding_format":"float"})");
}

TEST_CASE("many texts go in several requests, and no text in none") {
  EmbeddingBench bench;
  const std::vector<std::string> texts(kEmbeddingBatchMax * 2 + 1, "again");
  CHECK(bench.embed_with("small", texts).vectors.size() == texts.size());
  CHECK(bench.stub.search_requests().size() == 3);
  CHECK(bench.embed_with("small", {}).vectors.empty());
  CHECK(bench.stub.search_requests().size() == 3);
}

TEST_CASE("base64, another order and no usage are understood") {
  EmbeddingBench bench;
  const auto plain = bench.embed_with("small", {"one thing", "and another"}).vectors;
  for (const char* model : {"stub:base64", "stub:order", "stub:nousage"}) {
    CAPTURE(model);
    const Embedded embedded = bench.embed_with(model, {"one thing", "and another"});
    REQUIRE(embedded.vectors.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) CHECK(cosine(embedded.vectors[i], plain[i]) == doctest::Approx(1).epsilon(1e-5));
    CHECK(embedded.usage.is_estimated == (std::string_view(model) == "stub:nousage"));
    CHECK(embedded.usage.input_tokens > 0);
  }
}

TEST_CASE("an answer that is no list of vectors is the server's failure") {
  EmbeddingBench bench;
  for (const char* model : {"stub:count", "stub:sizes", "stub:nan", "stub:zero", "stub:garbage", "stub:size=5000", "stub:500"}) {
    CAPTURE(model);
    CHECK(bench.refused_with(model, {"one", "two"}) == Code::upstream_error);
  }
  CHECK(bench.embed_with("stub:size=4096", {"one"}).vectors[0].size() == 4096);
}

TEST_CASE("429 is tried again twice") {
  EmbeddingBench bench;
  CHECK(bench.embed_with("stub:429x2", {"one"}).vectors.size() == 1);
  CHECK(bench.stub.search_requests().size() == 3);
}

TEST_CASE("texts the server finds too long are asked one by one and cut in half until they are taken") {
  EmbeddingBench bench;
  const std::string text(4'000, 'a');
  const Embedded embedded = bench.embed_with("stub:long=1000", {"short", text});
  REQUIRE(embedded.vectors.size() == 2);
  const auto requests = bench.stub.search_requests();
  CHECK(json::find_array(requests.back(), "input")->at(0).as_string().size() == 1'000);
  CHECK(bench.refused_with("stub:long=100", {text}) == Code::upstream_error);
}

TEST_CASE("a server that never answers ends at the deadline") {
  EmbeddingBench bench;
  CallOptions options;
  options.deadline_us = monotonic_us() + 60'000;
  CHECK_THROWS_AS(embed(bench.client, bench.endpoint("stub:hang"), {"one"}, options), Refusal);
  CHECK(monotonic_us() < options.deadline_us + 400'000);
}

TEST_CASE("reranking gives each document its relevance") {
  EmbeddingBench bench;
  const auto relevances = rerank(bench.client, bench.endpoint("ranker"), "red car", {"a blue car", "a red car", "green"}, {});
  REQUIRE(relevances.size() == 3);
  CHECK(relevances[0] == doctest::Approx(0.1));
  CHECK(relevances[1] == doctest::Approx(0.2));
  CHECK(relevances[2] == doctest::Approx(0));
  CHECK(json::write(bench.stub.search_requests()[0]) ==
        R"({"model":"ranker","query":"red car","documents":["a blue car","a red car","green"],"top_n":3})");
  for (const char* model : {"stub:count", "stub:garbage", "stub:500"}) {
    CAPTURE(model);
    CHECK_THROWS_AS(rerank(bench.client, bench.endpoint(model), "red car", {"a", "b"}, {}), Refusal);
  }
}

}  // namespace guildhall::models
