// Immutable versions: frozen, compared, promoted, yanked, loaded with their hash (contracts/registry.md §4).
#include <algorithm>
#include <stdexcept>

#include "agent_checks.h"
#include "agent_rows.h"
#include "base/errors.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "delivery/events.h"
#include "flow_rows.h"
#include "limits.h"
#include "lists.h"
#include "policy_rows.h"
#include "scopes.h"
#include "semver.h"
#include "store/blobs.h"
#include "version_rows.h"

namespace guildhall::registry {
namespace {

constexpr std::string_view kFirstVersion = "1.0.0";

constexpr std::string_view kSelectVersions =
    "SELECT organization_id, version_id, agent_id, version, sha256, config, permissions, changelog, change_type, migration, "
    "is_yanked,"
    " created_at, flow_sha256 FROM agent_version";

struct VersionRow {
  AgentVersion version;
  std::string flow_sha256;
};

VersionRow version_of_row(const store::Row& row) {
  return {.version = {.id = row.id<AgentVersionId>(1),
                      .agent = row.id<AgentId>(2),
                      .organization = row.id<OrganizationId>(0),
                      .version = row.text(3),
                      .sha256 = row.text(4),
                      .config = object_of(row.json(5)),
                      .permissions = object_of(row.json(6)),
                      .changelog = row.text(7),
                      .change_type = row.text(8),
                      .migration = row.text(9),
                      .is_yanked = row.boolean(10),
                      .created_at = row.timestamp(11)},
          .flow_sha256 = row.text(12)};
}

Semver stored_semver(const std::string& text) {
  auto version = parse_semver(text);
  if (!version) throw std::logic_error("a stored version is not SemVer");
  return std::move(*version);
}

/// Newest first, by precedence.
std::vector<VersionRow> versions_of(store::Tx& tx, const Agent& agent) {
  std::vector<VersionRow> versions;
  for (const store::Row& row :
       tx.query(std::string(kSelectVersions) + " WHERE organization_id = $1 AND agent_id = $2", {agent.organization, agent.id})) {
    versions.push_back(version_of_row(row));
  }
  std::sort(versions.begin(), versions.end(), [](const VersionRow& a, const VersionRow& b) {
    return compare(stored_semver(a.version.version), stored_semver(b.version.version)) > 0;
  });
  return versions;
}

const VersionRow* version_numbered(const std::vector<VersionRow>& versions, std::string_view number) {
  const auto found =
      std::find_if(versions.begin(), versions.end(), [&](const VersionRow& row) { return row.version.version == number; });
  return found == versions.end() ? nullptr : &*found;
}

/// The fields of a new version apart from its place among the others.
Semver checked_values(const NewVersion& values) {
  std::vector<FieldError> errors;
  auto number = parse_semver(values.version);
  if (!number) errors.push_back({"version", "write a version as SemVer: 1.2.3 or 1.2.3-beta.1"});
  if (!values.change_type.empty() && !parse_bump(values.change_type)) {
    errors.push_back({"change_type", "this is fix, feature or breaking"});
  }
  if (values.migration != "auto" && values.migration != "manual") errors.push_back({"migration", "this is auto or manual"});
  if (!is_valid_utf8(values.changelog) || values.changelog.find('\0') != std::string::npos ||
      values.changelog.size() > kChangelogBytesMax) {
    errors.push_back({"changelog", "this is text of at most 65536 bytes"});
  }
  check_config(values.config, errors);
  if (json::write(values.permissions).size() > kConfigBytesMax)
    errors.push_back({"permissions", "this has at most 262144 bytes"});
  if (!errors.empty()) throw Refusal(Code::validation_failed, "the version is not valid").with_fields(std::move(errors));
  return std::move(*number);
}

/// What the step from the highest version announces; refuses a step backwards and a smaller one than declared.
Bump checked_bump(const std::vector<VersionRow>& versions, const Semver& number, const NewVersion& values) {
  const auto declared = parse_bump(values.change_type);
  if (versions.empty()) return declared.value_or(Bump::feature);
  const std::string& highest = versions.front().version.version;
  if (compare(number, stored_semver(highest)) <= 0) {
    throw Refusal(Code::version_not_greater, "version " + values.version + " is not greater than " + highest)
        .with_details({{"highest", highest}});
  }
  const Bump bump = bump_between(stored_semver(highest), number);
  if (declared && bump < *declared) {
    throw Refusal(Code::semver_mismatch,
                  "a " + values.change_type + " change needs a greater step than " + highest + " to " + values.version)
        .with_details({{"declared", values.change_type}, {"bump", wire_name(bump)}, {"previous_version", highest}});
  }
  return declared.value_or(bump);
}

VersionRow insert_version(const Scope& scope, store::Tx& tx, const Agent& agent, const AgentVersion& values,
                          std::string_view bytes) {
  VersionRow row{.version = values, .flow_sha256 = store::put_blob(tx, agent.organization, bytes)};
  AgentVersion& version = row.version;
  version.id = AgentVersionId::random();
  version.agent = agent.id;
  version.organization = agent.organization;
  version.created_at = tx.now();
  tx.execute(
      "INSERT INTO agent_version (organization_id, version_id, agent_id, version, sha256, flow_sha256, config, permissions, "
      "changelog,"
      " change_type, migration, is_yanked, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, FALSE, "
      "$12, $13)",
      {version.organization, version.id, version.agent, version.version, version.sha256, row.flow_sha256,
       json::write(version.config), json::write(version.permissions), version.changelog, version.change_type, version.migration,
       scope.actor_name, version.created_at});
  record_agent(scope, tx, "agent.add_version", agent, {{"version", version.version}, {"sha256", version.sha256}});
  return row;
}

/// Whoever listens may refuse, which undoes everything: how a gate that stands further down the house holds a version back.
void tell_of_promotion(store::Tx& tx, const Agent& agent, const std::optional<AgentVersionId>& previous,
                       const std::string& previous_number) {
  const bool is_rollback = previous && compare(stored_semver(agent.current_version_number), stored_semver(previous_number)) < 0;
  delivery::emit(tx, {.type = "agent.version_promoted",
                      .organization = agent.organization,
                      .subject = agent.id.uuid,
                      .payload = {{"agent", agent.id.text()},
                                  {"agent_id", agent.agent_id},
                                  {"version", agent.current_version_number},
                                  {"version_id", agent.current_version->text()},
                                  {"previous_version_id", previous ? previous->text() : std::string()},
                                  {"is_rollback", is_rollback}}});
}

Agent make_current(const Scope& scope, store::Tx& tx, Agent agent, const AgentVersion& version) {
  const std::string previous = agent.current_version_number;
  const auto previous_id = agent.current_version;
  agent.current_version = version.id;
  agent.current_version_number = version.version;
  agent = save_agent(tx, std::move(agent));
  record_promotion(tx, agent);
  record_agent(scope, tx, "agent.promote_version", agent, {{"version", version.version}, {"previous_version", previous}});
  tell_of_promotion(tx, agent, previous_id, previous);
  return agent;
}

void require_living(const Agent& agent, std::string_view action) {
  if (agent.state != AgentState::retired) return;
  throw Refusal(Code::invalid_transition, "the agent '" + agent.name + "' is RETIRED; its versions no longer change")
      .with_details({{"from", wire_name(agent.state)}, {"action", action}, {"allowed", json::Array()}});
}

LoadedVersion loaded(store::Tx& tx, VersionRow row) {
  auto bytes = store::get_blob(tx, row.version.organization, row.flow_sha256);
  const bool is_whole = bytes && version_sha256(*bytes, row.version.config, row.version.permissions) == row.version.sha256;
  if (!is_whole) {
    log::error("agent_version_tampered", {{"agent", row.version.agent.text()},
                                          {"version", std::string_view(row.version.version)},
                                          {"sha256", std::string_view(row.version.sha256)}});
    throw Refusal(Code::runtime_unavailable,
                  "version " + row.version.version + " of the agent cannot be loaded; the operator was told")
        .with_log("the stored bytes do not have the version's hash " + row.version.sha256);
  }
  return {.version = std::move(row.version), .flow_bytes = std::move(*bytes)};
}

VersionResult found_again(const Agent& agent, const VersionRow& existing, const std::string& sha256, JudgedFlow judged) {
  if (existing.version.sha256 != sha256) {
    throw Refusal(Code::version_exists,
                  "version " + existing.version.version + " exists with other content; choose a greater number")
        .with_details({{"version", existing.version.version}, {"sha256", existing.version.sha256}});
  }
  return {.version = existing.version,
          .previous_version = agent.current_version_number,
          .created = false,
          .promoted = agent.current_version == existing.version.id,
          .report = std::move(judged.report)};
}

}  // namespace

std::string knowledge_base_of(const json::Object& config) {
  const json::Value* base = config.if_contains("knowledge_base");
  return base != nullptr && base->is_string() ? std::string(json::view(base->get_string())) : std::string();
}

std::string version_sha256(std::string_view flow_bytes, const json::Object& config, const json::Object& permissions) {
  const json::Object whole{{"flow", flow::read_flow(flow_bytes)}, {"config", config}, {"permissions", permissions}};
  return to_hex(bytes_of(sha256(json::write_canonical(whole))));
}

VersionResult put_version(const Scope& scope, store::Tx& tx, const Publishing& publishing, Agent& agent,
                          const NewVersion& values) {
  require_living(agent, "version");
  const Semver number = checked_values(values);
  const Flow working = flow_of_agent(tx, agent.organization, agent.flow);
  const std::string bytes = values.flow_bytes ? *values.flow_bytes : bytes_of_flow(tx, working);
  AgentVersion version;
  version.version = values.version;
  version.config = values.config.empty() ? agent.config : values.config;
  version.permissions = values.permissions.empty() ? agent.permissions : values.permissions;
  version.changelog = values.changelog;
  version.migration = values.migration;

  JudgedFlow judged = judged_flow(publishing, bytes);
  version.sha256 = version_sha256(bytes, version.config, version.permissions);
  const std::vector<VersionRow> versions = versions_of(tx, agent);
  if (const VersionRow* existing = version_numbered(versions, values.version)) {
    return found_again(agent, *existing, version.sha256, std::move(judged));
  }
  version.change_type = wire_name(checked_bump(versions, number, values));
  if (versions.size() >= static_cast<std::size_t>(kVersionsPerAgentMax)) {
    throw Refusal(Code::conflict, "the agent '" + agent.name + "' has 1000 versions; make another agent");
  }
  VersionResult result{.version = insert_version(scope, tx, agent, version, bytes).version,
                       .previous_version = agent.current_version_number,
                       .created = true,
                       .promoted = values.promote,
                       .report = std::move(judged.report)};
  if (values.flow_bytes) put_flow_bytes(scope, tx, working, bytes);
  if (values.promote) agent = make_current(scope, tx, std::move(agent), result.version);
  return result;
}

VersionResult add_version(const Scope& scope, store::Tx& tx, const Publishing& publishing, AgentId id, const NewVersion& values) {
  Agent agent = agent_to_change(scope, tx, id);
  return put_version(scope, tx, publishing, agent, values);
}

Agent freeze_first_version(const Scope& scope, store::Tx& tx, Agent agent) {
  if (agent.current_version) return agent;
  const std::string bytes = bytes_of_flow(tx, flow_of_agent(tx, agent.organization, agent.flow));
  const std::vector<VersionRow> versions = versions_of(tx, agent);
  if (!versions.empty()) return make_current(scope, tx, std::move(agent), versions.front().version);
  AgentVersion version;
  version.version = kFirstVersion;
  version.config = agent.config;
  version.permissions = agent.permissions;
  version.change_type = wire_name(Bump::feature);
  version.sha256 = version_sha256(bytes, version.config, version.permissions);
  version = insert_version(scope, tx, agent, version, bytes).version;
  return make_current(scope, tx, std::move(agent), version);
}

std::vector<AgentVersion> list_versions(const Scope& scope, store::Tx& tx, AgentId id) {
  std::vector<AgentVersion> versions;
  for (VersionRow& row : versions_of(tx, agent_to_read(scope, tx, id))) versions.push_back(std::move(row.version));
  return versions;
}

AgentVersion promote_version(const Scope& scope, store::Tx& tx, AgentId id, std::string_view number) {
  Agent agent = agent_to_change(scope, tx, id);
  require_living(agent, "promote");
  const std::vector<VersionRow> versions = versions_of(tx, agent);
  const VersionRow* row = version_numbered(versions, number);
  if (row == nullptr) throw not_found("version");
  if (agent.current_version == row->version.id) return row->version;
  if (row->version.is_yanked) throw invalid_field("version", "version " + row->version.version + " was yanked; choose another");
  make_current(scope, tx, std::move(agent), row->version);
  return row->version;
}

AgentVersion yank_version(const Scope& scope, store::Tx& tx, AgentId id, std::string_view number) {
  const Agent agent = agent_to_change(scope, tx, id);
  const std::vector<VersionRow> versions = versions_of(tx, agent);
  const VersionRow* row = version_numbered(versions, number);
  if (row == nullptr) throw not_found("version");
  AgentVersion version = row->version;
  if (version.is_yanked) return version;
  version.is_yanked = true;
  tx.execute("UPDATE agent_version SET is_yanked = TRUE WHERE organization_id = $1 AND version_id = $2",
             {version.organization, version.id});
  record_agent(scope, tx, "agent.yank_version", agent, {{"version", version.version}});
  return version;
}

LoadedVersion load_version(store::Tx& tx, AgentVersionId id) {
  const auto row = tx.first(std::string(kSelectVersions) + " WHERE version_id = $1", {id});
  if (!row) throw not_found("version");
  return loaded(tx, version_of_row(*row));
}

LoadedVersion current_version_of(store::Tx& tx, const Agent& agent) {
  if (!agent.current_version) throw std::logic_error("an agent that runs has no version");
  return load_version(tx, *agent.current_version);
}

AgentVersion version_of_agent(store::Tx& tx, const Agent& agent, AgentVersionId id) {
  const auto row =
      tx.first(std::string(kSelectVersions) + " WHERE organization_id = $1 AND version_id = $2", {agent.organization, id});
  if (!row) throw std::logic_error("a version that was promoted is gone");
  return version_of_row(*row).version;
}

std::optional<AgentVersion> version_of_number(store::Tx& tx, const Agent& agent, std::string_view number) {
  const auto row = tx.first(std::string(kSelectVersions) + " WHERE organization_id = $1 AND agent_id = $2 AND version = $3",
                            {agent.organization, agent.id, number});
  return row ? std::optional(version_of_row(*row).version) : std::nullopt;
}

std::string current_flow_sha256(store::Tx& tx, const Agent& agent) {
  if (!agent.current_version) return {};
  const auto row = tx.first("SELECT flow_sha256 FROM agent_version WHERE organization_id = $1 AND version_id = $2",
                            {agent.organization, *agent.current_version});
  return row ? row->text(0) : std::string();
}

std::string latest_version_of(store::Tx& tx, const Agent& agent) {
  const std::vector<VersionRow> versions = versions_of(tx, agent);
  return versions.empty() ? std::string() : versions.front().version.version;
}

}  // namespace guildhall::registry
