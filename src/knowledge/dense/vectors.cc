// Vectors in the database, and the steps of the work that makes them.
#include "knowledge/vectors.h"

#include <bit>
#include <set>
#include <stdexcept>

#include "../limits.h"
#include "base/hash.h"
#include "base/text.h"
#include "dense/dense_rows.h"
#include "identity/audit.h"

namespace guildhall::knowledge {
namespace {

std::vector<std::string> stored_heading_path(const json::Value& stored) {
  std::vector<std::string> path;
  for (const json::Value& heading : stored.as_array()) path.emplace_back(json::view(heading.as_string()));
  return path;
}

/// The columns title, heading_path, question, text from `first` on.
EmbeddedParts stored_parts(const store::Row& row, std::size_t first) {
  return {row.text(first), stored_heading_path(row.json(first + 1)), row.text(first + 2), row.text(first + 3)};
}

void enqueue_step(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, std::int64_t step) {
  delivery::NewJob job;
  job.kind = "knowledge.embed";
  job.key = base.text() + ":" + std::to_string(step);
  job.organization = organization;
  job.payload = {{"base_id", base.text()}, {"step", step}};
  delivery::enqueue(tx, job);
}

/// Takes the base's row for this transaction, so that a document indexed meanwhile is either seen here or queues the next step.
bool lock_dense_row(store::Tx& tx, const EmbeddingTask& task) {
  return tx.execute(
             "UPDATE knowledge_dense SET step = step WHERE organization_id = $1 AND base_id = $2 AND step = $3 AND is_queued",
             {task.organization, task.base, task.step}) == 1;
}

/// Notes the size of the first vector; another size than before begins anew.
void begin_with_size(store::Tx& tx, const EmbeddingTask& task, std::int64_t dimensions) {
  const auto row = find_dense_row(tx, task.organization, task.base);
  if (!row || row->dimensions == dimensions) return;
  tx.execute("UPDATE knowledge_dense SET dimensions = $3 WHERE organization_id = $1 AND base_id = $2",
             {task.organization, task.base, dimensions});
  if (row->dimensions == 0) return;
  tx.execute("DELETE FROM knowledge_vector WHERE organization_id = $1 AND base_id = $2 AND model = $3",
             {task.organization, task.base, task.model});
  tx.execute("UPDATE knowledge_dense SET enabled_model = '' WHERE organization_id = $1 AND base_id = $2",
             {task.organization, task.base});
  identity::audit(identity::system_scope(task.organization, "knowledge"), tx,
                  {.action = "dense.restart",
                   .object_type = "knowledge_base",
                   .object_id = task.base.text(),
                   .details = {{"model", task.model}, {"dimensions", dimensions}, {"was", row->dimensions}}});
}

void drop_unused_vectors(store::Tx& tx, const EmbeddingTask& task) {
  tx.execute(
      "DELETE FROM knowledge_vector WHERE organization_id = $1 AND base_id = $2 AND (model <> $3 OR NOT EXISTS "
      "(SELECT 1 FROM knowledge_chunk c WHERE c.organization_id = $1 AND c.base_id = $2 "
      "AND c.embedding_sha256 = knowledge_vector.content_sha256))",
      {task.organization, task.base, task.model});
}

}  // namespace

std::string embedding_text(const EmbeddedParts& parts) {
  std::string text;
  const auto add_line = [&](std::string_view line) {
    if (line.empty()) return;
    if (!text.empty()) text += '\n';
    text += line;
  };
  if (!parts.question.empty()) {
    add_line(parts.question);
  } else {
    const bool is_headed_by_title = !parts.heading_path.empty() && parts.heading_path.front() == parts.title;
    if (!is_headed_by_title) add_line(parts.title);
    add_line(join(parts.heading_path, " › "));
  }
  add_line(parts.text);
  return std::string(prefix_bytes(text, kEmbeddedTextBytesMax));
}

std::string embedding_sha256(const EmbeddedParts& parts) {
  return to_hex(bytes_of(sha256(embedding_text(parts))));
}

std::string vector_bytes(const std::vector<float>& vector) {
  std::string bytes;
  bytes.reserve(vector.size() * 4);
  for (const float number : vector) {
    const auto bits = std::bit_cast<std::uint32_t>(number);
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xFF);
  }
  return bytes;
}

