// The names of rights, and the refusal of those who lack one.
#include "identity/scope.h"

#include <array>

#include "base/errors.h"

namespace guildhall::identity {
namespace {

struct RightRow {
  Right right;
  std::string_view name;
  std::string_view holders;  ///< who has it, for the message of a refusal (contracts/registry.md §15)
};

constexpr std::array<RightRow, static_cast<std::size_t>(Right::count_)> kRightRows = {{
    {Right::read_subscriptions, "read_subscriptions", "any member of the organization"},
    {Right::order_subscriptions, "order_subscriptions", "organization owner or manager, project administrator or manager"},
    {Right::configure_agents, "configure_agents", "organization owner or manager, project administrator or manager"},
    {Right::read_keys, "read_keys", "organization owner or manager, project administrator or manager"},
    {Right::manage_keys, "manage_keys", "organization owner or manager, project administrator"},
    {Right::read_usage, "read_usage", "any member of the organization"},
    {Right::read_billing, "read_billing", "organization owner, manager or viewer"},
    {Right::manage_billing, "manage_billing", "organization owner or manager"},
    {Right::read_members, "read_members", "any member of the organization"},
    {Right::manage_members, "manage_members", "organization owner or manager"},
    {Right::manage_organization, "manage_organization", "organization owner"},
    {Right::provide_agents, "provide_agents", "owner or manager of a provider"},
    {Right::read_revenue, "read_revenue", "owner or manager of a provider"},
    {Right::manage_payout_account, "manage_payout_account", "organization owner"},
    {Right::operate, "operate", "platform operator"},
    {Right::operate_read, "operate_read", "platform operator or support"},
    {Right::chat, "chat", "access key with the scope 'chat'"},
    {Right::query, "query", "access key with the scope 'query'"},
    {Right::metering, "metering", "access key with the scope 'metering'"},
}};

const RightRow& row_of(Right right) {
  return kRightRows.at(static_cast<std::size_t>(right));
}

}  // namespace

std::string_view name(Right right) {
  return row_of(right).name;
}

void require(const Scope& scope, Right right) {
  if (scope.may(right)) return;
  const RightRow& row = row_of(right);
  throw Refusal(Code::permission_denied,
                "this needs the right '" + std::string(row.name) + "', which is held by: " + std::string(row.holders));
}

Scope system_scope(OrganizationId organization, std::string actor_name) {
  Scope scope;
  scope.organization = organization;
  for (const RightRow& row : kRightRows) scope.rights.add(row.right);
  scope.credential = Credential::system;
  scope.actor_name = std::move(actor_name);
  return scope;
}

}  // namespace guildhall::identity
