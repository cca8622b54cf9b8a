// Vectors of a base: made once per text, dropped with it, of one model, of one organization, and behind a gate.
#include <doctest/doctest.h>

#include <cmath>

#include "base/errors.h"
#include "dense/dense_rows.h"
#include "identity/audit.h"
#include "index/index_cache.h"
#include "knowledge/dense.h"
#include "knowledge/evaluation.h"
#include "knowledge/vectors.h"
#include "support/databases.h"
#include "test_base.h"

namespace guildhall::knowledge {
namespace {

using guildhall::test::for_each_database;
using namespace test;

constexpr std::string_view kModel = "letters";

/// A vector of letters: 26 counts, of length 1.
std::vector<float> letters_of(std::string_view text) {
  std::vector<float> vector(26);
  for (const char c : text)
    if (c >= 'a' && c <= 'z') ++vector[static_cast<std::size_t>(c - 'a')];
  float squares = 0;
  for (const float number : vector) squares += number * number;
  for (float& number : vector) number /= std::sqrt(std::max(squares, 1.0f));
  return vector;
}

/// The newest job "knowledge.embed" of the base; what a runner would hand to the worker.
delivery::Job embedding_job(store::Database& database, KnowledgeBaseId base) {
  delivery::Job job;
  database.read([&](store::Tx& tx) {
    for (const auto& row : delivery::list_jobs(tx, delivery::JobState::waiting, 100)) {
      if (row.job.kind != "knowledge.embed" || json::text_of(row.job.payload, "base_id") != base.text()) continue;
      if (json::integer_of(row.job.payload, "step") > json::integer_of(job.payload, "step").value_or(-1)) job = row.job;
    }
  });
  return job;
}

/// Does the newest job's work with vectors of letters; the number of texts embedded.
std::size_t embed_all(store::Database& database, KnowledgeBaseId base, std::size_t size = 26) {
  const auto job = embedding_job(database, base);
  if (job.kind.empty()) return 0;
  const auto task = database.read([&](store::Tx& tx) { return find_embedding_task(tx, job); });
  if (!task) return 0;
  std::size_t count = 0;
  database.write([&](store::Tx& tx) {
    while (name_embedding_texts(tx, *task, 2) == 2) {
    }
    std::vector<TextVector> vectors;
    for (const EmbeddingText& text : texts_to_embed(tx, *task, 1000)) {
      auto vector = letters_of(text.text);
      vector.resize(size);
      vectors.push_back({text.sha256, vector});
    }
    store_vectors(tx, *task, vectors);
    continue_embedding(tx, *task);
    count = vectors.size();
  });
  return count;
}

std::int64_t stored_vectors(store::Database& database, const Scope& scope, KnowledgeBaseId base) {
  return database.read([&](store::Tx& tx) {
    return tx
        .first("SELECT COUNT(*) FROM knowledge_vector WHERE organization_id = $1 AND base_id = $2", {scope.organization, base})
        ->integer(0);
  });
}

void prepare(store::Database& database, const Scope& scope, KnowledgeBaseId base, std::string_view model = kModel) {
  database.write([&](store::Tx& tx) { prepare_dense(scope, tx, base, model); });
}

DenseState state_of(store::Database& database, const Scope& scope, KnowledgeBaseId base,
                    SubscriptionId subscription = SubscriptionId{}, std::string_view model = kModel) {
  return database.read([&](store::Tx& tx) { return dense_state(scope, tx, base, subscription, model); });
}

void change(store::Database& database, const Scope& scope, KnowledgeBaseId base, const DenseChange& change,
            SubscriptionId subscription = SubscriptionId{}) {
  database.write([&](store::Tx& tx) { change_dense(scope, tx, base, subscription, kModel, change); });
}

void force_on(store::Database& database, const Scope& scope, KnowledgeBaseId base) {
  change(database, scope, base, {.is_enabled = true, .weight = {}, .fusion = {}, .override_reason = "a test"});
}

Retrieved ask_dense(store::Database& database, Indexes& indexes, const Scope& scope, KnowledgeBaseId base, std::string query,
                    std::string_view model = kModel) {
  RetrieveRequest request;
  request.dense = DenseQuery{letters_of(query), std::string(model), false};
  request.query = std::move(query);
  return retrieve(scope, database, indexes, {base}, request);
}

std::string reason_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Refusal& refusal) {
    if (refusal.code == Code::gate_failed) return std::string(json::text_of(refusal.details, "reason"));
    return std::string(name(refusal.code));
  }
  return "nothing was refused";
}

