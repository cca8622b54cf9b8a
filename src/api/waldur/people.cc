// Sign-in, users, organizations and projects in the Waldur dialect (contracts/cmp.md §5).
#include "waldur/route_tables.h"

#include "base/text.h"
#include "waldur/shapes.h"

namespace guildhall::api::waldur_dialect {
namespace {

struct PasswordIn {
  std::string username;
  std::string password;
};
BOOST_DESCRIBE_STRUCT(PasswordIn, (), (username, password))
struct TokenOut {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(TokenOut, (), (token))

TokenOut password(Call& call, const PasswordIn& in) {
  const identity::Attempt attempt{.username = in.username,
                                  .password = Secret(in.password),
                                  .address = call.request().remote_address,
                                  .request_id = call.request().request_id};
  call.set_header("Cache-Control", "no-store");
  return {identity::sign_in_with_token(call.services().database, call.services().hasher, attempt).token};
}

void logout(Call& call) {
  call.write([&](store::Tx& tx) { identity::sign_out(tx, call.who(), call.presented().value); });
}

void me(Call& call) {
  const auto& person = call.who();
  auto object = call.read([&](store::Tx& tx) {
    json::Object user = user_json(call, person.account);
    json::Array permissions;
    for (const auto& membership : identity::memberships_of(tx, person.account.id))
      permissions.push_back(json::Object{
          {"scope_type", membership.project ? "project" : "customer"},
          {"scope_uuid", membership.project ? membership.project->hex() : membership.organization.hex()},
          {"role_name", identity::wire_name(membership.role)},
          {"customer_uuid", membership.organization.hex()},
          {"project_uuid", membership.project ? json::Value(membership.project->hex()) : json::Value(nullptr)},
          {"expiration_time", membership.expires_at ? json::Value(rfc3339(*membership.expires_at)) : json::Value(nullptr)}});
    user["permissions"] = std::move(permissions);
    return user;
  });
  if (call.presented().kind == Presented::Kind::token) object["token"] = call.presented().value;
  call.set_header("Cache-Control", "no-store");
  answer_object(call, std::move(object));
}

void list_customers(Call& call) {
  const std::string name = ascii_lower(call.query("name"));
  const std::string exact = call.query("name_exact");
  call.read([&](store::Tx& tx) {
    json::Array rows;
    for (const auto& organization : identity::organizations_of(tx, call.who().account)) {
      if (!exact.empty() && organization.name != exact) continue;
      if (!name.empty() && ascii_lower(organization.name).find(name) == std::string::npos) continue;
      rows.push_back(customer_json(call, tx, organization));
    }
    answer_list(call, std::move(rows));
  });
}

struct CustomerIn {
  std::optional<std::string> name;
  std::optional<std::string> email;
  std::optional<std::string> country;
  std::optional<std::string> abbreviation;
  std::optional<std::string> backend_id;
};
BOOST_DESCRIBE_STRUCT(CustomerIn, (), (name, email, country, abbreviation, backend_id))

void merge(identity::Organization& organization, const CustomerIn& in) {
  if (in.name) organization.name = *in.name;
  if (in.email) organization.email = *in.email;
  if (in.country) organization.country = *in.country;
  if (in.abbreviation) organization.abbreviation = *in.abbreviation;
  if (in.backend_id) organization.backend_id = *in.backend_id;
}

json::Object create_customer(Call& call, const CustomerIn& in) {
  if (!in.name || trimmed(*in.name).empty()) throw invalid_field("name", "This field is required.");
  return call.write([&](store::Tx& tx) {
    identity::Organization values;
    merge(values, in);
    return customer_json(call, tx, identity::create_organization(tx, call.who().account, values, call.request().request_id));
  });
}

void get_customer(Call& call) {
  answer_object(call, call.read([&](store::Tx& tx) {
    const Scope scope = call.scope_in(tx, id_in_path<OrganizationId>(call, "customer"));
    return customer_json(call, tx, identity::get_organization(scope, tx));
  }));
}

json::Object patch_customer(Call& call, const CustomerIn& in) {
  return call.write([&](store::Tx& tx) {
    const Scope scope = call.scope_in(tx, id_in_path<OrganizationId>(call, "customer"));
    auto organization = identity::get_organization(scope, tx);
    merge(organization, in);
    return customer_json(call, tx, identity::update_organization(scope, tx, organization));
  });
}

void list_projects(Call& call) {
  const auto customer = uuid_filter(call, "customer");
  const std::string name = ascii_lower(call.query("name"));
  call.read([&](store::Tx& tx) {
    json::Array rows;
    for (const Scope& scope : call.scopes(tx)) {
      if (customer && scope.organization.uuid != *customer) continue;
      const auto organization = identity::get_organization(scope, tx);
      for (const auto& project : identity::projects_of(scope, tx))
        if (name.empty() || ascii_lower(project.name).find(name) != std::string::npos)
          rows.push_back(project_json(call, tx, project, organization));
    }
    answer_list(call, std::move(rows));
  });
}

struct ProjectIn {
  std::optional<std::string> name;
  std::optional<std::string> customer;
  std::optional<std::string> description;
  std::optional<Date> start_date;
  std::optional<Date> end_date;
};
BOOST_DESCRIBE_STRUCT(ProjectIn, (), (name, customer, description, start_date, end_date))

json::Object create_project(Call& call, const ProjectIn& in) {
  if (!in.name || trimmed(*in.name).empty()) throw invalid_field("name", "This field is required.");
  if (!in.customer) throw invalid_field("customer", "This field is required.");
  const auto customer = related_id<OrganizationId>(*in.customer, "customer");
  return call.write([&](store::Tx& tx) {
    const Scope scope = call.scope_in(tx, customer);
    identity::Project values;
    values.name = *in.name;
    values.description = in.description.value_or("");
    values.start_date = in.start_date;
    values.end_date = in.end_date;
    return project_json(call, tx, identity::create_project(scope, tx, values), identity::get_organization(scope, tx));
  });
}

struct FoundProject {
  Scope scope;
  identity::Project project;
};
FoundProject project_in_path(Call& call, store::Tx& tx) {
  const auto id = id_in_path<ProjectId>(call, "project");
  return call.find_in_scopes(tx, "project",
                             [&](const Scope& scope) { return FoundProject{scope, identity::get_project(scope, tx, id)}; });
}

void get_project(Call& call) {
  answer_object(call, call.read([&](store::Tx& tx) {
    const auto found = project_in_path(call, tx);
    return project_json(call, tx, found.project, identity::get_organization(found.scope, tx));
  }));
}

json::Object patch_project(Call& call, const ProjectIn& in) {
  return call.write([&](store::Tx& tx) {
    auto found = project_in_path(call, tx);
    if (in.name) found.project.name = *in.name;
    if (in.description) found.project.description = *in.description;
    if (in.start_date) found.project.start_date = in.start_date;
    if (in.end_date) found.project.end_date = in.end_date;
    return project_json(call, tx, identity::update_project(found.scope, tx, found.project),
                        identity::get_organization(found.scope, tx));
  });
}

void delete_project(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto found = project_in_path(call, tx);
    identity::require(found.scope, Right::manage_organization);
    if (market::count_live_subscriptions_of_project(tx, found.scope.organization, found.project.id) > 0)
      throw Refusal(Code::conflict, "The project has active resources; terminate them first.");
    identity::remove_project(found.scope, tx, found.project.id);
  });
}

Route people_row(std::optional<Right> right = std::nullopt, int success = 200) {
  Route result;
  result.right = right;
  result.status = success;
  return result;
}

Route people_list_row() {
  Route result;
  result.query = {{"page", "integer"}, {"page_size", "integer"}, {"field"}, {"name"}};
  return result;
}

}  // namespace

