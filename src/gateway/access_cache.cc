// Reading what a key means, and remembering it briefly.
#include "access_cache.h"

#include "gateway/limits.h"
#include "identity/organizations.h"
#include "knowledge/documents.h"

namespace guildhall::gateway {
namespace {

constexpr std::size_t kEntriesMax = 50'000;

/// The calls a plan lets through: the quota, or with overage billing the quota times its cap.
std::optional<Decimal> plan_limit(const market::PlanTerms& terms) {
  if (!terms.monthly_quota) return std::nullopt;
  const Decimal quota(*terms.monthly_quota);
  if (!terms.bills_overage) return quota;
  return divided(quota * Decimal(terms.overage_cap_percent), Decimal(100), 0, Rounding::toward_zero);
}

std::vector<billing::QuotaLimit> limits_of(const Access& access) {
  std::vector<billing::QuotaLimit> limits;
  if (access.key.quota_limit && access.plan && access.key.quota_limit != access.plan->terms.monthly_quota)
    limits.push_back({billing::QuotaScope::key, access.key.id.uuid, Decimal(*access.key.quota_limit)});
  if (access.subscription)
    limits.push_back({billing::QuotaScope::subscription, access.subscription->id.uuid,
                      access.plan ? plan_limit(access.plan->terms) : std::nullopt});
  std::optional<Decimal> of_organization;
  if (access.organization_calls_limit) of_organization = Decimal(*access.organization_calls_limit);
  limits.push_back({billing::QuotaScope::organization, access.key.organization.uuid, of_organization});
  return limits;
}

std::vector<std::string> targets_of(const registry::Agent& agent, SubscriptionId subscription, std::string_view endpoint_name) {
  std::vector<std::string> targets{agent.id.text(),   agent.id.hex(),      agent.agent_id,    agent.slug,
                                   agent.flow.text(), subscription.text(), subscription.hex()};
  if (!endpoint_name.empty()) targets.emplace_back(endpoint_name);
  return targets;
}

void load_agent(store::Tx& tx, Access& access) {
  const market::Subscription& subscription = *access.subscription;
  access.plan = market::plan_by_id(tx, subscription.plan);
  const Scope customer = identity::system_scope(subscription.organization, "gateway");
  access.config = registry::agent_config(customer, tx, subscription.id);
  access.knowledge_base = knowledge::find_base_of_subscription(customer, tx, subscription.id);
  if (!subscription.agent) return;
  access.agent = registry::agent_by_id(tx, *subscription.agent);
  if (!access.agent) return;
  access.version = registry::running_version(tx, subscription, *access.agent);
  const Scope provider = identity::system_scope(access.agent->organization, "gateway");
  access.model_id = identity::get_organization(provider, tx).slug + "/" + access.agent->slug;
  access.targets = targets_of(*access.agent, subscription.id, registry::get_flow(provider, tx, access.agent->flow).endpoint_name);
  access.targets.push_back(access.model_id);
  access.targets.emplace_back("default");
}

std::shared_ptr<const Access> completed(store::Tx& tx, Access access) {
  const auto organization = identity::get_organization(identity::system_scope(access.key.organization, "gateway"), tx);
  access.organization_name = organization.name;
  access.organization_is_active = organization.is_active;
  access.organization_calls_limit = organization.monthly_api_calls_limit;
  if (access.key.subscription) access.subscription = market::subscription_by_id(tx, *access.key.subscription);
  if (access.subscription) load_agent(tx, access);
  // One live unlimited plan lifts the organization's own limit (contracts/registry.md §2, monthly_api_calls_limit).
  if (access.plan && !access.plan->terms.monthly_quota) access.organization_calls_limit.reset();
  access.quota_limits = limits_of(access);
  access.quotas = read_quotas(tx, access);
  return std::make_shared<const Access>(std::move(access));
}

}  // namespace

std::shared_ptr<const Access> load_access(store::Tx& tx, registry::AccessKey key) {
  Access access;
  access.key = std::move(key);
  return completed(tx, std::move(access));
}

std::shared_ptr<const Access> load_widget_access(store::Tx& tx, const registry::Widget& widget) {
  Access access;
  access.key.id = AccessKeyId{widget.id.uuid};
  access.key.organization = widget.organization;
  access.key.subscription = widget.subscription;
  access.key.name = widget.name;
  access.key.prefix = widget.public_id;
  access.key.scopes = {"chat"};
  access.key.status = registry::KeyStatus::active;
  access.is_widget = true;
  return completed(tx, std::move(access));
}

std::vector<billing::Quota> read_quotas(store::Tx& tx, const Access& access) {
  std::vector<billing::Quota> quotas;
  const Cycle cycle = cycle_of(tx.now());
  for (const auto& limit : access.quota_limits)
    quotas.push_back(billing::quota_of(tx, access.key.organization, limit.scope, limit.id, cycle, limit.limit));
  return quotas;
}

std::shared_ptr<const Access> AccessCache::find(const std::string& key, std::int64_t now_us) const {
  const std::lock_guard lock(mutex_);
  const auto it = entries_.find(key);
  return it != entries_.end() && now_us - it->second.loaded_us < kAccessCacheUs ? it->second.access : nullptr;
}

void AccessCache::put(const std::string& key, std::shared_ptr<const Access> access, std::int64_t now_us,
                      std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return;
  if (entries_.size() >= kEntriesMax) entries_.clear();
  entries_[key] = {std::move(access), now_us};
}

std::uint64_t AccessCache::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

void AccessCache::forget_all() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  entries_.clear();
}

}  // namespace guildhall::gateway
