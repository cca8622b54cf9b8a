// Memberships: granting, revoking, and the scope that follows from them (contracts/identity-and-security.md §4).
#include <stdexcept>

#include "base/errors.h"
#include "delivery/events.h"
#include "identity/audit.h"
#include "identity/organizations.h"
#include "membership_rows.h"

namespace guildhall::identity {
namespace {

constexpr std::string_view kMembershipColumns =
    "membership_id, account_id, role, organization_id, project_id, expires_at, created_at";

bool is_project_role(Role role) {
  return role == Role::project_admin || role == Role::project_manager || role == Role::project_member;
}

Membership membership_of_row(const store::Row& row) {
  const auto role = parse_role(row.text(2));
  if (!role) throw std::logic_error("a stored membership has an unknown role");
  return {.id = row.id<MembershipId>(0),
          .account = row.id<AccountId>(1),
          .role = *role,
          .organization = row.id<OrganizationId>(3),
          .project = row.optional_id<ProjectId>(4),
          .expires_at = row.optional_timestamp(5),
          .created_at = row.timestamp(6)};
}

std::optional<Membership> find_membership(store::Tx& tx, OrganizationId organization, AccountId account, Role role,
                                          const std::optional<ProjectId>& project) {
  for (const store::Row& row : tx.query("SELECT " + std::string(kMembershipColumns) +
                                            " FROM membership WHERE organization_id = $1 AND account_id = $2 AND role = $3",
                                        {organization, account, wire_name(role)})) {
    Membership membership = membership_of_row(row);
    if (membership.project == project) return membership;
  }
  return std::nullopt;
}

/// Locks the organization, so that two changes of its members never both pass the rule of the last owner.
bool lock_memberships(store::Tx& tx, OrganizationId organization) {
  const auto rows =
      tx.query("UPDATE organization SET membership_epoch = membership_epoch + 1 WHERE organization_id = $1 RETURNING is_provider",
               {organization});
  if (rows.empty()) throw not_found("organization");
  return rows.front().boolean(0);
}

/// An organization keeps an owner whose membership does not lapse.
void keep_an_owner(store::Tx& tx, const Membership& leaving) {
  if (leaving.role != Role::customer_owner || leaving.expires_at) return;
  const auto others = tx.first(
      "SELECT count(*) FROM membership WHERE organization_id = $1 AND role = $2 AND expires_at IS NULL AND membership_id <> $3",
      {leaving.organization, wire_name(Role::customer_owner), leaving.id});
  if (others->integer(0) == 0) throw Refusal(Code::last_owner, "the last owner stays; make somebody else an owner first");
}

void require_within_own_rights(const Scope& scope, Role role, bool is_provider, const std::optional<ProjectId>& project) {
  require(scope, Right::manage_members);
  if (scope.project && scope.project != project) {
    throw Refusal(Code::permission_denied, "your rights hold in one project; only its own roles are yours to give");
  }
  Rights given = rights_of(role);
  if (is_provider) given.add(providing_rights_of(role));
  if (!scope.rights.contains(given)) {
    throw Refusal(Code::permission_denied, "nobody gives or takes more rights than they have; ask an owner");
  }
}

void check_role_place(const Scope& scope, store::Tx& tx, Role role, const std::optional<ProjectId>& project) {
  if (is_project_role(role) != project.has_value()) {
    throw invalid_field("role", "a project role is given in a project, any other role in the organization");
  }
  if (project) get_project(scope, tx, *project);
}

void tell_about_membership(const Scope& scope, store::Tx& tx, std::string_view action, std::string_view event,
                           const Membership& membership) {
  json::Object values{
      {"organization", scope.organization.text()}, {"account", membership.account.text()}, {"role", wire_name(membership.role)}};
  if (membership.project) values["project"] = membership.project->text();
  audit(scope, tx,
        {.action = std::string(action), .object_type = "membership", .object_id = membership.id.text(), .details = values});
  delivery::emit(
      tx,
      {.type = std::string(event), .organization = scope.organization, .subject = membership.account.uuid, .payload = values});
}

std::vector<Membership> live_memberships(store::Tx& tx, AccountId account) {
  std::vector<Membership> memberships;
  for (const store::Row& row : tx.query("SELECT " + std::string(kMembershipColumns) +
                                            " FROM membership WHERE account_id = $1 AND (expires_at IS NULL OR expires_at > $2)"
                                            " ORDER BY created_at, membership_id",
                                        {account, tx.now()})) {
    memberships.push_back(membership_of_row(row));
  }
  return memberships;
}

/// Adds what memberships give in this organization, and binds the scope to a project where the rights hold there alone.
void add_membership_rights(store::Tx& tx, Scope& scope, AccountId account, const std::optional<ProjectId>& project,
                           bool is_provider) {
  const std::vector<Membership> memberships = live_memberships(tx, account);
  bool has_any = false;
  bool in_organization = false;
  std::optional<ProjectId> bound = project;
  for (const Membership& membership : memberships) {
    if (membership.organization != scope.organization) continue;
    if (membership.project) {
      if (!bound && !in_organization) bound = membership.project;
      continue;
    }
    has_any = true;
    in_organization = true;
    if (!project) bound.reset();
    scope.rights.add(rights_of(membership.role));
    if (is_provider) scope.rights.add(providing_rights_of(membership.role));
  }
  const Rights of_organization = scope.rights;
  for (const Membership& membership : memberships) {
    if (membership.organization != scope.organization || !bound || membership.project != bound) continue;
    has_any = true;
    scope.rights.add(rights_of(membership.role));
  }
  if (!has_any) throw not_found("organization");
  if (!in_organization || scope.rights != of_organization) scope.project = bound;
}

}  // namespace

void insert_membership(store::Tx& tx, const Membership& membership) {
  tx.execute(
      "INSERT INTO membership (organization_id, membership_id, account_id, role, project_id, expires_at, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)",
      {membership.organization, membership.id, membership.account, wire_name(membership.role), membership.project,
       membership.expires_at, membership.created_at});
}

Membership grant(const Scope& scope, store::Tx& tx, AccountId account, Role role, std::optional<ProjectId> project,
                 std::optional<Timestamp> expires_at) {
  const bool is_provider = lock_memberships(tx, scope.organization);
  check_role_place(scope, tx, role, project);
  require_within_own_rights(scope, role, is_provider, project);
  get_account(tx, account);
  if (expires_at && *expires_at <= tx.now()) throw invalid_field("expiration_time", "this lies in the past");

  if (auto existing = find_membership(tx, scope.organization, account, role, project)) {
    if (expires_at) keep_an_owner(tx, *existing);
    existing->expires_at = expires_at;
    tx.execute("UPDATE membership SET expires_at = $3 WHERE organization_id = $1 AND membership_id = $2",
               {scope.organization, existing->id, expires_at});
    tell_about_membership(scope, tx, "membership.update", "role.updated", *existing);
    return *existing;
  }
  const auto members = tx.first(
      "SELECT o.users_max, (SELECT count(DISTINCT m.account_id) FROM membership m WHERE m.organization_id = $1 AND m.account_id "
      "<> $2)"
      " FROM organization o WHERE o.organization_id = $1",
      {scope.organization, account});
  if (members->integer(1) >= members->integer(0)) {
    throw Refusal(Code::conflict, "the organization has as many members as it may have; remove one or ask an operator");
  }
  const Membership membership{.id = MembershipId::random(),
                              .account = account,
                              .role = role,
                              .organization = scope.organization,
                              .project = project,
                              .expires_at = expires_at,
                              .created_at = tx.now()};
  insert_membership(tx, membership);
  tell_about_membership(scope, tx, "membership.grant", "role.granted", membership);
  return membership;
}

void revoke(const Scope& scope, store::Tx& tx, AccountId account, Role role, std::optional<ProjectId> project) {
  const bool is_provider = lock_memberships(tx, scope.organization);
  check_role_place(scope, tx, role, project);
  if (scope.account != account) require_within_own_rights(scope, role, is_provider, project);
  const auto membership = find_membership(tx, scope.organization, account, role, project);
  if (!membership) throw not_found("membership");
  keep_an_owner(tx, *membership);
  tx.execute("DELETE FROM membership WHERE organization_id = $1 AND membership_id = $2", {scope.organization, membership->id});
  tell_about_membership(scope, tx, "membership.revoke", "role.revoked", *membership);
}

std::vector<Membership> members_of(const Scope& scope, store::Tx& tx) {
  require(scope, Right::read_members);
  std::vector<Membership> members;
  for (const store::Row& row :
       tx.query("SELECT " + std::string(kMembershipColumns) +
                    " FROM membership WHERE organization_id = $1 AND (expires_at IS NULL OR expires_at > $2)"
                    " ORDER BY created_at, membership_id",
                {scope.organization, tx.now()})) {
    Membership membership = membership_of_row(row);
    if (!scope.project || membership.project == scope.project) members.push_back(membership);
  }
  return members;
}

std::vector<Membership> memberships_of(store::Tx& tx, AccountId account) {
  return live_memberships(tx, account);
}

Scope scope_for(store::Tx& tx, const Authenticated& who, OrganizationId organization, std::string_view request_id,
                std::optional<ProjectId> project) {
  const auto row = tx.first("SELECT is_provider FROM organization WHERE organization_id = $1", {organization});
  if (!row) throw not_found("organization");
  Scope scope = who.account.is_staff ? system_scope(organization, who.account.username) : Scope{};
  scope.organization = organization;
  scope.credential = who.credential;
  scope.account = who.account.id;
  scope.actor_name = who.account.username;
  scope.request_id = request_id;
  if (who.account.is_staff) return scope;
  if (who.account.is_support) {
    scope.rights = {Right::read_subscriptions, Right::read_keys,    Right::read_usage,  Right::read_billing,
                    Right::read_members,       Right::read_revenue, Right::operate_read};
    return scope;
  }
  add_membership_rights(tx, scope, who.account.id, project, row->boolean(0));
  return scope;
}

}  // namespace guildhall::identity