void read_vector(std::string_view bytes, float* out, std::size_t count) {
  for (std::size_t i = 0; i < count && i * 4 + 4 <= bytes.size(); ++i) {
    std::uint32_t bits = 0;
    for (std::size_t b = 4; b-- > 0;) bits = bits << 8 | static_cast<std::uint8_t>(bytes[i * 4 + b]);
    out[i] = std::bit_cast<float>(bits);
  }
}

std::optional<DenseRow> find_dense_row(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base) {
  const auto row = tx.first(
      "SELECT model, dimensions, version, step, is_queued, error, enabled_model, weight_permille, fusion, override_reason "
      "FROM knowledge_dense WHERE organization_id = $1 AND base_id = $2",
      {organization, base});
  if (!row) return std::nullopt;
  return DenseRow{.model = row->text(0),
                  .dimensions = row->integer(1),
                  .version = row->integer(2),
                  .step = row->integer(3),
                  .is_queued = row->boolean(4),
                  .error = row->text(5),
                  .enabled_model = row->text(6),
                  .weight = static_cast<double>(row->integer(7)) / 1000,
                  .fusion = fusion_named(row->text(8)).value(),
                  .override_reason = row->text(9)};
}

void queue_embedding(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base) {
  // Updated even when the work is queued, so that its end and this transaction come one after the other.
  tx.execute(
      "UPDATE knowledge_dense SET step = CASE WHEN is_queued THEN step ELSE step + 1 END "
      "WHERE organization_id = $1 AND base_id = $2",
      {organization, base});
  const auto row = find_dense_row(tx, organization, base);
  if (!row || row->is_queued) return;
  tx.execute("UPDATE knowledge_dense SET is_queued = TRUE WHERE organization_id = $1 AND base_id = $2", {organization, base});
  enqueue_step(tx, organization, base, row->step);
}

void delete_vectors(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base) {
  tx.execute("DELETE FROM knowledge_vector WHERE organization_id = $1 AND base_id = $2", {organization, base});
  tx.execute("DELETE FROM knowledge_dense WHERE organization_id = $1 AND base_id = $2", {organization, base});
}

std::optional<EmbeddingTask> find_embedding_task(store::Tx& tx, const delivery::Job& job) {
  const auto base = KnowledgeBaseId::parse(json::text_of(job.payload, "base_id"));
  const auto step = json::integer_of(job.payload, "step");
  if (!base || !step) throw std::logic_error("a job of embedding without a base");
  const auto row = find_dense_row(tx, job.organization, *base);
  if (!row || row->step != *step || !row->is_queued) return std::nullopt;
  return EmbeddingTask{job.organization, *base, *step, row->model};
}

std::int64_t name_embedding_texts(store::Tx& tx, const EmbeddingTask& task, std::size_t limit) {
  const auto rows = tx.query(
      "SELECT document_id, ordinal, title, heading_path, question, text FROM knowledge_chunk "
      "WHERE organization_id = $1 AND base_id = $2 AND embedding_sha256 = '' LIMIT $3",
      {task.organization, task.base, static_cast<std::int64_t>(limit)});
  for (const store::Row& row : rows) {
    tx.execute(
        "UPDATE knowledge_chunk SET embedding_sha256 = $5 "
        "WHERE organization_id = $1 AND base_id = $2 AND document_id = $3 AND ordinal = $4",
        {task.organization, task.base, row.id<DocumentId>(0), row.integer(1), embedding_sha256(stored_parts(row, 2))});
  }
  return static_cast<std::int64_t>(rows.size());
}