/// A finished evaluation of the subscription's base with these figures.
void measure(store::Database& database, const Scope& scope, KnowledgeBaseId base, SubscriptionId subscription,
             const std::string& retrieval) {
  database.write([&](store::Tx& tx) {
    tx.execute(
        "INSERT INTO evaluation (organization_id, evaluation_id, set_id, subscription_id, agent_id, version_id, version, config, "
        "base_id, revision, snapshot, state, cases, cases_done, error, report, created_by, created_at, finished_at) "
        "SELECT $1, $2, $3, $4, $5, $6, '1.0.0', '{}', $7, 1, b.snapshot, 'DONE', 1, 1, '', $8, 'test', $9, $9 "
        "FROM knowledge_base b WHERE b.organization_id = $1 AND b.id = $7",
        {scope.organization, EvaluationId::random(), QuestionSetId::random(), subscription, AgentId::random(),
         AgentVersionId::random(), base, R"({"retrieval":)" + retrieval + "}", tx.now()});
  });
}

std::string figures(double lexical, double hybrid, std::string_view more = R"("dense_weight":0.5,"fusion":"weighted")") {
  return R"({"cases":3,"unmeasured":0,"lexical":)" + std::to_string(lexical) + R"(,"hybrid":)" + std::to_string(hybrid) +
         R"(,"model":"letters",)" + std::string(more) + "}";
}

}  // namespace

TEST_CASE("a text is embedded once, whatever chunks hold it, and keeps its vector when its document is indexed again") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    add_indexed(database, scope, base, "a.txt", "the very same words");
    add_indexed(database, scope, base, "b.txt", "other words");
    CHECK(embed_all(database, base) == 0);  // nobody asked for vectors yet
    prepare(database, scope, base);
    CHECK(state_of(database, scope, base).is_embedding);
    CHECK(embed_all(database, base) == 2);
    const DenseState state = state_of(database, scope, base);
    CHECK_FALSE(state.is_embedding);
    CHECK(state.is_prepared);
    CHECK_FALSE(state.is_enabled);
    CHECK(state.chunks == 2);
    CHECK(state.vectors == 2);
    // The same file again: another document, the same text.
    add_indexed(database, scope, base, "a.txt", "the very same words");
    CHECK(embed_all(database, base) == 0);
    CHECK(state_of(database, scope, base).vectors == 3);
    CHECK(stored_vectors(database, scope, base) == 2);
    database.write([&](store::Tx& tx) { retrain(scope, tx, base, {}); });
    for (const auto& document : database.read([&](store::Tx& tx) { return list_documents(scope, tx, base); }))
      index_document(database, scope.organization, document.id);
    CHECK(embed_all(database, base) == 0);
    CHECK(state_of(database, scope, base).vectors == 3);
  });
}

TEST_CASE("vectors of deleted texts and of a deleted base are dropped") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    const Document first = add_indexed(database, scope, base, "a.txt", "first words");
    add_indexed(database, scope, base, "b.txt", "second words");
    prepare(database, scope, base);
    embed_all(database, base);
    CHECK(stored_vectors(database, scope, base) == 2);
    database.write([&](store::Tx& tx) { delete_document(scope, tx, base, first.id); });
    embed_all(database, base);
    CHECK(stored_vectors(database, scope, base) == 1);
    database.write([&](store::Tx& tx) { delete_base(scope, tx, base); });
    CHECK(stored_vectors(database, scope, base) == 0);
  });
}

