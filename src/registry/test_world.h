// A provider, a customer and an operator, and flows to publish; for the tests of this room.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/errors.h"
#include "base/json.h"
#include "delivery/events.h"
#include "identity/accounts.h"
#include "identity/organizations.h"
#include "market/catalogue.h"
#include "market/orders.h"
#include "registry/access.h"
#include "registry/agents.h"
#include "registry/flows.h"
#include "registry/plans.h"
#include "store/database.h"

namespace guildhall::registry::test {

/// The refusal of `act`; a made-up internal_error saying so when there was none.
inline Refusal refusal_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Refusal& refusal) {
    return refusal;
  }
  return Refusal(Code::internal_error, "nothing was refused");
}

inline bool names_field(const Refusal& refusal, std::string_view path) {
  for (const FieldError& field : refusal.fields) {
    if (field.path == path) return true;
  }
  return false;
}

struct World {
  identity::Account seller, buyer, operator_account;
  OrganizationId provider, customer;
  ProjectId project;  ///< the customer's
  Scope selling, buying, operating;
  Publishing publishing;
};

inline identity::Account person(store::Tx& tx, const std::string& name, bool is_staff = false) {
  return identity::create_account(tx, {.username = name, .email = name + "@example.org", .full_name = name, .is_staff = is_staff},
                                  "no-password");
}

inline Scope signed_in(store::Tx& tx, const identity::Account& account, OrganizationId organization) {
  return identity::scope_for(tx, {.account = account, .credential = identity::Credential::session, .session = std::nullopt},
                             organization, "r-1");
}

inline OrganizationId company(store::Tx& tx, const identity::Account& owner, const std::string& name) {
  identity::Organization values;
  values.name = name;
  return identity::create_organization(tx, owner, values, "r-1").id;
}

inline ProjectId default_project_of(const Scope& scope, store::Tx& tx) {
  identity::Project values;
  values.name = "Default";
  return identity::create_project(scope, tx, values).id;
}

inline World make_world(store::Tx& tx, bool is_approved = true) {
  World world;
  market::ensure_categories(tx);
  world.seller = person(tx, "seller");
  world.buyer = person(tx, "buyer");
  world.operator_account = person(tx, "operator", true);
  world.provider = company(tx, world.seller, "Seller");
  world.customer = company(tx, world.buyer, "Acme Corporation");
  default_project_of(signed_in(tx, world.seller, world.provider), tx);
  world.buying = signed_in(tx, world.buyer, world.customer);
  world.project = default_project_of(world.buying, tx);
  market::register_provider(signed_in(tx, world.seller, world.provider), tx, "We sell.", !is_approved);
  world.selling = signed_in(tx, world.seller, world.provider);
  if (!is_approved) world.selling.rights.add(Right::provide_agents);
  world.operating = signed_in(tx, world.operator_account, world.provider);
  world.publishing.catalogue.runs = [](std::string_view type) { return type != "CustomComponent" && type != "Nonsense"; };
  world.publishing.public_url = "https://guildhall.example";
  return world;
}

inline json::Object field(json::Value value) {
  return {{"type", "str"}, {"value", std::move(value)}, {"show", true}};
}

inline json::Object node(std::string_view id, std::string_view type, json::Object fields = {}) {
  return {{"id", id},
          {"type", "genericNode"},
          {"data",
           {{"id", id},
            {"type", type},
            {"node",
             {{"display_name", std::string(type) + " shown"}, {"template", std::move(fields)}, {"outputs", json::Array()}}}}}};
}

inline std::string flow_text(json::Array nodes, std::string_view name = "My Agent") {
  return json::write(json::Object{{"name", name}, {"data", {{"nodes", std::move(nodes)}, {"edges", json::Array()}}}});
}

/// Input and output; `variant` makes other bytes.
inline std::string good_flow(std::string_view variant = "one") {
  return flow_text(
      {node("ChatInput-1", "ChatInput", {{"input_value", field(json::Value(variant))}}), node("ChatOutput-1", "ChatOutput")});
}

inline market::Plan plan_of(const std::string& name, std::int64_t price_minor, std::optional<std::int64_t> quota) {
  market::Plan plan;
  plan.name = name;
  plan.terms.price_minor = price_minor;
  plan.terms.monthly_quota = quota;
  return plan;
}

inline StudioPublish studio_request() {
  StudioPublish request;
  request.flow_bytes = good_flow();
  request.flow_id = "flow-support-123";
  request.name = "My Agent";
  request.description = "Answers customers.";
  request.category = "Customer_Support";
  request.tags = {"support"};
  request.config = {{"model", "gpt-4"}, {"temperature", 0.7}};
  request.terms_accepted = true;
  request.auto_deploy = true;
  request.plans = {plan_of("Starter", 2900, 1000)};
  return request;
}

inline Transition step(const World& world, store::Tx& tx, AgentId agent, AgentAction action) {
  TransitionRequest request;
  request.action = action;
  request.terms_accepted = true;
  request.reason = "a reason";
  const Scope& scope = action == AgentAction::force_undeploy ? world.operating : world.selling;
  return transition(scope, tx, world.publishing, agent, request);
}

inline Agent published_agent(const World& world, store::Tx& tx) {
  StudioPublish request = studio_request();
  request.auto_publish = true;
  return publish_from_studio(world.selling, tx, world.publishing, request).agent;
}

inline SubscriptionId order(const World& world, store::Tx& tx, const Agent& agent, std::string_view plan_name = "Starter") {
  const auto offering = market::offering_of_agent(tx, agent.organization, agent.id);
  market::NewOrder values;
  values.project = world.project;
  values.offering = offering->id;
  for (const market::Plan& plan : offering->plans) {
    if (plan.name == plan_name && !plan.is_archived) values.plan = plan.id;
  }
  return market::place_order(world.buying, tx, values).subscription;
}

inline const std::vector<std::string>& counted_tables() {
  static const std::vector<std::string> tables{
      "flow",         "agent",    "agent_version",      "agent_plan", "access_key",     "agent_config",
      "widget",       "offering", "offering_component", "plan",       "plan_component", "subscription",
      "market_order", "blob",     "audit_row"};
  return tables;
}

inline std::vector<std::int64_t> row_counts(store::Database& database) {
  return database.read([](store::Tx& tx) {
    std::vector<std::int64_t> counts;
    for (const std::string& table : counted_tables())
      counts.push_back(tx.query("SELECT COUNT(*) FROM " + table).at(0).integer(0));
    return counts;
  });
}

inline std::int64_t count(store::Tx& tx, std::string_view sql, store::Params params = {}) {
  return tx.query(sql, params).at(0).integer(0);
}

}  // namespace guildhall::registry::test
