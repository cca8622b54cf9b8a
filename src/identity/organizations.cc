// Organizations: made, read, changed, suspended.
#include "identity/organizations.h"

#include <algorithm>
#include <array>

#include "account_rows.h"
#include "base/errors.h"
#include "base/text.h"
#include "delivery/events.h"
#include "identity/audit.h"
#include "limits.h"
#include "membership_rows.h"
#include "texts.h"

namespace guildhall::identity {
namespace {

constexpr std::string_view kOrganizationColumns =
    "o.organization_id, o.name, o.slug, o.type, o.country, o.email, o.abbreviation, o.backend_id, o.default_tax_percent,"
    " o.monthly_api_calls_limit, o.agents_max, o.users_max, o.is_active, o.suspension_reason, o.is_archived, o.is_provider,"
    " o.created_at";

Organization organization_of_row(const store::Row& row) {
  return {.id = row.id<OrganizationId>(0),
          .name = row.text(1),
          .slug = row.text(2),
          .type = row.text(3),
          .country = row.text(4),
          .email = row.text(5),
          .abbreviation = row.text(6),
          .backend_id = row.text(7),
          .default_tax_percent = row.decimal(8),
          .monthly_api_calls_limit = row.optional_integer(9),
          .agents_max = row.integer(10),
          .users_max = row.integer(11),
          .is_active = row.boolean(12),
          .suspension_reason = row.text(13),
          .is_archived = row.boolean(14),
          .is_provider = row.boolean(15),
          .created_at = row.timestamp(16)};
}

Organization load_organization(store::Tx& tx, OrganizationId id) {
  const auto row =
      tx.first("SELECT " + std::string(kOrganizationColumns) + " FROM organization o WHERE o.organization_id = $1", {id});
  if (!row) throw not_found("organization");
  return organization_of_row(*row);
}

void check_organization(const Organization& values) {
  check_text("name", values.name, kNameBytesMax, true);
  check_text("email", values.email, kEmailBytesMax, false);
  check_text("country", values.country, 2, false);
  check_text("abbreviation", values.abbreviation, 12, false);
  check_text("backend_id", values.backend_id, kNameBytesMax, false);
  constexpr std::array<std::string_view, 3> kTypes{"INDIVIDUAL", "ORGANIZATION", "ENTERPRISE"};
  if (std::find(kTypes.begin(), kTypes.end(), values.type) == kTypes.end()) {
    throw invalid_field("type", "a type is INDIVIDUAL, ORGANIZATION or ENTERPRISE");
  }
  if (values.default_tax_percent.is_negative() || values.default_tax_percent > Decimal(100)) {
    throw invalid_field("default_tax_percent", "a tax is 0 to 100 percent");
  }
  if (values.monthly_api_calls_limit.value_or(0) < 0 || values.agents_max < 0 || values.users_max < 1) {
    throw invalid_field("monthly_api_calls_limit", "a limit is not negative, and there is room for one user");
  }
}

bool insert_organization(store::Tx& tx, const Organization& o, AccountId creator) {
  return tx.execute(
             "INSERT INTO organization (organization_id, name, slug, type, country, email, abbreviation, backend_id,"
             " default_tax_percent, monthly_api_calls_limit, agents_max, users_max, is_active, suspension_reason, is_archived,"
             " is_provider, membership_epoch, created_by, created_at)"
             " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, TRUE, '', FALSE, FALSE, 0, $13, $14)"
             " ON CONFLICT (slug) DO NOTHING",
             {o.id, o.name, o.slug, o.type, o.country, o.email, o.abbreviation, o.backend_id, o.default_tax_percent,
              o.monthly_api_calls_limit, o.agents_max, o.users_max, creator, tx.now()}) == 1;
}

}  // namespace

Organization create_organization(store::Tx& tx, const Account& creator, const Organization& values, std::string_view request_id) {
  check_organization(values);
  Organization created = values;
  created.id = OrganizationId::random();
  created.slug = slug(values.slug.empty() ? values.name : values.slug, 50);
  created.is_active = true;
  created.is_archived = false;
  created.is_provider = false;
  created.suspension_reason.clear();
  created.created_at = tx.now();
  if (!insert_organization(tx, created, creator.id)) {
    created.slug += "-" + created.id.hex().substr(0, 8);
    if (!insert_organization(tx, created, creator.id)) throw Refusal(Code::conflict, "this short name is taken; choose another");
  }
  insert_membership(tx, {.id = MembershipId::random(),
                         .account = creator.id,
                         .role = Role::customer_owner,
                         .organization = created.id,
                         .project = {},
                         .expires_at = {},
                         .created_at = tx.now()});

  Scope scope = own_scope(creator, Credential::none, request_id);
  scope.organization = created.id;
  audit(scope, tx,
        {.action = "organization.create",
         .object_type = "organization",
         .object_id = created.id.text(),
         .details = {{"type", created.type}}});
  delivery::emit(tx, {.type = "organization.created",
                      .organization = created.id,
                      .subject = created.id.uuid,
                      .payload = {{"organization", created.id.text()}, {"account", creator.id.text()}, {"name", created.name}}});
  return created;
}

Organization ensure_organization(store::Tx& tx, const Account& account, std::string_view request_id) {
  // Locks the account: of two that find no membership at once, the second waits and finds the first one's.
  tx.execute("UPDATE account SET is_active = is_active WHERE account_id = $1", {account.id});
  const auto first = tx.first(
      "SELECT organization_id FROM membership WHERE account_id = $1 ORDER BY created_at, membership_id LIMIT 1", {account.id});
  if (first) return load_organization(tx, first->id<OrganizationId>(0));
  const std::string_view name =
      trimmed(account.full_name).empty() ? std::string_view(account.username) : trimmed(account.full_name);
  Organization organization;
  organization.name = prefix_bytes(name, kNameBytesMax);
  organization.email = account.email;
  organization = create_organization(tx, account, organization, request_id);
  Scope scope = own_scope(account, Credential::none, request_id);
  scope.organization = organization.id;
  scope.rights = rights_of(Role::customer_owner);
  Project project;
  project.name = "Default";
  create_project(scope, tx, project);
  return organization;
}

Organization get_organization(const Scope& scope, store::Tx& tx) {
  return load_organization(tx, scope.organization);
}

Organization update_organization(const Scope& scope, store::Tx& tx, const Organization& values) {
  require(scope, Right::manage_organization);
  check_organization(values);
  const Organization before = load_organization(tx, scope.organization);
  const bool limits_differ = before.monthly_api_calls_limit != values.monthly_api_calls_limit ||
                             before.agents_max != values.agents_max || before.users_max != values.users_max ||
                             before.default_tax_percent != values.default_tax_percent || before.is_archived != values.is_archived;
  if (limits_differ) require(scope, Right::operate);
  tx.execute(
      "UPDATE organization SET name = $2, type = $3, country = $4, email = $5, abbreviation = $6, backend_id = $7,"
      " default_tax_percent = $8, monthly_api_calls_limit = $9, agents_max = $10, users_max = $11, is_archived = $12"
      " WHERE organization_id = $1",
      {scope.organization, values.name, values.type, values.country, values.email, values.abbreviation, values.backend_id,
       values.default_tax_percent, values.monthly_api_calls_limit, values.agents_max, values.users_max, values.is_archived});
  audit(scope, tx,
        {.action = "organization.update",
         .object_type = "organization",
         .object_id = scope.organization.text(),
         .details = {{"limits_changed", limits_differ}, {"renamed", before.name != values.name}}});
  delivery::emit(tx, {.type = "organization.updated",
                      .organization = scope.organization,
                      .subject = scope.organization.uuid,
                      .payload = {{"organization", scope.organization.text()}, {"name", values.name}}});
  return load_organization(tx, scope.organization);
}

void set_organization_active(const Scope& scope, store::Tx& tx, bool active, std::string_view reason) {
  require(scope, Right::operate);
  check_text("reason", reason, kReasonBytesMax, false);
  const std::int64_t updated =
      tx.execute("UPDATE organization SET is_active = $2, suspension_reason = $3 WHERE organization_id = $1",
                 {scope.organization, active, active ? std::string_view() : reason});
  if (updated == 0) throw not_found("organization");
  audit(scope, tx,
        {.action = active ? "organization.reactivate" : "organization.suspend",
         .object_type = "organization",
         .object_id = scope.organization.text(),
         .details = {{"reason", reason}}});
  delivery::emit(tx, {.type = active ? "organization.reactivated" : "organization.suspended",
                      .organization = scope.organization,
                      .subject = scope.organization.uuid,
                      .payload = {{"organization", scope.organization.text()}, {"reason", reason}}});
}

void set_provider(store::Tx& tx, OrganizationId organization, bool is_provider) {
  const std::int64_t updated =
      tx.execute("UPDATE organization SET is_provider = $2 WHERE organization_id = $1", {organization, is_provider});
  if (updated == 0) throw not_found("organization");
}

std::vector<Organization> organizations_of(store::Tx& tx, const Account& account) {
  const bool sees_all = account.is_staff || account.is_support;
  const auto rows =
      sees_all ? tx.query("SELECT " + std::string(kOrganizationColumns) +
                          " FROM organization o ORDER BY o.created_at, o.organization_id")
               : tx.query("SELECT " + std::string(kOrganizationColumns) +
                              " FROM organization o WHERE o.organization_id IN (SELECT m.organization_id FROM membership m"
                              " WHERE m.account_id = $1 AND (m.expires_at IS NULL OR m.expires_at > $2))"
                              " ORDER BY o.created_at, o.organization_id",
                          {account.id, tx.now()});
  std::vector<Organization> organizations;
  for (const store::Row& row : rows) organizations.push_back(organization_of_row(row));
  return organizations;
}

}  // namespace guildhall::identity
