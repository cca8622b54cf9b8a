// The usage ledger: one immutable row per run (contracts/registry.md §11). Everything that is counted derives from it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "identity/scope.h"
#include "store/tx.h"

namespace guildhall::billing {

enum class UsageKind : std::uint8_t { run, test, external, adjustment };
std::string_view wire_name(UsageKind kind);

struct UsageRecord {
  UsageRecordId id;
  std::string request_id;  ///< unique per organization
  UsageKind kind = UsageKind::run;
  OrganizationId organization;  ///< the customer who is charged; the provider for its own test runs
  std::optional<ProjectId> project;
  std::optional<SubscriptionId> subscription;  ///< none for test runs
  std::optional<AccessKeyId> key;
  std::optional<OrganizationId> provider;
  std::optional<AgentId> agent;
  std::optional<AgentVersionId> version;
  std::optional<PlanId> plan;
  std::optional<ConversationId> conversation;
  std::string endpoint;
  std::string method;
  int status = 0;  ///< HTTP class of the outcome
  std::int64_t response_time_ms = 0;
  std::int64_t tokens_input = 0;
  std::int64_t tokens_output = 0;
  std::string billable_unit = "call";
  Decimal units;       ///< six decimals kept
  Decimal unit_price;  ///< of overage; zero inside the quota
  Decimal cost_minor;  ///< estimated cost in minor units, six decimals kept
  Timestamp occurred_at;
  Cycle cycle;                    ///< billing period
  std::optional<Cycle> late_for;  ///< set when `cycle` was finalized already
};

/// Appends the row and counts it as settle does, or changes nothing when the organization has this request_id already (L5). True
/// when it was new. Without id, occurred_at or cycle the record gets a random id, now, and the month of occurred_at; a record of
/// a finalized month joins the open one (L6). For what was never reserved: external usage, test runs, adjustments.
bool append_usage(store::Tx& tx, const UsageRecord& record);

struct UsageFilter {
  std::optional<SubscriptionId> subscription;
  std::optional<AgentId> agent;
  std::optional<Cycle> cycle;
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
  std::size_t offset = 0;
  std::size_t limit = 25;
};
struct UsagePage {
  std::vector<UsageRecord> items;
  std::int64_t total = 0;
};
/// Newest first. Needs read_usage.
UsagePage list_usage(const Scope& scope, store::Tx& tx, const UsageFilter& filter);

struct UsageTotals {
  std::int64_t calls = 0;       ///< rows of kind run or external
  std::int64_t successful = 0;  ///< status below 400
  std::int64_t failed = 0;
  Decimal units;
  std::int64_t tokens_input = 0;
  std::int64_t tokens_output = 0;
  std::int64_t response_time_ms_avg = 0;
  std::int64_t response_time_ms_p95 = 0;  ///< nearest rank
  Decimal cost_minor;
};
struct DayUsage {
  Date date;
  UsageTotals totals;
};

/// One subscription in one cycle, from the ledger itself.
UsageTotals subscription_totals(const Scope& scope, store::Tx& tx, SubscriptionId subscription, Cycle cycle);
std::vector<DayUsage> subscription_days(const Scope& scope, store::Tx& tx, SubscriptionId subscription, Cycle cycle);
/// An agent over all its customers, for its provider. Needs read_revenue or provide_agents.
UsageTotals agent_totals(const Scope& scope, store::Tx& tx, AgentId agent, Timestamp from, Timestamp to);

/// Runs of one subscription since a moment by the version that ran. For judging a canary, which a schedule does.
struct VersionRuns {
  AgentVersionId version;
  std::int64_t runs = 0;
  std::int64_t failed = 0;  ///< status 500 and above
};
std::vector<VersionRuns> runs_by_version(store::Tx& tx, OrganizationId organization, SubscriptionId subscription,
                                         Timestamp since);

/// What a subscription used of each component: "api_calls", "tokens_input", "tokens_output", "api_calls_overage".
struct ComponentTotal {
  SubscriptionId subscription;
  PlanId plan;
  std::string component;
  Cycle cycle;
  Decimal amount;  ///< up2(Σ ledger ÷ unit_factor), contracts/cmp.md §9.4
};
std::vector<ComponentTotal> component_totals(store::Tx& tx, OrganizationId organization,
                                             std::optional<SubscriptionId> subscription, Cycle cycle);

/// Monthly totals per organization (TenantQuotaSnapshot): aggregated from the ledger, finalized once.
struct Snapshot {
  OrganizationId organization;
  Cycle cycle;
  std::int64_t calls = 0;
  std::int64_t tokens_input = 0;
  std::int64_t tokens_output = 0;
  Decimal cost_minor;
  json::Object usage_by_agent;
  bool is_finalized = false;
  std::optional<Timestamp> finalized_at;
};
/// Inserts and finalizes, or returns the finalized one.
Snapshot finalize_cycle(store::Tx& tx, OrganizationId organization, Cycle cycle);
bool is_finalized(store::Tx& tx, OrganizationId organization, Cycle cycle);

}  // namespace guildhall::billing
