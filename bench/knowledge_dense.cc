// Searching by vectors: how long the exact scan takes, and, with a real embedding model, what it is worth.
//
// GUILDHALL_BENCH_EMBEDDINGS_URL names an OpenAI-compatible server ("http://127.0.0.1:8000/v1"), GUILDHALL_BENCH_EMBEDDINGS_MODEL
// its model, GUILDHALL_BENCH_EMBEDDINGS_KEY its key. Without the first, hybrid ranking is skipped by name.
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>

#include "base/time.h"
#include "delivery/jobs.h"
#include "knowledge.h"
#include "knowledge/dense.h"
#include "knowledge/documents.h"
#include "knowledge/extractor.h"
#include "knowledge/retrieve.h"
#include "knowledge/vectors.h"
#include "knowledge_scores.h"
#include "models/embed_base.h"
#include "models/find_passages.h"
#include "net/client.h"
#include "store/migrations.h"

namespace guildhall::bench {
namespace {

constexpr std::size_t kDenseChunks = 100'000;
constexpr std::size_t kRowsPerFile = 10'000;
constexpr std::size_t kDimensions = 384;
constexpr std::size_t kDenseQueries = 1'000;
constexpr std::size_t kDenseAskers = 4;
constexpr std::string_view kRandomModel = "random";

std::vector<float> random_unit(std::mt19937_64& random) {
  std::normal_distribution<float> normal;
  std::vector<float> vector(kDimensions);
  float squares = 0;
  for (float& number : vector) {
    number = normal(random);
    squares += number * number;
  }
  for (float& number : vector) number /= std::sqrt(squares);
  return vector;
}

/// A base that is searched by vectors, through the rooms' public functions alone.
class DenseRoom {
 public:
  explicit DenseRoom(const std::string& url) : database_(store::open_database({.url = url, .clock = &clock_})) {
    store::migrate(*database_);
    base_ = database_->write([&](store::Tx& tx) { return knowledge::base_named(scope_, tx, "benchmark"); });
  }

  void add(const std::string& filename, const std::string& text) {
    knowledge::NewDocument wanted;
    wanted.filename = filename;
    wanted.content = text;
    const auto document = database_->write([&](store::Tx& tx) { return knowledge::add_document(scope_, tx, base_, wanted); });
    number_of_.emplace(document.id, number_of_.size());
    knowledge::index_document(*database_, knowledge::Extractor::in_process(), scope_.organization, document.id);
  }

  void prepare(std::string_view model) {
    database_->write([&](store::Tx& tx) { knowledge::prepare_dense(scope_, tx, base_, model); });
  }
  void enable(std::string_view model) {
    database_->write([&](store::Tx& tx) {
      knowledge::change_dense(scope_, tx, base_, {}, model,
                              {.is_enabled = true, .weight = {}, .fusion = {}, .override_reason = "a benchmark"});
    });
  }

