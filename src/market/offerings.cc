// Finding, making and editing offerings.
#include <array>
#include <stdexcept>

#include "base/errors.h"
#include "checks.h"
#include "list_query.h"
#include "market/catalogue.h"
#include "offering_rows.h"

namespace guildhall::market {
namespace {

constexpr std::array<FilterColumn, 9> kOfferingFilters{{{"name", "o.name_key LIKE $? ESCAPE '\\'"},
                                                        {"name_exact", "o.name = $?"},
                                                        {"keyword", "o.search_key LIKE $? ESCAPE '\\'"},
                                                        {"category", "o.category_id = $?"},
                                                        {"organization", "o.organization_id = $?"},
                                                        {"state", "o.state IN ($?)"},
                                                        {"type", "o.type = $?"},
                                                        {"id", "o.offering_id = $?"},
                                                        {"agent", "o.agent_id = $?"}}};
constexpr std::array<SortColumn, 2> kOfferingSorts{{{"created", "o.created_at"}, {"name", "o.name_key"}}};
constexpr ListSource kOfferings{kOfferingColumns, kOfferingFrom, kOfferingFilters, kOfferingSorts, "o.offering_id"};

constexpr std::string_view kIsPublic = "o.is_shared AND o.state IN ('Active', 'Paused')";

OfferingPage page_of_offerings(store::Tx& tx, ListQuery query, const OfferingFilter& filter) {
  if (!filter.name.empty()) query.filter("name", contains_pattern(filter.name));
  if (!filter.name_exact.empty()) query.filter("name_exact", filter.name_exact);
  if (!filter.keyword.empty()) query.filter("keyword", contains_pattern(filter.keyword));
  if (filter.category) query.filter("category", *filter.category);
  if (filter.organization) query.filter("organization", *filter.organization);
  std::vector<store::Param> states;
  for (const OfferingState state : filter.states) states.emplace_back(wire_name(state));
  query.filter_any("state", states);
  if (!filter.type.empty()) query.filter("type", filter.type);
  return {.items = offerings_of_rows(tx, query.page(tx, filter.order, filter.offset, filter.limit)), .total = query.total(tx)};
}

std::optional<Offering> first_offering(store::Tx& tx, const ListQuery& query) {
  auto offerings = offerings_of_rows(tx, query.page(tx, "created", 0, 1));
  return offerings.empty() ? std::nullopt : std::optional(std::move(offerings.front()));
}

void check_offering(const Offering& values) {
  check_text("name", values.name, kNameBytesMax, true);
  check_text("description", values.description, kDescriptionBytesMax);
  check_text("full_description", values.full_description, kFullDescriptionBytesMax);
  check_text("backend_id", values.backend_id, kNameBytesMax);
  check_text("terms_of_service", values.terms_of_service, kFullDescriptionBytesMax);
  check_object("attributes", values.attributes);
  check_object("options", values.options);
  check_object("plugin_options", values.plugin_options);
  if (values.type != "Marketplace.Basic" && values.type != "Marketplace.Slurm") {
    throw invalid_field("type", "\"" + values.type + "\" is not a valid choice: Marketplace.Basic or Marketplace.Slurm.");
  }
  if (values.agent && values.type != "Marketplace.Basic") {
    throw invalid_field("type", "the offering of an agent is Marketplace.Basic");
  }
}

void check_category(store::Tx& tx, CategoryId category) {
  if (!tx.first("SELECT 1 FROM category WHERE category_id = $1", {category})) {
    throw invalid_field("category", "this category does not exist");
  }
}

std::string search_key_of(const Offering& values) {
  return folded(values.name + "\n" + values.description + "\n" +
                std::string(prefix_bytes(values.full_description, kDescriptionBytesMax)));
}

}  // namespace

bool Offering::has_live_plan() const {
  for (const Plan& plan : plans) {
    if (!plan.is_archived) return true;
  }
  return false;
}

OfferingPage public_offerings(store::Tx& tx, const OfferingFilter& filter) {
  ListQuery query(kOfferings);
  query.require(kIsPublic);
  return page_of_offerings(tx, query, filter);
}

Offering public_offering(store::Tx& tx, OfferingId id) {
  ListQuery query(kOfferings);
  query.require(kIsPublic);
  query.filter("id", id);
  auto offering = first_offering(tx, query);
  if (!offering) throw not_found("offering");
  return *offering;
}

OfferingPage provider_offerings(const Scope& scope, store::Tx& tx, const OfferingFilter& filter) {
  ListQuery query(kOfferings);
  query.filter("organization", scope.organization);
  return page_of_offerings(tx, query, filter);
}

Offering get_offering(const Scope& scope, store::Tx& tx, OfferingId id) {
  ListQuery query(kOfferings);
  query.filter("organization", scope.organization);
  query.filter("id", id);
  auto offering = first_offering(tx, query);
  if (!offering) throw not_found("offering");
  return *offering;
}

std::optional<Offering> offering_of_agent(store::Tx& tx, OrganizationId provider, AgentId agent) {
  ListQuery query(kOfferings);
  query.filter("organization", provider);
  query.filter("agent", agent);
  return first_offering(tx, query);
}

Offering offering_by_id(store::Tx& tx, OfferingId id) {
  ListQuery query(kOfferings);
  query.filter("id", id);
  auto offering = first_offering(tx, query);
  if (!offering) throw not_found("offering");
  return *offering;
}

Offering create_offering(const Scope& scope, store::Tx& tx, const Offering& values) {
  require(scope, Right::provide_agents);
  check_offering(values);
  check_category(tx, values.category);
  if (values.agent && offering_of_agent(tx, scope.organization, *values.agent)) {
    throw Refusal(Code::conflict, "this agent has an offering already; edit that one");
  }
  const OfferingId id = OfferingId::random();
  tx.execute(
      "INSERT INTO offering (organization_id, offering_id, category_id, slug, name, name_key, search_key, description,"
      " full_description, type, state, paused_reason, is_shared, is_billable, agent_id, backend_id, terms_of_service, attributes,"
      " options, plugin_options, created_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'Draft', '', $11, $12, $13, $14, $15, $16, $17, $18, $19)",
      {scope.organization, id, values.category, slug(values.slug.empty() ? values.name : values.slug), values.name,
       folded(values.name), search_key_of(values), values.description, values.full_description, values.type, values.is_shared,
       values.is_billable, values.agent, values.backend_id, values.terms_of_service, json::write(values.attributes),
       json::write(values.options), json::write(values.plugin_options), tx.now()});
  for (const Component& component : values.components) add_component(scope, tx, id, component);
  for (const Plan& plan : values.plans) add_plan(scope, tx, id, plan);
  const Offering created = get_offering(scope, tx, id);
  tell_about_offering(scope, tx, created, "offering.create", {});
  return created;
}

Offering update_offering(const Scope& scope, store::Tx& tx, const Offering& values) {
  const Offering before = offering_to_edit(scope, tx, values.id);
  check_offering(values);
  check_category(tx, values.category);
  if (values.type != before.type) throw invalid_field("type", "the type of an offering does not change");
  tx.execute(
      "UPDATE offering SET category_id = $3, name = $4, name_key = $5, search_key = $6, description = $7, full_description = $8,"
      " is_shared = $9, is_billable = $10, backend_id = $11, terms_of_service = $12, attributes = $13, options = $14,"
      " plugin_options = $15 WHERE organization_id = $1 AND offering_id = $2",
      {scope.organization, values.id, values.category, values.name, folded(values.name), search_key_of(values),
       values.description, values.full_description, values.is_shared, values.is_billable, values.backend_id,
       values.terms_of_service, json::write(values.attributes), json::write(values.options), json::write(values.plugin_options)});
  const Offering updated = get_offering(scope, tx, values.id);
  tell_about_offering(scope, tx, updated, "offering.update", {});
  return updated;
}

}  // namespace guildhall::market