RouteTable people_routes() {
  Route sign_in;
  sign_in.is_unsafe_without_csrf = true;
  return {
      post("/api-auth/password", "Sign in with a password", kAnyone, password, sign_in),
      post("/api-auth/logout", "End the token", kAccount, logout, people_row(std::nullopt, 204)),
      get("/api/users/me", "The signed-in user", kAccount, me),
      get("/api/customers", "Organizations of the user", kAccount, list_customers, people_list_row()),
      post("/api/customers", "Create an organization", kAccount, create_customer, people_row(std::nullopt, 201)),
      get("/api/customers/{uuid}", "One organization", kAccount, get_customer),
      patch("/api/customers/{uuid}", "Edit an organization", kAccount, patch_customer, people_row(Right::manage_organization)),
      put("/api/customers/{uuid}", "Edit an organization", kAccount, patch_customer, people_row(Right::manage_organization)),
      get("/api/projects", "Projects of the user", kAccount, list_projects, people_list_row()),
      post("/api/projects", "Create a project", kAccount, create_project, people_row(Right::manage_organization, 201)),
      get("/api/projects/{uuid}", "One project", kAccount, get_project),
      patch("/api/projects/{uuid}", "Edit a project", kAccount, patch_project, people_row(Right::manage_organization)),
      put("/api/projects/{uuid}", "Edit a project", kAccount, patch_project, people_row(Right::manage_organization)),
      remove("/api/projects/{uuid}", "Remove a project without live resources", kAccount, delete_project,
             people_row(Right::manage_organization, 204))};
}

}  // namespace guildhall::api::waldur_dialect
