// What a right is called, who holds it, and the refusal that names both.
#include "identity/scope.h"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/errors.h"

namespace guildhall::identity {
namespace {

struct NamedRight {
  Right right;
  std::string_view name;
  std::string_view holders;  ///< for people, in the message of a refusal
};

constexpr std::array<NamedRight, static_cast<std::size_t>(Right::count_)> kRights{{
    {Right::read_subscriptions, "read_subscriptions", "any member of the organization"},
    {Right::place_orders, "place_orders", "an owner, a manager or any member of the project"},
    {Right::order_subscriptions, "order_subscriptions", "an owner, a manager, a project admin or a project manager"},
    {Right::approve_orders, "approve_orders", "an owner"},
    {Right::approve_private_orders, "approve_private_orders", "an owner, a project admin or a project manager"},
    {Right::configure_agents, "configure_agents", "an owner, a manager, a project admin or a project manager"},
    {Right::read_keys, "read_keys", "an owner, a manager, a viewer, a project admin or a project manager"},
    {Right::manage_keys, "manage_keys", "an owner, a manager or a project admin"},
    {Right::read_usage, "read_usage", "any member of the organization"},
    {Right::answer_visitors, "answer_visitors", "an owner, a manager, a viewer, a project admin or a project manager"},
    {Right::read_billing, "read_billing", "an owner, a manager or a viewer"},
    {Right::manage_billing, "manage_billing", "an owner"},
    {Right::read_members, "read_members", "an owner, a manager, a viewer or a project admin"},
    {Right::manage_members, "manage_members", "an owner, or a project admin in their project"},
    {Right::manage_organization, "manage_organization", "an owner"},
    {Right::provide_agents, "provide_agents", "an owner, a manager or a provider of an approved service provider"},
    {Right::read_revenue, "read_revenue", "an owner, a manager or a provider of an approved service provider"},
    {Right::manage_payout_account, "manage_payout_account", "an owner of an approved service provider"},
    {Right::operate, "operate", "an operator"},
    {Right::operate_read, "operate_read", "an operator or support"},
    {Right::chat, "chat", "a key with the scope chat"},
    {Right::query, "query", "a key with the scope query"},
    {Right::metering, "metering", "a key with the scope metering"},
}};

const NamedRight& row_of(Right right) {
  for (const NamedRight& row : kRights) {
    if (row.right == right) return row;
  }
  throw std::logic_error("a right without a row in kRights");
}

}  // namespace

std::string_view name(Right right) {
  return row_of(right).name;
}

void require(const Scope& scope, Right right) {
  if (scope.may(right)) return;
  const NamedRight& row = row_of(right);
  throw Refusal(Code::permission_denied,
                "this needs the right " + std::string(row.name) + ", which " + std::string(row.holders) + " holds");
}

Scope system_scope(OrganizationId organization, std::string actor_name) {
  Scope scope;
  scope.organization = organization;
  for (unsigned i = 0; i < static_cast<unsigned>(Right::count_); ++i) scope.rights.add(static_cast<Right>(i));
  scope.credential = Credential::system;
  scope.actor_name = std::move(actor_name);
  return scope;
}

}  // namespace guildhall::identity
