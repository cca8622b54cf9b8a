// Canaries that end themselves: because they failed, or because everybody runs them by now.
#include "policy_rows.h"
#include "registry/version_policy.h"
#include "scopes.h"

namespace guildhall::registry {
namespace {

struct FoundCanary {
  market::Subscription subscription;
  Agent agent;
  PolicyRow row;
};

/// The canary as it stands now; nullopt when it ended or another began.
std::optional<FoundCanary> found_canary(store::Tx& tx, const OpenCanary& canary) {
  auto subscription = market::subscription_by_id(tx, canary.subscription);
  if (!subscription || !subscription->agent) return std::nullopt;
  auto row = policy_row(tx, *subscription);
  if (!row || row->canary != canary.version || row->canary_since != canary.since) return std::nullopt;
  auto agent = agent_by_id(tx, *subscription->agent);
  if (!agent) return std::nullopt;
  return FoundCanary{std::move(*subscription), std::move(*agent), std::move(*row)};
}

}  // namespace

std::vector<OpenCanary> open_canaries(store::Tx& tx) {
  std::vector<OpenCanary> canaries;
  for (const store::Row& row :
       tx.query("SELECT organization_id, subscription_id, canary_version_id, canary_since FROM subscription_version"
                " WHERE canary_version_id IS NOT NULL ORDER BY canary_since, subscription_id")) {
    OpenCanary canary{.organization = row.id<OrganizationId>(0),
                      .subscription = row.id<SubscriptionId>(1),
                      .version = row.id<AgentVersionId>(2),
                      .since = row.timestamp(3)};
    if (const auto found = found_canary(tx, canary)) {
      canary.is_adopted = running_with(tx, found->agent, found->row) == canary.version;
      canaries.push_back(canary);
    }
  }
  return canaries;
}

bool end_canary(store::Tx& tx, const OpenCanary& canary, std::string_view reason, json::Object details) {
  auto found = found_canary(tx, canary);
  if (!found) return false;
  details["reason"] = reason;
  details["version"] = version_number(tx, found->agent, canary.version);
  found->row.canary.reset();
  found->row.canary_percent = 0;
  found->row.canary_since.reset();
  save_policy(tx, found->subscription, found->row);
  json::Object payload = details;
  payload["subscription"] = found->subscription.id.text();
  payload["agent"] = found->agent.id.text();
  record(identity::system_scope(found->subscription.organization, "registry"), tx,
         {.action = "subscription.end_canary",
          .object_type = "subscription",
          .object = found->subscription.id.uuid,
          .details = std::move(details),
          .event = "subscription.canary_ended",
          .payload = std::move(payload)});
  return true;
}

void forget_canary(store::Tx& tx, OrganizationId organization, SubscriptionId subscription) {
  tx.execute(
      "UPDATE subscription_version SET canary_version_id = NULL, canary_percent = 0, canary_since = NULL"
      " WHERE organization_id = $1 AND subscription_id = $2 AND canary_version_id IS NOT NULL",
      {organization, subscription});
}

}  // namespace guildhall::registry
