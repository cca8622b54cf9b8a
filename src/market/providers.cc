// Service providers: organizations that may sell.
#include <stdexcept>

#include "base/errors.h"
#include "checks.h"
#include "delivery/events.h"
#include "identity/audit.h"
#include "identity/organizations.h"
#include "market/catalogue.h"

namespace guildhall::market {
namespace {

constexpr std::string_view kSelectProviders =
    "SELECT p.service_provider_id, p.organization_id, p.state, p.description, p.revenue_share, p.terms_accepted_at,"
    " (SELECT count(*) FROM offering o WHERE o.organization_id = p.organization_id), p.created_at FROM service_provider p";

std::string_view stored_name(ProviderState state) {
  switch (state) {
    case ProviderState::pending: return "PENDING";
    case ProviderState::approved: return "APPROVED";
    case ProviderState::suspended: return "SUSPENDED";
  }
  throw std::logic_error("a provider state without a name");
}

ProviderState provider_state(std::string_view name) {
  for (const ProviderState state : {ProviderState::pending, ProviderState::approved, ProviderState::suspended}) {
    if (stored_name(state) == name) return state;
  }
  throw std::logic_error("a stored service provider has an unknown state");
}

ServiceProvider provider_of_row(const store::Row& row) {
  return {.id = row.id<ServiceProviderId>(0),
          .organization = row.id<OrganizationId>(1),
          .state = provider_state(row.text(2)),
          .description = row.text(3),
          .revenue_share = row.decimal(4),
          .terms_accepted_at = row.optional_timestamp(5),
          .offering_count = row.integer(6),
          .created_at = row.timestamp(7)};
}

void tell_about_provider(const Scope& scope, store::Tx& tx, std::string_view action, std::string_view event,
                         const ServiceProvider& provider) {
  json::Object values{
      {"provider", provider.id.text()}, {"organization", provider.organization.text()}, {"state", stored_name(provider.state)}};
  identity::audit(
      scope, tx,
      {.action = std::string(action), .object_type = "service_provider", .object_id = provider.id.text(), .details = values});
  delivery::emit(
      tx, {.type = std::string(event), .organization = provider.organization, .subject = provider.id.uuid, .payload = values});
}

}  // namespace

ServiceProvider register_provider(const Scope& scope, store::Tx& tx, std::string_view description, bool requires_approval) {
  require(scope, Right::manage_organization);
  check_text("description", description, kDescriptionBytesMax);
  const identity::Organization organization = identity::get_organization(scope, tx);
  if (!organization.is_active || organization.is_archived) {
    throw invalid_field("customer", "organization '" + organization.name + "' is suspended; ask the operator");
  }
  const ProviderState state = requires_approval ? ProviderState::pending : ProviderState::approved;
  const std::int64_t inserted = tx.execute(
      "INSERT INTO service_provider (organization_id, service_provider_id, state, description, revenue_share, terms_accepted_at,"
      " created_at) VALUES ($1, $2, $3, $4, $5, NULL, $6) ON CONFLICT (organization_id) DO NOTHING",
      {scope.organization, ServiceProviderId::random(), stored_name(state), description, ServiceProvider{}.revenue_share,
       tx.now()});
  if (inserted == 0) throw invalid_field("customer", "this organization is a service provider already");
  identity::set_provider(tx, scope.organization, state == ProviderState::approved);
  const ServiceProvider provider = *find_provider(tx, scope.organization);
  tell_about_provider(scope, tx, "provider.register", "provider.registered", provider);
  return provider;
}

std::optional<ServiceProvider> find_provider(store::Tx& tx, OrganizationId organization) {
  const auto row = tx.first(std::string(kSelectProviders) + " WHERE p.organization_id = $1", {organization});
  return row ? std::optional(provider_of_row(*row)) : std::nullopt;
}

ServiceProvider get_provider(store::Tx& tx, ServiceProviderId id) {
  const auto row = tx.first(std::string(kSelectProviders) + " WHERE p.service_provider_id = $1", {id});
  if (!row) throw not_found("service provider");
  return provider_of_row(*row);
}

std::vector<ServiceProvider> list_providers(store::Tx& tx) {
  std::vector<ServiceProvider> providers;
  for (const store::Row& row : tx.query(std::string(kSelectProviders) + " ORDER BY p.created_at, p.service_provider_id")) {
    providers.push_back(provider_of_row(row));
  }
  return providers;
}

ServiceProvider set_provider_state(const Scope& scope, store::Tx& tx, ServiceProviderId id, ProviderState state) {
  require(scope, Right::operate);
  ServiceProvider provider = get_provider(tx, id);
  provider.state = state;
  tx.execute("UPDATE service_provider SET state = $2 WHERE organization_id = $1", {provider.organization, stored_name(state)});
  identity::set_provider(tx, provider.organization, state == ProviderState::approved);
  tell_about_provider(scope, tx, "provider.set_state", "provider.changed", provider);
  return provider;
}

void accept_terms(const Scope& scope, store::Tx& tx) {
  require(scope, Right::manage_organization);
  const auto provider = find_provider(tx, scope.organization);
  if (!provider) throw not_found("service provider");
  tx.execute("UPDATE service_provider SET terms_accepted_at = $2 WHERE organization_id = $1", {scope.organization, tx.now()});
  identity::audit(
      scope, tx,
      {.action = "provider.accept_terms", .object_type = "service_provider", .object_id = provider->id.text(), .details = {}});
}

}  // namespace guildhall::market
