// Roles and the rights they give: the matrix of contracts/registry.md §15 and contracts/cmp.md §3.
#include <array>

#include "identity/organizations.h"

namespace guildhall::identity {
namespace {

struct NamedRole {
  Role role;
  std::string_view wire;
};

constexpr std::array<NamedRole, 8> kRoles{{
    {Role::customer_owner, "CUSTOMER.OWNER"},
    {Role::customer_manager, "CUSTOMER.MANAGER"},
    {Role::customer_support, "CUSTOMER.SUPPORT"},
    {Role::project_admin, "PROJECT.ADMIN"},
    {Role::project_manager, "PROJECT.MANAGER"},
    {Role::project_member, "PROJECT.MEMBER"},
    {Role::provider, "PROVIDER"},
    {Role::offering_manager, "OFFERING.MANAGER"},
}};

}  // namespace

std::string_view wire_name(Role role) {
  for (const NamedRole& row : kRoles) {
    if (row.role == role) return row.wire;
  }
  return {};
}

std::optional<Role> parse_role(std::string_view name) {
  for (const NamedRole& row : kRoles) {
    if (row.wire == name) return row.role;
  }
  return std::nullopt;
}

Rights rights_of(Role role) {
  switch (role) {
    case Role::customer_owner:
      return {Right::read_subscriptions,
              Right::place_orders,
              Right::order_subscriptions,
              Right::approve_orders,
              Right::approve_private_orders,
              Right::configure_agents,
              Right::read_keys,
              Right::manage_keys,
              Right::read_usage,
              Right::answer_visitors,
              Right::read_billing,
              Right::manage_billing,
              Right::read_members,
              Right::manage_members,
              Right::manage_organization,
              Right::chat,
              Right::query};
    case Role::customer_manager: {
      Rights rights = rights_of(Role::offering_manager);
      rights.add(Right::answer_visitors);
      return rights;
    }
    case Role::offering_manager:
      return {Right::read_subscriptions,
              Right::place_orders,
              Right::order_subscriptions,
              Right::configure_agents,
              Right::read_keys,
              Right::manage_keys,
              Right::read_usage,
              Right::read_billing,
              Right::read_members,
              Right::chat,
              Right::query};
    case Role::customer_support:
      return {Right::read_subscriptions, Right::read_keys,    Right::read_usage,
              Right::answer_visitors,    Right::read_billing, Right::read_members};
    case Role::project_admin:
      return {Right::read_subscriptions,
              Right::place_orders,
              Right::order_subscriptions,
              Right::approve_private_orders,
              Right::configure_agents,
              Right::read_keys,
              Right::manage_keys,
              Right::read_usage,
              Right::answer_visitors,
              Right::read_members,
              Right::manage_members,
              Right::chat,
              Right::query};
    case Role::project_manager:
      return {Right::read_subscriptions,
              Right::place_orders,
              Right::order_subscriptions,
              Right::approve_private_orders,
              Right::configure_agents,
              Right::read_keys,
              Right::read_usage,
              Right::answer_visitors,
              Right::chat,
              Right::query};
    case Role::project_member: return {Right::read_subscriptions, Right::place_orders, Right::read_usage};
    case Role::provider: return {};
  }
  return {};
}

Rights providing_rights_of(Role role) {
  switch (role) {
    case Role::customer_owner: return {Right::provide_agents, Right::read_revenue, Right::manage_payout_account};
    case Role::customer_manager:
    case Role::provider: return {Right::provide_agents, Right::read_revenue};
    case Role::offering_manager: return {Right::provide_agents};
    case Role::customer_support:
    case Role::project_admin:
    case Role::project_manager:
    case Role::project_member: return {};
  }
  return {};
}

}  // namespace guildhall::identity