TEST_CASE("chunks written before there were vectors are embedded too") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    for (int i = 0; i < 5; ++i)
      add_indexed(database, scope, base, "a" + std::to_string(i) + ".txt", "words of number " + std::to_string(i));
    database.write([&](store::Tx& tx) { tx.execute("UPDATE knowledge_chunk SET embedding_sha256 = ''"); });
    prepare(database, scope, base);
    CHECK(embed_all(database, base) == 5);
    CHECK(state_of(database, scope, base).vectors == 5);
  });
}

TEST_CASE("a document indexed while the work runs is either in it or queues the next") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    add_indexed(database, scope, base, "a.txt", "first words");
    prepare(database, scope, base);
    const auto job = embedding_job(database, base);
    const auto task = database.read([&](store::Tx& tx) { return find_embedding_task(tx, job); });
    REQUIRE(task);
    const auto texts = database.read([&](store::Tx& tx) { return texts_to_embed(tx, *task, 10); });
    add_indexed(database, scope, base, "b.txt", "second words");
    database.write([&](store::Tx& tx) {
      store_vectors(tx, *task, {{texts[0].sha256, letters_of(texts[0].text)}});
      continue_embedding(tx, *task);
    });
    CHECK(state_of(database, scope, base).is_embedding);
    CHECK_FALSE(database.read([&](store::Tx& tx) { return find_embedding_task(tx, job); }));  // another job goes on
    CHECK(embed_all(database, base) == 1);
    CHECK(state_of(database, scope, base).vectors == 2);
  });
}

TEST_CASE("another model embeds everything again, and the old vectors answer nothing meanwhile") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    add_indexed(database, scope, base, "a.txt", "aaaa bbbb");
    add_indexed(database, scope, base, "b.txt", "zzzz yyyy");
    prepare(database, scope, base);
    embed_all(database, base);
    force_on(database, scope, base);
    Indexes indexes;
    CHECK(ask_dense(database, indexes, scope, base, "zzz").is_hybrid);
    CHECK_FALSE(ask_dense(database, indexes, scope, base, "zzz", "numbers").is_hybrid);
    CHECK(database.write([&](store::Tx& tx) { return queue_stale_embeddings(tx, "numbers"); }) == 1);
    CHECK(database.write([&](store::Tx& tx) { return queue_stale_embeddings(tx, "numbers"); }) == 0);
    CHECK_FALSE(ask_dense(database, indexes, scope, base, "zzz").is_hybrid);
    CHECK_FALSE(ask_dense(database, indexes, scope, base, "zzz", "numbers").is_hybrid);
    CHECK(stored_vectors(database, scope, base) == 2);
    CHECK(embed_all(database, base) == 2);
    CHECK(stored_vectors(database, scope, base) == 2);  // those of the model before are gone
    const DenseState state = state_of(database, scope, base, {}, "numbers");
    CHECK(state.vectors == 2);
    CHECK_FALSE(state.is_enabled);  // what was measured was another model
    CHECK(database.write([&](store::Tx& tx) { return queue_stale_embeddings(tx, ""); }) == 0);
  });
}