std::vector<EmbeddingText> texts_to_embed(store::Tx& tx, const EmbeddingTask& task, std::size_t limit) {
  std::vector<EmbeddingText> texts;
  std::set<std::string> seen;
  for (const store::Row& row : tx.query(
           "SELECT c.embedding_sha256, c.title, c.heading_path, c.question, c.text FROM knowledge_chunk c "
           "LEFT JOIN knowledge_vector v ON v.organization_id = c.organization_id AND v.base_id = c.base_id AND v.model = $3 "
           "AND v.content_sha256 = c.embedding_sha256 "
           "WHERE c.organization_id = $1 AND c.base_id = $2 AND v.content_sha256 IS NULL AND c.embedding_sha256 <> '' "
           "ORDER BY c.document_id, c.ordinal LIMIT $4",
           {task.organization, task.base, task.model, static_cast<std::int64_t>(limit)})) {
    if (seen.insert(row.text(0)).second) texts.push_back({row.text(0), embedding_text(stored_parts(row, 1))});
  }
  return texts;
}

void store_vectors(store::Tx& tx, const EmbeddingTask& task, const std::vector<TextVector>& vectors) {
  if (vectors.empty() || !lock_dense_row(tx, task)) return;
  begin_with_size(tx, task, static_cast<std::int64_t>(vectors.front().vector.size()));
  for (const TextVector& each : vectors) {
    const bool is_sound = each.vector.size() == vectors.front().vector.size() && each.vector.size() <= kVectorDimensionsMax;
    if (!is_sound || each.vector.empty()) throw std::logic_error("vectors of different or absurd sizes");
    tx.execute(
        "INSERT INTO knowledge_vector (organization_id, base_id, model, content_sha256, vector) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT DO NOTHING",
        {task.organization, task.base, task.model, each.sha256, store::Param::Bytes{vector_bytes(each.vector)}});
  }
}

void continue_embedding(store::Tx& tx, const EmbeddingTask& task) {
  if (!lock_dense_row(tx, task)) return;
  const bool is_complete = texts_to_embed(tx, task, 1).empty();
  if (is_complete) drop_unused_vectors(tx, task);
  const std::int64_t next = is_complete ? task.step : task.step + 1;
  tx.execute(
      "UPDATE knowledge_dense SET version = version + 1, step = $3, is_queued = $4, error = '', failed_at = NULL "
      "WHERE organization_id = $1 AND base_id = $2",
      {task.organization, task.base, next, !is_complete});
  if (!is_complete) enqueue_step(tx, task.organization, task.base, next);
}

void note_embedding_failure(store::Tx& tx, const EmbeddingTask& task, std::string_view why, bool is_last_attempt) {
  // What was deleted is gone from here too, whether or not the rest can be embedded.
  if (is_last_attempt) drop_unused_vectors(tx, task);
  tx.execute(
      "UPDATE knowledge_dense SET error = $4, failed_at = $5, is_queued = $6 "
      "WHERE organization_id = $1 AND base_id = $2 AND step = $3 AND is_queued",
      {task.organization, task.base, task.step, prefix_bytes(why, kEmbeddingErrorBytesMax), tx.now(), !is_last_attempt});
}

std::int64_t queue_stale_embeddings(store::Tx& tx, std::string_view model) {
  if (model.empty()) return 0;
  const auto stale = tx.query(
      "SELECT organization_id, base_id, model FROM knowledge_dense "
      "WHERE model <> $1 OR (NOT is_queued AND failed_at < $2) ORDER BY organization_id, base_id LIMIT $3",
      {model, tx.now() - kEmbeddingRetryUs, kStaleBasesMax});
  for (const store::Row& row : stale) {
    const auto organization = row.id<OrganizationId>(0);
    const auto base = row.id<KnowledgeBaseId>(1);
    tx.execute("UPDATE knowledge_dense SET failed_at = NULL WHERE organization_id = $1 AND base_id = $2", {organization, base});
    if (row.text(2) != model) {
      // A step of its own, whatever is under way: work for the model before ends unseen.
      tx.execute(
          "UPDATE knowledge_dense SET model = $3, dimensions = 0, step = step + 1, is_queued = FALSE, error = '' "
          "WHERE organization_id = $1 AND base_id = $2",
          {organization, base, model});
    }
    queue_embedding(tx, organization, base);
  }
  return static_cast<std::int64_t>(stale.size());
}

}  // namespace guildhall::knowledge