  /// The newest job of embedding; nullopt when none is left.
  std::optional<delivery::Job> next_job() {
    return database_->read([&](store::Tx& tx) -> std::optional<delivery::Job> {
      for (const auto& row : delivery::list_jobs(tx, delivery::JobState::waiting, 1'000))
        if (row.job.kind == "knowledge.embed" && knowledge::find_embedding_task(tx, row.job)) return row.job;
      return std::nullopt;
    });
  }

  void embed_at_random() {
    std::mt19937_64 random(384);
    const delivery::Job job = next_job().value();
    const auto task = database_->read([&](store::Tx& tx) { return knowledge::find_embedding_task(tx, job); });
    while (true) {
      const auto texts = database_->read([&](store::Tx& tx) { return knowledge::texts_to_embed(tx, *task, 20'000); });
      if (texts.empty()) break;
      std::vector<knowledge::TextVector> vectors;
      for (const auto& text : texts) vectors.push_back({text.sha256, random_unit(random)});
      database_->write([&](store::Tx& tx) { knowledge::store_vectors(tx, *task, vectors); });
    }
    database_->write([&](store::Tx& tx) { knowledge::continue_embedding(tx, *task); });
  }

  void embed_with(models::SearchModels& with) {
    while (const auto job = next_job()) models::embed_base(*database_, with, *job, {});
  }

  knowledge::Retrieved ask(const std::string& query, const std::optional<std::vector<float>>& vector) {
    knowledge::RetrieveRequest request;
    request.query = query;
    if (vector) request.dense = knowledge::DenseQuery{*vector, std::string(kRandomModel), false};
    return knowledge::retrieve(scope_, *database_, indexes_, {base_}, request);
  }

  /// The documents of the twenty best passages, each once.
  std::vector<std::size_t> rank(const std::string& query, models::SearchModels& with, bool is_hybrid) {
    knowledge::RetrieveRequest request;
    request.query = query;
    request.top_k = 20;
    const auto both = models::find_both_ways(scope_, *database_, indexes_, with, base_, request);
    if (is_hybrid && !both.hybrid) throw std::runtime_error("the embedding model does not answer");
    std::vector<std::size_t> ranked;
    for (const auto& passage : (is_hybrid ? *both.hybrid : both.lexical).passages) {
      const std::size_t number = number_of_.at(passage.document);
      if (std::find(ranked.begin(), ranked.end(), number) == ranked.end()) ranked.push_back(number);
    }
    return ranked;
  }

 private:
  SystemClock clock_;
  std::unique_ptr<store::Database> database_;
  Scope scope_ = identity::system_scope(OrganizationId::random(), "benchmark");
  KnowledgeBaseId base_;
  std::map<DocumentId, std::size_t> number_of_;
  knowledge::Indexes indexes_{std::size_t{4} * 1024 * 1024 * 1024};
};

std::vector<std::int64_t> asked_us(DenseRoom& room, std::size_t askers, bool is_hybrid) {
  std::vector<std::int64_t> times_us(kDenseQueries);
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < askers; ++i) {
    threads.emplace_back([&, i] {
      std::mt19937_64 random(i);
      for (std::size_t n = next++; n < kDenseQueries; n = next++) {
        const auto vector = is_hybrid ? std::optional(random_unit(random)) : std::nullopt;
        const std::int64_t begin = monotonic_us();
        room.ask(fmt::format("row {} of item{}", n, n % 977), vector);
        times_us[n] = monotonic_us() - begin;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::sort(times_us.begin(), times_us.end());
  return times_us;
}

std::string percentiles(const std::vector<std::int64_t>& times_us) {
  const auto at = [&](std::size_t percent) {
    return duration_text(static_cast<double>(times_us[times_us.size() * percent / 100]));
  };
  return at(50) + " / " + at(95) + " / " + at(99);
}

void measure_scan(const Bench& bench, Report& report, KnowledgePage& page) {
  page.text += "\n### Searching by vectors\n\n| Figure | Measured |\n|---|---|\n";
  const auto add = [&](const std::string& what, const std::string& measured) {
    page.text += fmt::format("| {} | {} |\n", what, measured);
    report.add({"vectors", what, measured, "–", {}});
  };
  DenseRoom room("sqlite:" + bench.folder + "/dense.db");
  for (std::size_t file = 0; file < kDenseChunks / kRowsPerFile; ++file) {
    std::string rows = "name,place\n";
    for (std::size_t i = 0; i < kRowsPerFile; ++i)
      rows += fmt::format("item{} of lot {},shelf {}\n", (file * kRowsPerFile + i) % 9'973, i, file * kRowsPerFile + i);
    room.add(fmt::format("stock{}.csv", file), rows);
  }
  room.prepare(kRandomModel);
  std::int64_t began = monotonic_us();
  room.embed_at_random();
  add("100,000 vectors of 384 numbers stored", duration_text(static_cast<double>(monotonic_us() - began)));
  room.enable(kRandomModel);
  room.ask("item7", std::nullopt);
  std::mt19937_64 random(1);
  began = monotonic_us();
  room.ask("item7", random_unit(random));
  add("first question: the vectors are loaded", duration_text(static_cast<double>(monotonic_us() - began)));
  add("by words, one at a time, p50 / p95 / p99", percentiles(asked_us(room, 1, false)));
  add("hybrid, one at a time, p50 / p95 / p99", percentiles(asked_us(room, 1, true)));
  add("by words, 4 at once, p50 / p95 / p99", percentiles(asked_us(room, kDenseAskers, false)));
  const auto hybrid = asked_us(room, kDenseAskers, true);
  add("hybrid, 4 at once, p50 / p95 / p99", percentiles(hybrid));
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// "host:port" of a URL, for the outbound gate.
std::string destination_of(const std::string& url) {
  const std::size_t begin = url.find("://") == std::string::npos ? 0 : url.find("://") + 3;
  std::string host = url.substr(begin, url.find('/', begin) - begin);
  if (host.find(':') == std::string::npos) host += url.starts_with("https") ? ":443" : ":80";
  return host;
}

void measure_hybrid(Report& report, KnowledgePage& page) {
  const std::string url = variable("GUILDHALL_BENCH_EMBEDDINGS_URL");
  if (url.empty()) {
    std::printf("skipped: hybrid ranking (GUILDHALL_BENCH_EMBEDDINGS_URL is not set)\n");
    return;
  }
  const auto folder = corpus_folder("scifact");
  if (!folder) {
    std::printf("skipped: scifact (the corpus is not present)\n");
    return;
  }
  const std::string model = variable("GUILDHALL_BENCH_EMBEDDINGS_MODEL");
  net::ClientOptions client_options;
  client_options.allowed = net::parse_allowed(destination_of(url));
  net::Client client(client_options);
  models::SearchModels with(client, models::Endpoint{.provider = "openai",
                                                     .base_url = url,
                                                     .api_key = Secret(variable("GUILDHALL_BENCH_EMBEDDINGS_KEY")),
                                                     .model = model.empty() ? "default" : model});
  const RetrievalSet set = scifact_set(*folder);
  DenseRoom room("sqlite::memory:");
  for (const KnowledgeText& text : set.texts) room.add(text.filename, text.text);
  room.prepare(with.model_name());
  room.embed_with(with);
  RankingScores lexical;
  RankingScores hybrid;
  for (const KnowledgeQuery& query : set.queries) {
    lexical.add(set, query, room.rank(query.text, with, false));
    hybrid.add(set, query, room.rank(query.text, with, true));
  }
  page.text += fmt::format("\nscifact with {}: nDCG@10 by words {}, hybrid {}.\n", with.model_name(), lexical.ndcg_at_10.text(),
                           hybrid.ndcg_at_10.text());
  const double reached = hybrid.ndcg_at_10.all();
  report.add({"vectors", "A6 scifact hybrid, nDCG@10", score_text(reached),
              "≥ .720 and ≥ " + score_text(lexical.ndcg_at_10.all()), reached >= .72 && reached >= lexical.ndcg_at_10.all()});
}

}  // namespace

void measure_vectors(const Bench& bench, Report& report, KnowledgePage& page) {
  measure_scan(bench, report, page);
  measure_hybrid(report, page);
}

}  // namespace guildhall::bench