TEST_CASE("a failure stays with the base, and is tried again an hour after the last attempt") {
  for_each_database([](store::Database& database, ManualClock& clock) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    add_indexed(database, scope, base, "a.txt", "first words");
    prepare(database, scope, base);
    const auto job = embedding_job(database, base);
    const auto task = database.read([&](store::Tx& tx) { return find_embedding_task(tx, job); });
    REQUIRE(task);
    database.write([&](store::Tx& tx) { note_embedding_failure(tx, *task, "the server failed (500)", false); });
    CHECK(state_of(database, scope, base).error == "the server failed (500)");
    CHECK(state_of(database, scope, base).is_embedding);
    database.write([&](store::Tx& tx) { note_embedding_failure(tx, *task, "the server failed (500)", true); });
    CHECK_FALSE(state_of(database, scope, base).is_embedding);
    CHECK(reason_of([&] {
            change(database, scope, base, {.is_enabled = true, .weight = {}, .fusion = {}, .override_reason = {}});
          }) == "embedding");
    clock.advance(seconds(3'599));
    CHECK(database.write([&](store::Tx& tx) { return queue_stale_embeddings(tx, kModel); }) == 0);
    clock.advance(seconds(2));
    CHECK(database.write([&](store::Tx& tx) { return queue_stale_embeddings(tx, kModel); }) == 1);
    CHECK(embed_all(database, base) == 1);
    CHECK(state_of(database, scope, base).error.empty());
  });
}

TEST_CASE("vectors of another size under the same name begin anew and switch off") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    add_indexed(database, scope, base, "a.txt", "first words");
    prepare(database, scope, base);
    embed_all(database, base);
    force_on(database, scope, base);
    add_indexed(database, scope, base, "b.txt", "second words");
    CHECK(embed_all(database, base, 30) == 1);
    CHECK(embed_all(database, base, 30) == 1);
    const DenseState state = state_of(database, scope, base);
    CHECK(state.vectors == 2);
    CHECK_FALSE(state.is_enabled);
    force_on(database, scope, base);
    Indexes indexes;
    const Retrieved found = ask_dense(database, indexes, scope, base, "first");  // 26 numbers against 30
    CHECK_FALSE(found.is_hybrid);
    CHECK(found.is_degraded);
    CHECK_FALSE(found.passages.empty());
  });
}

TEST_CASE("vectors find what words miss, show the cosine, and leave the evidence to the words") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    for (int i = 0; i < 40; ++i)
      add_indexed(database, scope, base, "n" + std::to_string(i) + ".txt",
                  "ordinary text " + std::string(5, static_cast<char>('a' + i % 20)) + std::to_string(i));
    const Document wanted = add_indexed(database, scope, base, "w.txt", "zzzyyyxxx");
    prepare(database, scope, base);
    embed_all(database, base);
    Indexes indexes;
    const std::string query = "xyz zyx";
    CHECK(ask(database, indexes, scope, base, query).passages.empty());
    CHECK(ask_dense(database, indexes, scope, base, query).passages.empty());  // off
    force_on(database, scope, base);
    const Retrieved found = ask_dense(database, indexes, scope, base, query);
    REQUIRE_FALSE(found.passages.empty());
    CHECK(found.is_hybrid);
    CHECK(found.passages[0].document == wanted.id);
    REQUIRE(found.passages[0].cosine);
    CHECK(*found.passages[0].cosine > 0.95);
    CHECK(found.passages[0].evidence == 0.0);
    CHECK(ask(database, indexes, scope, base, query).passages.empty());  // no vector given
    // A deleted document is gone at once, before anything is embedded again.
    database.write([&](store::Tx& tx) { delete_document(scope, tx, base, wanted.id); });
    for (const Passage& passage : ask_dense(database, indexes, scope, base, query).passages) CHECK(passage.document != wanted.id);
  });
}

TEST_CASE("a filter comes before the candidates are counted") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    std::string rows = "question,answer\n";
    for (int i = 0; i < 150; ++i) rows += "qqq " + std::to_string(i) + ",zzz " + std::to_string(i) + "\n";
    add_indexed(database, scope, base, "many.csv", rows);
    const Document far = add_indexed(database, scope, base, "far.txt", "abcdefghijklmz");
    prepare(database, scope, base);
    embed_all(database, base);
    force_on(database, scope, base);
    Indexes indexes;
    RetrieveRequest request;
    request.query = "zzz";
    request.dense = DenseQuery{letters_of("zzz"), std::string(kModel), false};
    request.documents = std::vector<DocumentId>{far.id};
    const Retrieved found = retrieve(scope, database, indexes, {base}, request);
    REQUIRE(found.passages.size() == 1);
    CHECK(found.passages[0].document == far.id);
  });
}

