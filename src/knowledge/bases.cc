// Knowledge bases: made on first use, deleted with everything in them.
#include <string>

#include "base/errors.h"
#include "base/text.h"
#include "delivery/events.h"
#include "dense/dense_rows.h"
#include "document_rows.h"
#include "knowledge/documents.h"
#include "limits.h"

namespace guildhall::knowledge {
namespace {

/// A subscription's key reaches that subscription's base and the organization's named ones, never another subscription's.
bool may_reach(const Scope& scope, const std::optional<SubscriptionId>& owner) {
  return !scope.subscription || !owner || *scope.subscription == *owner;
}

void insert_base(const Scope& scope, store::Tx& tx, const std::optional<SubscriptionId>& subscription,
                 const std::optional<std::string>& name) {
  const BaseSettings defaults;
  tx.execute(
      "INSERT INTO knowledge_base (organization_id, id, subscription_id, name, snapshot, chunk_size, chunk_overlap, created_at) "
      "VALUES ($1, $2, $3, $4, 0, $5, $6, $7) ON CONFLICT DO NOTHING",
      {scope.organization, KnowledgeBaseId::random(), subscription, name, defaults.chunk_size, defaults.chunk_overlap, tx.now()});
}

}  // namespace

std::optional<KnowledgeBaseId> find_base_of_subscription(const Scope& scope, store::Tx& tx, SubscriptionId subscription) {
  if (!may_reach(scope, subscription)) throw not_found("knowledge base");
  const auto row = tx.first("SELECT id FROM knowledge_base WHERE organization_id = $1 AND subscription_id = $2",
                            {scope.organization, subscription});
  return row ? std::optional(row->id<KnowledgeBaseId>(0)) : std::nullopt;
}

KnowledgeBaseId base_of_subscription(const Scope& scope, store::Tx& tx, SubscriptionId subscription) {
  if (const auto base = find_base_of_subscription(scope, tx, subscription)) return *base;
  insert_base(scope, tx, subscription, std::nullopt);
  return find_base_of_subscription(scope, tx, subscription).value();
}

void subscribe(delivery::Subscribers& subscribers) {
  const auto subscription_of = [](const delivery::Event& event) {
    const auto id = SubscriptionId::parse(json::text_of(event.payload, "subscription"));
    if (!id) throw std::logic_error(event.type + " without a subscription");
    return *id;
  };
  subscribers.on("subscription.activated", [subscription_of](store::Tx& tx, const delivery::Event& event) {
    base_of_subscription(identity::system_scope(event.organization, "knowledge"), tx, subscription_of(event));
  });
  subscribers.on("subscription.terminated", [subscription_of](store::Tx& tx, const delivery::Event& event) {
    const Scope scope = identity::system_scope(event.organization, "knowledge");
    if (const auto base = find_base_of_subscription(scope, tx, subscription_of(event))) delete_base(scope, tx, *base);
  });
  subscribers.on("agent.deleted", [](store::Tx& tx, const delivery::Event& event) {
    const Scope scope = identity::system_scope(event.organization, "knowledge");
    const std::string name = base_name_of_agent(AgentId{event.subject});
    if (const auto base = find_base_named(scope, tx, name)) delete_base(scope, tx, *base);
  });
}

std::string base_name_of_agent(AgentId agent) {
  return "agent:" + agent.text();
}

std::optional<KnowledgeBaseId> find_base_named(const Scope& scope, store::Tx& tx, std::string_view name) {
  const auto row =
      tx.first("SELECT id FROM knowledge_base WHERE organization_id = $1 AND name = $2", {scope.organization, std::string(name)});
  return row ? std::optional(row->id<KnowledgeBaseId>(0)) : std::nullopt;
}

KnowledgeBaseId base_named(const Scope& scope, store::Tx& tx, std::string_view name) {
  if (trimmed(name).empty() || name.size() > kBaseNameBytesMax || !is_valid_utf8(name) ||
      name.find('\0') != std::string_view::npos) {
    throw invalid_field("name", "a knowledge base is named by 1 to " + std::to_string(kBaseNameBytesMax) + " bytes of text");
  }
  if (const auto base = find_base_named(scope, tx, name)) return *base;
  insert_base(scope, tx, std::nullopt, std::string(name));
  return find_base_named(scope, tx, name).value();
}

void require_base(const Scope& scope, store::Tx& tx, KnowledgeBaseId base) {
  const auto row =
      tx.first("SELECT subscription_id FROM knowledge_base WHERE organization_id = $1 AND id = $2", {scope.organization, base});
  if (!row || !may_reach(scope, row->optional_id<SubscriptionId>(0))) throw not_found("knowledge base");
}

bool has_documents(const Scope& scope, store::Tx& tx, KnowledgeBaseId base) {
  require_base(scope, tx, base);
  return tx
      .first("SELECT 1 FROM knowledge_document WHERE organization_id = $1 AND base_id = $2 LIMIT 1", {scope.organization, base})
      .has_value();
}

BaseSettings settings_of_base(const Scope& scope, store::Tx& tx, KnowledgeBaseId base) {
  require_base(scope, tx, base);
  const auto row = tx.first("SELECT chunk_size, chunk_overlap FROM knowledge_base WHERE organization_id = $1 AND id = $2",
                            {scope.organization, base});
  return {row->integer(0), row->integer(1)};
}

void delete_base(const Scope& scope, store::Tx& tx, KnowledgeBaseId base) {
  require_base(scope, tx, base);
  const auto documents = tx.query("SELECT blob_sha256 FROM knowledge_document WHERE organization_id = $1 AND base_id = $2",
                                  {scope.organization, base});
  tx.execute("DELETE FROM knowledge_chunk WHERE organization_id = $1 AND base_id = $2", {scope.organization, base});
  tx.execute("DELETE FROM knowledge_document WHERE organization_id = $1 AND base_id = $2", {scope.organization, base});
  tx.execute("DELETE FROM knowledge_pair WHERE organization_id = $1 AND base_id = $2", {scope.organization, base});
  tx.execute(
      "DELETE FROM knowledge_page WHERE organization_id = $1 AND source_id IN "
      "(SELECT id FROM knowledge_source WHERE organization_id = $1 AND base_id = $2)",
      {scope.organization, base});
  tx.execute(
      "DELETE FROM knowledge_sync WHERE organization_id = $1 AND source_id IN "
      "(SELECT id FROM knowledge_source WHERE organization_id = $1 AND base_id = $2)",
      {scope.organization, base});
  tx.execute("DELETE FROM knowledge_source WHERE organization_id = $1 AND base_id = $2", {scope.organization, base});
  delete_vectors(tx, scope.organization, base);
  tx.execute("DELETE FROM knowledge_base WHERE organization_id = $1 AND id = $2", {scope.organization, base});
  for (const store::Row& document : documents) drop_content(tx, scope.organization, document.text(0));
}

}  // namespace guildhall::knowledge
