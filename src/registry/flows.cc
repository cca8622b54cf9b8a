// Working copies of flows. The bytes stay as they came; what is read out of them is a name, a description and an endpoint.
#include "registry/flows.h"

#include <algorithm>
#include <stdexcept>

#include "base/errors.h"
#include "base/hash.h"
#include "base/text.h"
#include "flow/document.h"
#include "flow_rows.h"
#include "identity/organizations.h"
#include "limits.h"
#include "scopes.h"
#include "store/blobs.h"

namespace guildhall::registry {
namespace {

constexpr std::string_view kSelectFlows =
    "SELECT organization_id, flow_id, project_id, name, description, endpoint_name, revision, sha256, updated_at FROM flow";

Flow flow_of_row(const store::Row& row) {
  return {.id = row.id<FlowId>(1),
          .organization = row.id<OrganizationId>(0),
          .project = row.id<ProjectId>(2),
          .name = row.text(3),
          .description = row.text(4),
          .endpoint_name = row.text(5),
          .revision = row.integer(6),
          .sha256 = row.text(7),
          .updated_at = row.timestamp(8)};
}

void require_reading(const Scope& scope) {
  if (!scope.may(Right::operate_read)) require(scope, Right::provide_agents);
}

bool is_taken(store::Tx& tx, OrganizationId organization, std::string_view name, FlowId except) {
  return tx
      .first("SELECT flow_id FROM flow WHERE organization_id = $1 AND name = $2 AND flow_id <> $3", {organization, name, except})
      .has_value();
}

/// `name`, or the first of "name (1)", "name (2)" … that no other flow has.
std::string free_name(store::Tx& tx, OrganizationId organization, std::string_view name, FlowId except) {
  std::string candidate(prefix_code_points(name, kFlowNameCharactersMax));
  for (std::int64_t n = 1; is_taken(tx, organization, candidate, except); ++n) {
    if (n > kFlowsPerOrganizationMax) throw std::logic_error("more flows of one name than an organization has flows");
    const std::string suffix = " (" + std::to_string(n) + ")";
    candidate = std::string(prefix_code_points(name, kFlowNameCharactersMax - suffix.size())) + suffix;
  }
  return candidate;
}

void require_free_endpoint(store::Tx& tx, OrganizationId organization, std::string_view endpoint, FlowId except) {
  if (endpoint.empty()) return;
  const auto row = tx.first("SELECT name FROM flow WHERE organization_id = $1 AND endpoint_name = $2 AND flow_id <> $3",
                            {organization, endpoint, except});
  if (row) throw invalid_field("endpoint_name", "the flow '" + row->text(0) + "' has this endpoint name already; choose another");
}

flow::Document document_of(std::string_view bytes) {
  flow::Document document = flow::parse_document(flow::read_flow(bytes));
  if (document.description.size() > kDescriptionBytesMax) throw invalid_field("description", "this has at most 65536 bytes");
  return document;
}

void record_flow(const Scope& scope, store::Tx& tx, std::string_view action, const Flow& flow) {
  Scope own = scope;
  own.organization = flow.organization;
  record(own, tx,
         {.action = action,
          .object_type = "flow",
          .object = flow.id.uuid,
          .details = {{"name", flow.name}, {"revision", flow.revision}, {"sha256", flow.sha256}},
          .event = "flow.changed",
          .payload = {{"flow", flow.id.text()}, {"revision", flow.revision}}});
}

Flow flow_to_change(const Scope& scope, store::Tx& tx, FlowId id) {
  Flow flow = flow_of_agent(tx, scope.organization, id);
  if (scope.project && *scope.project != flow.project) throw not_found("flow");
  require(scope, Right::provide_agents);
  return flow;
}

/// "X (2)" is still X: what an import was renamed to does not count as another name.
bool is_named_after(std::string_view stored, std::string_view name) {
  if (!stored.starts_with(name)) return false;
  const std::string_view rest = stored.substr(name.size());
  return rest.empty() || (rest.starts_with(" (") && rest.ends_with(")") && parse_integer(rest.substr(2, rest.size() - 3)));
}

void write_flow(store::Tx& tx, const Flow& flow) {
  tx.execute(
      "UPDATE flow SET name = $3, description = $4, endpoint_name = $5, revision = $6, sha256 = $7, updated_at = $8"
      " WHERE organization_id = $1 AND flow_id = $2",
      {flow.organization, flow.id, flow.name, flow.description, flow.endpoint_name, flow.revision, flow.sha256, flow.updated_at});
}

}  // namespace

Flow flow_of_agent(store::Tx& tx, OrganizationId organization, FlowId id) {
  const auto row = tx.first(std::string(kSelectFlows) + " WHERE organization_id = $1 AND flow_id = $2", {organization, id});
  if (!row) throw not_found("flow");
  return flow_of_row(*row);
}

std::string bytes_of_flow(store::Tx& tx, const Flow& flow) {
  auto bytes = store::get_blob(tx, flow.organization, flow.sha256);
  if (!bytes) throw std::logic_error("the bytes of a flow are missing");
  return std::move(*bytes);
}

void release_bytes(store::Tx& tx, OrganizationId organization, std::string_view sha256) {
  const auto in_flow =
      tx.first("SELECT flow_id FROM flow WHERE organization_id = $1 AND sha256 = $2 LIMIT 1", {organization, sha256});
  if (in_flow) return;
  const auto in_version = tx.first("SELECT version_id FROM agent_version WHERE organization_id = $1 AND flow_sha256 = $2 LIMIT 1",
                                   {organization, sha256});
  if (!in_version) store::delete_blob(tx, organization, sha256);
}

Flow import_flow(const Scope& scope, store::Tx& tx, ProjectId project, std::optional<FlowId> wanted, std::string_view bytes) {
  require(scope, Right::provide_agents);
  identity::get_project(scope, tx, project);
  const flow::Document document = document_of(bytes);
  const auto count = tx.query("SELECT COUNT(*) FROM flow WHERE organization_id = $1", {scope.organization});
  if (count.at(0).integer(0) >= kFlowsPerOrganizationMax) {
    throw Refusal(Code::conflict, "there are 10000 flows already; delete one that is not used");
  }
  Flow flow;
  flow.id = wanted.value_or(FlowId());
  const bool is_free =
      wanted && !wanted->is_nil() &&
      !tx.first("SELECT flow_id FROM flow WHERE organization_id = $1 AND flow_id = $2", {scope.organization, *wanted});
  if (!is_free) flow.id = FlowId::random();
  flow.organization = scope.organization;
  flow.project = project;
  flow.name = free_name(tx, scope.organization, document.name.empty() ? "Untitled flow" : document.name, flow.id);
  flow.description = document.description;
  require_free_endpoint(tx, scope.organization, document.endpoint_name, flow.id);
  flow.endpoint_name = document.endpoint_name;
  flow.sha256 = store::put_blob(tx, scope.organization, bytes);
  flow.updated_at = tx.now();
  tx.execute(
      "INSERT INTO flow (organization_id, flow_id, project_id, name, description, endpoint_name, revision, sha256, created_at,"
      " updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
      {flow.organization, flow.id, flow.project, flow.name, flow.description, flow.endpoint_name, flow.revision, flow.sha256,
       flow.updated_at});
  record_flow(scope, tx, "flow.import", flow);
  return flow;
}

Flow put_flow_bytes(const Scope& scope, store::Tx& tx, const Flow& flow, std::string_view bytes) {
  const flow::Document document = document_of(bytes);
  if (to_hex(bytes_of(sha256(bytes))) == flow.sha256) return flow;
  Flow changed = flow;
  if (!document.name.empty() && !is_named_after(flow.name, document.name)) {
    changed.name = free_name(tx, flow.organization, document.name, flow.id);
  }
  if (!document.description.empty()) changed.description = document.description;
  if (!document.endpoint_name.empty()) {
    require_free_endpoint(tx, flow.organization, document.endpoint_name, flow.id);
    changed.endpoint_name = document.endpoint_name;
  }
  changed.sha256 = store::put_blob(tx, flow.organization, bytes);
  changed.revision = flow.revision + 1;
  changed.updated_at = tx.now();
  write_flow(tx, changed);
  release_bytes(tx, flow.organization, flow.sha256);
  record_flow(scope, tx, "flow.replace", changed);
  return changed;
}

Flow rename_flow(const Scope& scope, store::Tx& tx, Flow flow, std::string_view name, std::string_view description) {
  const bool is_renamed = !name.empty() && !is_named_after(flow.name, name);
  const bool is_described = !description.empty() && description != flow.description;
  if (!is_renamed && !is_described) return flow;
  if (is_renamed) flow.name = free_name(tx, flow.organization, name, flow.id);
  if (is_described) flow.description = description;
  flow.updated_at = tx.now();
  write_flow(tx, flow);
  record_flow(scope, tx, "flow.rename", flow);
  return flow;
}

Flow replace_flow(const Scope& scope, store::Tx& tx, FlowId id, std::string_view bytes, std::optional<std::string> base_sha256) {
  const Flow flow = flow_to_change(scope, tx, id);
  if (base_sha256 && *base_sha256 != flow.sha256) {
    throw Refusal(Code::sync_conflict, "the flow '" + flow.name + "' was changed meanwhile; load it and try again")
        .with_details({{"sha256", flow.sha256}, {"revision", flow.revision}});
  }
  return put_flow_bytes(scope, tx, flow, bytes);
}

Flow get_flow(const Scope& scope, store::Tx& tx, FlowId id) {
  Flow flow = flow_of_agent(tx, scope.organization, id);
  if (scope.project && *scope.project != flow.project) throw not_found("flow");
  require_reading(scope);
  return flow;
}

Flow find_flow(const Scope& scope, store::Tx& tx, std::string_view id_or_name) {
  const auto id = FlowId::parse(id_or_name);
  if (id && tx.first("SELECT flow_id FROM flow WHERE organization_id = $1 AND flow_id = $2", {scope.organization, *id})) {
    return get_flow(scope, tx, *id);
  }
  const auto row = tx.first("SELECT flow_id FROM flow WHERE organization_id = $1 AND endpoint_name = $2 AND endpoint_name <> ''",
                            {scope.organization, id_or_name});
  if (!row) throw not_found("flow");
  return get_flow(scope, tx, row->id<FlowId>(0));
}

std::string flow_bytes(const Scope& scope, store::Tx& tx, FlowId id) {
  return bytes_of_flow(tx, get_flow(scope, tx, id));
}

std::vector<Flow> list_flows(const Scope& scope, store::Tx& tx) {
  require_reading(scope);
  std::vector<Flow> flows;
  for (const store::Row& row :
       tx.query(std::string(kSelectFlows) + " WHERE organization_id = $1 ORDER BY created_at, flow_id", {scope.organization})) {
    Flow flow = flow_of_row(row);
    if (!scope.project || *scope.project == flow.project) flows.push_back(std::move(flow));
  }
  return flows;
}

void delete_flow(const Scope& scope, store::Tx& tx, FlowId id) {
  const Flow flow = flow_to_change(scope, tx, id);
  const auto agent =
      tx.first("SELECT name FROM agent WHERE organization_id = $1 AND flow_id = $2 LIMIT 1", {scope.organization, id});
  if (agent) throw Refusal(Code::conflict, "the agent '" + agent->text(0) + "' is built from this flow; delete the agent first");
  tx.execute("DELETE FROM flow WHERE organization_id = $1 AND flow_id = $2", {scope.organization, id});
  release_bytes(tx, flow.organization, flow.sha256);
  record_flow(scope, tx, "flow.delete", flow);
}

}  // namespace guildhall::registry
