// Knowledge bases and their documents: what a customer teaches an agent (contracts/support-partner.md §2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "identity/scope.h"
#include "store/tx.h"

namespace guildhall::delivery {
class Subscribers;
}

namespace guildhall::knowledge {

enum class DocumentState : std::uint8_t { pending, processing, indexed, failed };
std::string_view wire_name(DocumentState state);  ///< "PENDING", "PROCESSING", "INDEXED", "FAILED"

enum class SourceKind : std::uint8_t { file, url, qa };
std::string_view wire_name(SourceKind kind);

struct Document {
  DocumentId id;
  KnowledgeBaseId base;
  std::string filename;
  std::string title;
  SourceKind source = SourceKind::file;
  std::string url;           ///< where a reader can open it; empty for uploads
  std::string content_type;  ///< detected from the bytes
  std::string language;      ///< BCP 47, "und" until indexed
  DocumentState state = DocumentState::pending;
  std::int64_t chunks = 0;
  std::int64_t size_bytes = 0;
  std::string error_code;  ///< set when failed, e.g. "empty"; "no_text" when indexed without some pages
  std::string error_message;
  Timestamp uploaded_at;
  std::optional<KnowledgeSourceId> source_id;  ///< set when a source fetched it
};

struct NewDocument {
  std::string filename;
  std::string content;
  SourceKind source = SourceKind::file;
  std::string url;
};

struct QuestionAnswer {
  std::string question;                                 ///< ≤ 500 code points
  std::string answer;                                   ///< ≤ 4,000 code points
  std::string language;                                 ///< empty: detected
  std::vector<std::string> alternative_questions = {};  ///< ≤ 20, each as long as a question may be
  std::optional<Timestamp> valid_from = std::nullopt;   ///< found from then on
  std::optional<Timestamp> valid_until = std::nullopt;  ///< and no more from then on
};

struct BaseSettings {
  std::int64_t chunk_size = 512;    ///< text tokens, 256–2048
  std::int64_t chunk_overlap = 50;  ///< text tokens, 0–200, less than half the size
};

/// The subscription's own knowledge base, made on first use.
KnowledgeBaseId base_of_subscription(const Scope& scope, store::Tx& tx, SubscriptionId subscription);
/// The same without making one, for transactions that only read.
std::optional<KnowledgeBaseId> find_base_of_subscription(const Scope& scope, store::Tx& tx, SubscriptionId subscription);
/// A knowledge base named inside an organization (vector-store components, `flow run --knowledge`), made on first use.
KnowledgeBaseId base_named(const Scope& scope, store::Tx& tx, std::string_view name);
/// The same without making one.
std::optional<KnowledgeBaseId> find_base_named(const Scope& scope, store::Tx& tx, std::string_view name);
/// What the base that belongs to a provider's agent is called: how a version of the agent, and its question sets, name it.
std::string base_name_of_agent(AgentId agent);
/// Refusal(not_found) unless the base exists in the scope's organization.
void require_base(const Scope& scope, store::Tx& tx, KnowledgeBaseId base);
/// Whether anything was taught to it and not taken back, indexed or not.
bool has_documents(const Scope& scope, store::Tx& tx, KnowledgeBaseId base);
/// How the base's documents are cut where their source does not say otherwise.
BaseSettings settings_of_base(const Scope& scope, store::Tx& tx, KnowledgeBaseId base);
/// Deletes a base with its documents, sources, pairs, chunks and snapshots.
void delete_base(const Scope& scope, store::Tx& tx, KnowledgeBaseId base);

/// Stores the bytes, state PENDING, and enqueues the job "knowledge.index". Type comes from content, not name: PDF, DOCX,
/// Markdown/MDX, HTML, CSV and plain text; anything else Refusal(unsupported_media_type); over 50 MiB payload_too_large; past the
/// base's limits knowledge_limit.
Document add_document(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const NewDocument& document);
/// A question–answer pair is a document of one chunk that wins ties in retrieval.
Document add_question_answer(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const QuestionAnswer& pair);
std::vector<Document> list_documents(const Scope& scope, store::Tx& tx, KnowledgeBaseId base);
Document get_document(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, DocumentId id);
/// Gone from retrieval when the transaction commits: the base's snapshot number moves.
void delete_document(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, DocumentId id);
/// Puts every document of the base back to PENDING and enqueues its indexing (after a change of settings).
std::int64_t retrain(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const BaseSettings& settings);

/// Installs handlers: "subscription.activated" makes the knowledge base, "subscription.terminated" deletes it with all it holds,
/// "agent.deleted" the agent's own.
void subscribe(delivery::Subscribers& subscribers);

}  // namespace guildhall::knowledge