TEST_CASE("what was added or changed since is found like in a fresh index") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    prepare(database, scope, base);
    Indexes kept;
    for (int i = 0; i < 8; ++i) {
      const Document document = add_indexed(database, scope, base, "d" + std::to_string(i) + ".txt",
                                            std::string(static_cast<std::size_t>(i + 1), static_cast<char>('a' + i)) + " common");
      embed_all(database, base);
      force_on(database, scope, base);
      if (i % 3 == 2) database.write([&](store::Tx& tx) { delete_document(scope, tx, base, document.id); });
      Indexes fresh;
      for (const char* query : {"aaa", "ccc common", "hhh"}) {
        const auto a = ask_dense(database, kept, scope, base, query);
        const auto b = ask_dense(database, fresh, scope, base, query);
        REQUIRE(a.passages.size() == b.passages.size());
        for (std::size_t p = 0; p < a.passages.size(); ++p) {
          CHECK(a.passages[p].chunk == b.passages[p].chunk);
          CHECK(a.passages[p].score == b.passages[p].score);
        }
      }
      CHECK(kept.state().dense.bytes() > 0);
    }
  });
}

TEST_CASE("organizations never share vectors, and reach no other's base") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope a = new_organization();
    const Scope b = new_organization();
    const KnowledgeBaseId base_a = new_base(database, a);
    const KnowledgeBaseId base_b = new_base(database, b);
    const Document of_a = add_indexed(database, a, base_a, "a.txt", "identical words");
    const Document of_b = add_indexed(database, b, base_b, "a.txt", "identical words");
    prepare(database, a, base_a);
    CHECK(embed_all(database, base_a) == 1);
    CHECK(embed_all(database, base_b) == 0);
    prepare(database, b, base_b);
    CHECK(embed_all(database, base_b) == 1);
    force_on(database, a, base_a);
    Indexes indexes;
    const Retrieved found = ask_dense(database, indexes, a, base_a, "sdrow");
    REQUIRE(found.passages.size() == 1);
    CHECK(found.passages[0].document == of_a.id);
    CHECK_FALSE(ask_dense(database, indexes, b, base_b, "sdrow").is_hybrid);
    CHECK(reason_of([&] { prepare(database, b, base_a); }) == "not_found");
    CHECK(reason_of([&] { force_on(database, b, base_a); }) == "not_found");
    CHECK(reason_of([&] { state_of(database, b, base_a); }) == "not_found");
    database.write([&](store::Tx& tx) { delete_base(a, tx, base_a); });
    CHECK(stored_vectors(database, b, base_b) == 1);
    CHECK(of_b.base == base_b);
  });
}

