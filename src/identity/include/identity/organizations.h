// Organizations, projects, memberships and what they allow (contracts/identity-and-security.md §4, contracts/registry.md §15).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/time.h"
#include "identity/accounts.h"
#include "identity/scope.h"
#include "store/tx.h"

namespace guildhall::identity {

enum class Role : std::uint8_t {
  customer_owner,
  customer_manager,
  customer_support,
  project_admin,
  project_manager,
  project_member,
  provider,
  offering_manager,
};
std::string_view wire_name(Role role);  ///< "CUSTOMER.OWNER", …
std::optional<Role> parse_role(std::string_view name);
/// The rights a role gives on its own. Providing and revenue also need an approved service provider (see scope_for).
Rights rights_of(Role role);
/// What it gives besides in an organization that is an approved service provider.
Rights providing_rights_of(Role role);

struct Organization {
  OrganizationId id;
  std::string name;
  std::string slug;
  std::string type = "INDIVIDUAL";  ///< INDIVIDUAL, ORGANIZATION, ENTERPRISE
  std::string country;
  std::string email;  ///< billing
  std::string abbreviation;
  std::string backend_id;
  Decimal default_tax_percent;
  std::optional<std::int64_t> monthly_api_calls_limit = 100'000;  ///< nullopt: unlimited
  std::int64_t agents_max = 10;
  std::int64_t users_max = 50;
  bool is_active = true;  ///< false: suspended
  std::string suspension_reason;
  bool is_archived = false;
  bool is_provider = false;  ///< an approved service provider; kept by `market` through set_provider
  Timestamp created_at;
};

struct Project {
  ProjectId id;
  OrganizationId organization;
  std::string name;
  std::string description;
  std::string slug;
  std::string backend_id;
  std::optional<Date> start_date;
  std::optional<Date> end_date;
  bool is_removed = false;
  Timestamp created_at;
};

struct Membership {
  MembershipId id;
  AccountId account;
  Role role = Role::project_member;
  OrganizationId organization;
  std::optional<ProjectId> project;  ///< set for project roles
  std::optional<Timestamp> expires_at;
  Timestamp created_at;
};

/// Makes the organization with its creator as owner, and nothing else. Emits "organization.created".
Organization create_organization(store::Tx& tx, const Account& creator, const Organization& values, std::string_view request_id);
/// The account's first organization and its project "Default", made in this transaction when it has no membership at all.
Organization ensure_organization(store::Tx& tx, const Account& account, std::string_view request_id);
Organization get_organization(const Scope& scope, store::Tx& tx);
/// Name, e-mail, country, abbreviation, backend_id and limits (operators only). Needs manage_organization.
Organization update_organization(const Scope& scope, store::Tx& tx, const Organization& values);
/// Suspends or reactivates: every key of it is refused within a second. Operators only. Emits
/// "organization.suspended"/"reactivated".
void set_organization_active(const Scope& scope, store::Tx& tx, bool active, std::string_view reason);
/// Written by `market` when the service provider is approved or suspended.
void set_provider(store::Tx& tx, OrganizationId organization, bool is_provider);
/// Every organization the account has any membership in; all of them for operators.
std::vector<Organization> organizations_of(store::Tx& tx, const Account& account);

/// Needs manage_organization. Emits "project.created".
Project create_project(const Scope& scope, store::Tx& tx, const Project& values);
Project get_project(const Scope& scope, store::Tx& tx, ProjectId id);
Project update_project(const Scope& scope, store::Tx& tx, const Project& values);
/// Soft: Refusal(conflict) is the caller's to raise when subscriptions live.
void remove_project(const Scope& scope, store::Tx& tx, ProjectId id);
/// Projects of the scope's organization, only its own when the scope is bound to one.
std::vector<Project> projects_of(const Scope& scope, store::Tx& tx);
/// The project named "Default", else the oldest.
Project default_project(const Scope& scope, store::Tx& tx);

/// Nobody grants beyond their own rights; Refusal(permission_denied).
Membership grant(const Scope& scope, store::Tx& tx, AccountId account, Role role, std::optional<ProjectId> project,
                 std::optional<Timestamp> expires_at);
/// Refusal(last_owner) for the last owner.
void revoke(const Scope& scope, store::Tx& tx, AccountId account, Role role, std::optional<ProjectId> project);
std::vector<Membership> members_of(const Scope& scope, store::Tx& tx);
std::vector<Membership> memberships_of(store::Tx& tx, AccountId account);

/// The scope of an account in an organization (and project, when its rights hold there alone). Memberships are read at each
/// call. Refusal(not_found) when it has none there; operators get every right. With `project`, the rights a project role
/// gives there are added and the scope is bound to it; without, an account that has project roles alone is bound to the
/// project it joined first.
Scope scope_for(store::Tx& tx, const Authenticated& who, OrganizationId organization, std::string_view request_id,
                std::optional<ProjectId> project = std::nullopt);

}  // namespace guildhall::identity
