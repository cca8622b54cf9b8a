// The configuration a customer gives its agent: what it set, over the provider's defaults, over ours.
#include "base/errors.h"
#include "base/text.h"
#include "config_fields.h"
#include "config_rows.h"
#include "limits.h"
#include "lists.h"
#include "registry/access.h"
#include "registry/agents.h"
#include "scopes.h"

namespace guildhall::registry {
namespace {

constexpr std::string_view kPromptFeature = "system_prompt_override";

json::Object stored_config(store::Tx& tx, OrganizationId organization, SubscriptionId subscription) {
  const auto row = tx.first("SELECT config FROM agent_config WHERE organization_id = $1 AND subscription_id = $2",
                            {organization, subscription});
  return row ? object_of(row->json(0)) : json::Object();
}

/// What of the agent's own configuration is a field of ours and valid: the rest tunes the flow.
json::Object provider_defaults(store::Tx& tx, const market::Subscription& subscription) {
  json::Object defaults = config_defaults();
  const auto agent = subscription.agent ? agent_by_id(tx, *subscription.agent) : std::nullopt;
  if (!agent) return defaults;
  json::Object set;
  for (const auto& member : agent->config) {
    if (!is_config_field(member.key())) continue;
    std::vector<FieldError> errors;
    json::Object checked = merged_config({}, {{member.key(), member.value()}}, errors);
    if (errors.empty()) set = overlaid(std::move(set), checked);
  }
  if (json::text_of(agent->config, "persona").empty() && !agent->name.empty())
    defaults["persona"].as_object()["agent_name"] = agent->name;
  defaults = overlaid(std::move(defaults), set);
  if (!has_valid_chunks(defaults)) defaults["rag_chunk_overlap"] = 0;
  return defaults;
}

void require_plan_feature(store::Tx& tx, const market::Subscription& subscription, const json::Object& changes) {
  if (json::text_of(changes, kPromptFeature).empty()) return;
  const market::Plan plan = market::plan_by_id(tx, subscription.plan);
  if (contains(plan.terms.features, kPromptFeature)) return;
  throw invalid_field(std::string(kPromptFeature), "the plan '" + plan.name + "' does not include a system prompt of your own");
}

}  // namespace

json::Object agent_config(const Scope& scope, store::Tx& tx, SubscriptionId id) {
  const market::Subscription subscription = readable_subscription(scope, tx, id);
  return overlaid(provider_defaults(tx, subscription), stored_config(tx, subscription.organization, id));
}

json::Object update_agent_config(const Scope& scope, store::Tx& tx, SubscriptionId id, const json::Object& changes) {
  const market::Subscription subscription = own_subscription(scope, tx, id);
  require(scope, Right::configure_agents);
  std::vector<FieldError> errors;
  const json::Object stored = merged_config(stored_config(tx, subscription.organization, id), changes, errors);
  json::Object whole = overlaid(provider_defaults(tx, subscription), stored);
  if (errors.empty()) check_together(whole, changes, errors);
  if (!errors.empty()) throw Refusal(Code::validation_failed, "the configuration is not valid").with_fields(std::move(errors));
  require_plan_feature(tx, subscription, changes);

  tx.execute(
      "INSERT INTO agent_config (organization_id, subscription_id, config, archived_at, updated_at) VALUES ($1, $2, $3, NULL, $4)"
      " ON CONFLICT (organization_id, subscription_id) DO UPDATE SET config = $3, updated_at = $4",
      {subscription.organization, id, json::write(stored), tx.now()});
  json::Array names;
  for (const auto& member : changes) names.emplace_back(member.key());
  record(scope, tx,
         {.action = "agent_config.update",
          .object_type = "subscription",
          .object = id.uuid,
          .details = {{"fields", names}},
          .event = "agent_config.changed",
          .payload = {{"subscription", id.text()}}});
  return whole;
}

void open_config(store::Tx& tx, OrganizationId organization, SubscriptionId subscription) {
  tx.execute(
      "INSERT INTO agent_config (organization_id, subscription_id, config, archived_at, updated_at) VALUES ($1, $2, '{}', NULL, "
      "$3)"
      " ON CONFLICT (organization_id, subscription_id) DO NOTHING",
      {organization, subscription, tx.now()});
}

void archive_config(store::Tx& tx, OrganizationId organization, SubscriptionId subscription) {
  tx.execute(
      "UPDATE agent_config SET archived_at = $3 WHERE organization_id = $1 AND subscription_id = $2 AND archived_at IS NULL",
      {organization, subscription, tx.now()});
}

}  // namespace guildhall::registry