TEST_CASE("dense retrieval stays off until a measurement of the base as it is says it is no worse") {
  for_each_database([](store::Database& database, ManualClock& clock) {
    const Scope scope = new_organization();
    const auto subscription = SubscriptionId::random();
    const KnowledgeBaseId base = new_base(database, scope);
    add_indexed(database, scope, base, "a.txt", "first words");
    const auto enable = [&](std::optional<double> weight = std::nullopt) {
      return reason_of([&] {
        change(database, scope, base, {.is_enabled = true, .weight = weight, .fusion = {}, .override_reason = {}}, subscription);
      });
    };
    CHECK(enable() == "not_prepared");
    prepare(database, scope, base);
    CHECK(enable() == "embedding");
    embed_all(database, base);
    CHECK(enable() == "not_measured");
    measure(database, scope, base, SubscriptionId::random(), figures(0.5, 0.6));  // another subscription's
    CHECK(enable() == "not_measured");
    measure(database, scope, base, subscription, "null");
    CHECK(enable() == "not_measured");
    clock.advance(1);
    measure(database, scope, base, subscription, figures(0.6, 0.5));
    CHECK(enable() == "lower");
    clock.advance(1);
    measure(database, scope, base, subscription, figures(0.6, 0.6, R"("dense_weight":0.7,"fusion":"weighted")"));
    CHECK(enable() == "stale");
    clock.advance(1);
    measure(database, scope, base, subscription, figures(0.6, 0.6));
    CHECK(enable(0.7) == "stale");
    CHECK(enable() == "nothing was refused");
    const DenseState state = state_of(database, scope, base, subscription);
    CHECK(state.is_enabled);
    REQUIRE(state.measured);
    CHECK(state.measured->is_current);
    CHECK(state.measured->lexical_ndcg_at_10 == doctest::Approx(0.6));
    CHECK(state.override_reason.empty());
    // While it is on, another weight needs a measurement of its own; the same one none.
    const auto weigh = [&](double weight) {
      return reason_of([&] {
        change(database, scope, base, {.is_enabled = {}, .weight = weight, .fusion = {}, .override_reason = {}}, subscription);
      });
    };
    CHECK(weigh(0.3) == "stale");
    CHECK(weigh(0.5) == "nothing was refused");
    CHECK(weigh(1.5) == "validation_failed");
    // Documents that come later change nothing about the decision, but make the measurement one of yesterday.
    add_indexed(database, scope, base, "b.txt", "second words");
    embed_all(database, base);
    CHECK(state_of(database, scope, base, subscription).is_enabled);
    CHECK_FALSE(state_of(database, scope, base, subscription).measured->is_current);
    change(database, scope, base, {.is_enabled = false, .weight = {}, .fusion = {}, .override_reason = {}}, subscription);
    CHECK_FALSE(state_of(database, scope, base, subscription).is_enabled);
    CHECK(enable() == "stale");
  });
}

TEST_CASE("an owner may enable it against the measurement, with a reason that is kept") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    CHECK(reason_of([&] {
            change(database, scope, base, {.is_enabled = true, .weight = {}, .fusion = {}, .override_reason = "  "});
          }) == "validation_failed");
    force_on(database, scope, base);  // prepares as well
    const DenseState state = state_of(database, scope, base);
    CHECK(state.is_enabled);
    CHECK(state.is_embedding);
    CHECK(state.override_reason == "a test");
    add_indexed(database, scope, base, "a.txt", "first words");
    embed_all(database, base);
    CHECK(state_of(database, scope, base).is_enabled);  // the first vectors are no other size
    const auto rows = database.read([&](store::Tx& tx) { return identity::audit_rows(scope, tx, 10); });
    const auto changed =
        std::find_if(rows.begin(), rows.end(), [](const auto& row) { return row.entry.action == "dense.change"; });
    REQUIRE(changed != rows.end());
    CHECK(json::text_of(changed->entry.details, "override_reason") == "a test");
    Scope reader = scope;
    reader.rights = {Right::read_subscriptions};
    CHECK(reason_of([&] { prepare(database, reader, base); }) == "permission_denied");
    CHECK(reason_of([&] { force_on(database, reader, base); }) == "permission_denied");
    CHECK(reason_of([&] { prepare(database, scope, base, ""); }) == "conflict");
  });
}

TEST_CASE("what is embedded is title, headings, question and text, each once, and bytes read back equal") {
  CHECK(embedding_text({"Returns", {"Returns", "Costs"}, "", "Free."}) == "Returns › Costs\nFree.");
  CHECK(embedding_text({"Guide", {"Costs"}, "", "Free."}) == "Guide\nCosts\nFree.");
  CHECK(embedding_text({"Do you ship?", {}, "Do you ship?", "Yes."}) == "Do you ship?\nYes.");
  CHECK(embedding_text({"", {}, "", std::string(20'000, 'x')}).size() == 16 * 1024);
  const std::vector<float> vector = {0.25f, -1.5f, 3e-20f};
  CHECK(vector_bytes(vector).size() == 12);
  CHECK(vector_bytes({1.0f}) == std::string("\x00\x00\x80\x3f", 4));
  std::vector<float> read(3);
  read_vector(vector_bytes(vector), read.data(), 3);
  CHECK(read == vector);
}

}  // namespace guildhall::knowledge
