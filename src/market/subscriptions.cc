// Finding, naming and counting subscriptions.
#include <array>

#include "base/errors.h"
#include "checks.h"
#include "identity/audit.h"
#include "list_query.h"
#include "offering_rows.h"
#include "order_access.h"
#include "order_rows.h"

namespace guildhall::market {
namespace {

constexpr std::array<FilterColumn, 8> kSubscriptionFilters{{{"organization", "s.organization_id = $?"},
                                                            {"provider", "s.provider_id = $?"},
                                                            {"project", "s.project_id = $?"},
                                                            {"offering", "s.offering_id = $?"},
                                                            {"subscription", "s.subscription_id = $?"},
                                                            {"state", "s.state IN ($?)"},
                                                            {"name", "s.name_key LIKE $? ESCAPE '\\'"},
                                                            {"name_exact", "s.name = $?"}}};
constexpr std::array<SortColumn, 3> kSubscriptionSorts{
    {{"created", "s.created_at"}, {"name", "s.name_key"}, {"state", "s.state"}}};
constexpr ListSource kSubscriptions{kSubscriptionColumns, "subscription s", kSubscriptionFilters, kSubscriptionSorts,
                                    "s.subscription_id"};

void add_filters(ListQuery& query, const SubscriptionFilter& filter) {
  if (filter.project) query.filter("project", *filter.project);
  if (filter.offering) query.filter("offering", *filter.offering);
  std::vector<store::Param> states;
  for (const SubscriptionState state : filter.states) states.emplace_back(wire_name(state));
  query.filter_any("state", states);
  if (!filter.name.empty()) query.filter("name", contains_pattern(filter.name));
  if (!filter.query.empty()) query.filter("name", contains_pattern(filter.query));
  if (!filter.name_exact.empty()) query.filter("name_exact", filter.name_exact);
}

std::int64_t count_live(store::Tx& tx, std::string_view condition, store::Params params) {
  return tx.first("SELECT count(*) FROM subscription s WHERE " + std::string(condition) + " AND " + std::string(kLive), params)
      ->integer(0);
}

}  // namespace

SubscriptionPage list_subscriptions(const Scope& scope, store::Tx& tx, const SubscriptionFilter& filter) {
  ListQuery query(kSubscriptions);
  if (filter.as_provider) {
    if (!scope.may(Right::operate_read)) require(scope, Right::provide_agents);
    query.filter("provider", scope.organization);
  } else {
    require(scope, Right::read_subscriptions);
    query.filter("organization", scope.organization);
    if (scope.project) query.filter("project", *scope.project);
  }
  if (scope.subscription) query.filter("subscription", *scope.subscription);
  add_filters(query, filter);
  SubscriptionPage page;
  for (const store::Row& row : query.page(tx, filter.order, filter.offset, filter.limit)) {
    page.items.push_back(subscription_of_row(row));
  }
  page.total = query.total(tx);
  return page;
}

Subscription get_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id) {
  const auto row = tx.first("SELECT " + std::string(kSubscriptionColumns) +
                                " FROM subscription s WHERE s.organization_id = $1 AND s.subscription_id = $2",
                            {scope.organization, id});
  if (!row) throw not_found("subscription");
  Subscription subscription = subscription_of_row(*row);
  if (!acts_for_customer(scope, subscription.organization, subscription.project)) throw not_found("subscription");
  if (scope.subscription && *scope.subscription != id) {
    throw Refusal(Code::wrong_agent, "this key belongs to another subscription");
  }
  require(scope, Right::read_subscriptions);
  return subscription;
}

Subscription provided_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id) {
  const auto row = tx.first(
      "SELECT " + std::string(kSubscriptionColumns) + " FROM subscription s WHERE s.provider_id = $1 AND s.subscription_id = $2",
      {scope.organization, id});
  if (!row || !sees_as_provider(scope, scope.organization)) throw not_found("subscription");
  if (!scope.may(Right::operate_read)) require(scope, Right::provide_agents);
  return subscription_of_row(*row);
}

std::optional<Subscription> subscription_by_id(store::Tx& tx, SubscriptionId id) {
  const auto row =
      tx.first("SELECT " + std::string(kSubscriptionColumns) + " FROM subscription s WHERE s.subscription_id = $1", {id});
  return row ? std::optional(subscription_of_row(*row)) : std::nullopt;
}

Subscription rename_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id, std::string_view name,
                                 std::string_view description) {
  Subscription subscription = get_subscription(scope, tx, id);
  require(scope, Right::order_subscriptions);
  check_text("name", name, kNameBytesMax, true);
  check_text("description", description, kDescriptionBytesMax);
  subscription.name = name;
  subscription.description = description;
  save_subscription(tx, subscription);
  identity::audit(scope, tx,
                  {.action = "subscription.rename", .object_type = "subscription", .object_id = id.text(), .details = {}});
  return subscription;
}

Subscription set_backend_id(const Scope& scope, store::Tx& tx, SubscriptionId id, std::string_view backend_id) {
  Subscription subscription = provided_subscription(scope, tx, id);
  require(scope, Right::provide_agents);
  check_text("backend_id", backend_id, kNameBytesMax);
  subscription.backend_id = backend_id;
  save_subscription(tx, subscription);
  identity::audit(scope, tx,
                  {.action = "subscription.set_backend_id",
                   .object_type = "subscription",
                   .object_id = id.text(),
                   .details = {{"backend_id", backend_id}}});
  return subscription;
}

std::int64_t count_live_subscriptions_of_offering(store::Tx& tx, OfferingId offering) {
  return count_live(tx, "s.offering_id = $1", {offering});
}

std::int64_t count_live_subscriptions_of_project(store::Tx& tx, OrganizationId organization, ProjectId project) {
  return count_live(tx, "s.organization_id = $1 AND s.project_id = $2", {organization, project});
}

std::vector<Subscription> live_subscriptions_of_agent(store::Tx& tx, OrganizationId provider, AgentId agent) {
  std::vector<Subscription> subscriptions;
  for (const store::Row& row : tx.query("SELECT " + std::string(kSubscriptionColumns) +
                                            " FROM subscription s WHERE s.provider_id = $1 AND s.agent_id = $2 AND " +
                                            std::string(kLive) + " ORDER BY s.created_at, s.subscription_id",
                                        {provider, agent})) {
    subscriptions.push_back(subscription_of_row(row));
  }
  return subscriptions;
}

}  // namespace guildhall::market
