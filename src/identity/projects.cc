// Projects of an organization.
#include "base/errors.h"
#include "base/text.h"
#include "delivery/events.h"
#include "identity/audit.h"
#include "identity/organizations.h"
#include "limits.h"
#include "texts.h"

namespace guildhall::identity {
namespace {

constexpr std::string_view kProjectColumns =
    "project_id, organization_id, name, description, slug, backend_id, start_date, end_date, is_removed, created_at";

std::optional<Date> optional_date(const store::Row& row, std::size_t i) {
  return row.is_null(i) ? std::nullopt : parse_date(row.text(i));
}

Project project_of_row(const store::Row& row) {
  return {.id = row.id<ProjectId>(0),
          .organization = row.id<OrganizationId>(1),
          .name = row.text(2),
          .description = row.text(3),
          .slug = row.text(4),
          .backend_id = row.text(5),
          .start_date = optional_date(row, 6),
          .end_date = optional_date(row, 7),
          .is_removed = row.boolean(8),
          .created_at = row.timestamp(9)};
}

void check_project(const Project& values) {
  check_text("name", values.name, kNameBytesMax, true);
  check_text("description", values.description, kDescriptionBytesMax, false);
  check_text("backend_id", values.backend_id, kNameBytesMax, false);
  if (values.start_date && values.end_date && *values.end_date < *values.start_date) {
    throw invalid_field("end_date", "a project ends after it starts");
  }
}

void tell_about_project(const Scope& scope, store::Tx& tx, std::string_view verb, const Project& project) {
  audit(scope, tx,
        {.action = "project." + std::string(verb), .object_type = "project", .object_id = project.id.text(), .details = {}});
  const std::string past = std::string(verb) + (verb.back() == 'e' ? "d" : "ed");
  delivery::emit(
      tx, {.type = "project." + past,
           .organization = scope.organization,
           .subject = project.id.uuid,
           .payload = {{"organization", scope.organization.text()}, {"project", project.id.text()}, {"name", project.name}}});
}

}  // namespace

Project create_project(const Scope& scope, store::Tx& tx, const Project& values) {
  require(scope, Right::manage_organization);
  check_project(values);
  Project created = values;
  created.id = ProjectId::random();
  created.organization = scope.organization;
  created.slug = slug(values.slug.empty() ? values.name : values.slug);
  created.is_removed = false;
  created.created_at = tx.now();
  tx.execute(
      "INSERT INTO project (organization_id, project_id, name, description, slug, backend_id, start_date, end_date, is_removed,"
      " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE, $9)",
      {created.organization, created.id, created.name, created.description, created.slug, created.backend_id, created.start_date,
       created.end_date, created.created_at});
  tell_about_project(scope, tx, "create", created);
  return created;
}

Project get_project(const Scope& scope, store::Tx& tx, ProjectId id) {
  const auto row = tx.first("SELECT " + std::string(kProjectColumns) +
                                " FROM project WHERE organization_id = $1 AND project_id = $2 AND NOT is_removed",
                            {scope.organization, id});
  if (!row || (scope.project && *scope.project != id)) throw not_found("project");
  return project_of_row(*row);
}

Project update_project(const Scope& scope, store::Tx& tx, const Project& values) {
  get_project(scope, tx, values.id);
  require(scope, Right::manage_organization);
  check_project(values);
  tx.execute(
      "UPDATE project SET name = $3, description = $4, backend_id = $5, start_date = $6, end_date = $7"
      " WHERE organization_id = $1 AND project_id = $2",
      {scope.organization, values.id, values.name, values.description, values.backend_id, values.start_date, values.end_date});
  tell_about_project(scope, tx, "update", values);
  return get_project(scope, tx, values.id);
}

void remove_project(const Scope& scope, store::Tx& tx, ProjectId id) {
  const Project project = get_project(scope, tx, id);
  require(scope, Right::manage_organization);
  tx.execute("UPDATE project SET is_removed = TRUE WHERE organization_id = $1 AND project_id = $2", {scope.organization, id});
  tell_about_project(scope, tx, "remove", project);
}

std::vector<Project> projects_of(const Scope& scope, store::Tx& tx) {
  std::vector<Project> projects;
  for (const store::Row& row :
       tx.query("SELECT " + std::string(kProjectColumns) +
                    " FROM project WHERE organization_id = $1 AND NOT is_removed ORDER BY created_at, project_id",
                {scope.organization})) {
    Project project = project_of_row(row);
    if (!scope.project || *scope.project == project.id) projects.push_back(std::move(project));
  }
  return projects;
}

Project default_project(const Scope& scope, store::Tx& tx) {
  const std::vector<Project> projects = projects_of(scope, tx);
  for (const Project& project : projects) {
    if (project.name == "Default") return project;
  }
  if (projects.empty()) throw not_found("project");
  return projects.front();
}

}  // namespace guildhall::identity
