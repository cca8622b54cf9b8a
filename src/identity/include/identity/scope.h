// Who acts, in which organization, with which rights. Every function on an organization's rows takes one.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace guildhall::identity {

/// What may be done. The first group follows contracts/registry.md §15, the second is the scopes of access keys (§11).
enum class Right : std::uint8_t {
  read_subscriptions,      ///< see orders, subscriptions and their configuration
  place_orders,            ///< place an order, which may need approval (contracts/cmp.md §3)
  order_subscriptions,     ///< change plan and limits, cancel
  approve_orders,          ///< approve and reject orders as consumer; own orders need no review
  approve_private_orders,  ///< own orders of the organization's private offerings need no review
  configure_agents,        ///< persona, training, widgets, alerts
  read_keys,
  manage_keys,
  read_usage,       ///< usage and conversations
  answer_visitors,  ///< take conversations over and reply
  read_billing,
  manage_billing,
  read_members,
  manage_members,
  manage_organization,  ///< name, projects
  provide_agents,       ///< agents, versions, plans, publish, offerings
  read_revenue,
  manage_payout_account,
  operate,       ///< platform: review, suspend, sync, realms
  operate_read,  ///< platform: read everything, write nothing

  chat,      ///< converse with the subscription's agent
  query,     ///< retrieve without a conversation
  metering,  ///< report external usage
  count_     ///< number of rights; not a right
};

/// The name used in messages and audit rows, e.g. "configure_agents".
std::string_view name(Right right);

/// A set of rights.
class Rights {
 public:
  constexpr Rights() = default;
  constexpr Rights(std::initializer_list<Right> rights) {
    for (const Right right : rights) add(right);
  }
  constexpr void add(Right right) { bits_ |= std::uint64_t{1} << static_cast<unsigned>(right); }
  constexpr void add(Rights other) { bits_ |= other.bits_; }
  constexpr bool contains(Rights other) const { return (bits_ & other.bits_) == other.bits_; }
  constexpr bool has(Right right) const { return (bits_ >> static_cast<unsigned>(right) & 1) != 0; }
  constexpr bool operator==(const Rights&) const = default;

 private:
  std::uint64_t bits_ = 0;
};

/// What the actor's credential was. Audit rows keep it, limits differ by it.
enum class Credential : std::uint8_t { none, session, token, access_key, widget_key, system };

struct Scope {
  OrganizationId organization;       ///< whose rows may be touched; never nil for tenant data
  std::optional<ProjectId> project;  ///< set when the rights hold in this project only
  Rights rights;
  Credential credential = Credential::none;
  std::optional<AccountId> account;            ///< the person, when there is one
  std::optional<AccessKeyId> key;              ///< the access key, when one was used
  std::optional<SubscriptionId> subscription;  ///< set for a subscription's key: nothing outside it may be touched
  std::string actor_name;                      ///< for audit rows: user name, key prefix or job name
  std::string request_id;

  bool may(Right right) const { return rights.has(right); }
  bool is_operator() const { return rights.has(Right::operate); }
};

/// Refusal(permission_denied) naming the right and the roles that hold it.
void require(const Scope& scope, Right right);

/// For jobs and commands: every right in one organization, credential `system`.
Scope system_scope(OrganizationId organization, std::string actor_name);

}  // namespace guildhall::identity

namespace guildhall {
using identity::Right;
using identity::Rights;
using identity::Scope;
}  // namespace guildhall
