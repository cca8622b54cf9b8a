// Becoming a provider, tenants and the usage list (contracts/registry.md §7, §9, §13).
#include "registry/route_tables.h"

#include "base/text.h"
#include "identity/organizations.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

struct OrganizationIn {
  std::string name;
  std::optional<std::string> country;
  std::optional<std::string> billing_email;
};
BOOST_DESCRIBE_STRUCT(OrganizationIn, (), (name, country, billing_email))

struct OnboardingIn {
  std::optional<OrganizationIn> organization;
  std::optional<OrganizationId> organization_id;
  std::optional<std::string> description;
  std::optional<bool> terms_accepted;
};
BOOST_DESCRIBE_STRUCT(OnboardingIn, (), (organization, organization_id, description, terms_accepted))

Scope provider_organization(Call& call, store::Tx& tx, const OnboardingIn& in) {
  if (in.organization_id) return call.scope_in(tx, *in.organization_id);
  if (!in.organization) return call.scope(tx);
  identity::Organization values;
  values.name = in.organization->name;
  values.country = in.organization->country.value_or("");
  values.email = in.organization->billing_email.value_or(call.who().account.email);
  const auto organization = identity::create_organization(tx, call.who().account, values, call.request().request_id);
  const Scope scope = call.scope_in(tx, organization.id);
  identity::create_project(scope, tx,
                           {.id = {},
                            .organization = organization.id,
                            .name = "Default",
                            .description = {},
                            .slug = {},
                            .backend_id = {},
                            .start_date = {},
                            .end_date = {},
                            .is_removed = false,
                            .created_at = {}});
  return scope;
}

/// One transaction: organization when asked for, default project, service provider, studio key shown once.
json::Object onboard(Call& call, const OnboardingIn& in) {
  if (!in.terms_accepted.value_or(false))
    throw Refusal(Code::terms_required, "accept the provider terms: terms_accepted must be true");
  return call.write([&](store::Tx& tx) {
    Scope scope = provider_organization(call, tx, in);
    const auto existing = market::find_provider(tx, scope.organization);
    const auto provider =
        existing ? *existing
                 : market::register_provider(scope, tx, in.description.value_or(""), call.services().provider_approval_is_manual);
    scope = call.scope_in(tx, scope.organization);
    if (provider.state == market::ProviderState::approved) market::accept_terms(scope, tx);
    json::Object body{{"organization_id", scope.organization.text()},
                      {"provider_id", provider.id.text()},
                      {"project_id", identity::default_project(scope, tx).id.text()},
                      {"state", provider.state == market::ProviderState::approved  ? "APPROVED"
                                : provider.state == market::ProviderState::pending ? "PENDING"
                                                                                   : "SUSPENDED"}};
    call.set_status(existing ? 200 : 201);
    if (!existing) {
      registry::NewKey key;
      key.name = "Studio";
      key.scopes = {"studio", "provider"};
      body["studio_key"] = std::string(registry::create_organization_key(scope, tx, key).plaintext.reveal());
      call.mark_secret("studio_key");
    }
    return body;
  });
}

json::Object tenant_json(const identity::Organization& organization) {
  return {{"id", organization.id.text()},
          {"name", organization.name},
          {"slug", organization.slug},
          {"type", organization.type},
          {"billing_email", organization.email},
          {"waldur_customer_uuid", organization.id.text()},
          {"waldur_customer_name", organization.name},
          {"tenancy_model", "shared"},
          {"dedicated_namespace", nullptr},
          {"monthly_api_calls_limit",
           organization.monthly_api_calls_limit ? json::Value(*organization.monthly_api_calls_limit) : json::Value(nullptr)},
          {"max_agents", organization.agents_max},
          {"max_users", organization.users_max},
          {"is_active", organization.is_active},
          {"suspension_reason",
           organization.suspension_reason.empty() ? json::Value(nullptr) : json::Value(organization.suspension_reason)},
          {"created_at", rfc3339(organization.created_at)}};
}

json::Object list_tenants(Call& call) {
  const Paging paging = paging_of(call);
  const std::string wanted = call.query("waldur_customer_uuid");
  const auto filter = wanted.empty() ? std::nullopt : parse_uuid(wanted);
  if (!wanted.empty() && !filter) throw invalid_field("waldur_customer_uuid", "must be a UUID");
  return call.read([&](store::Tx& tx) {
    json::Array page;
    std::int64_t total = 0;
    for (const auto& organization : identity::organizations_of(tx, call.who().account)) {
      if (filter && organization.id.uuid != *filter) continue;
      const auto index = static_cast<std::size_t>(total++);
      if (index >= paging.offset() && index < paging.offset() + paging.size) page.push_back(tenant_json(organization));
    }
    return list_of(call, paging, total, std::move(page));
  });
}

OrganizationId tenant_in_path(const Call& call) {
  const auto id = OrganizationId::parse(call.path("tenant"));
  if (!id) throw not_found("tenant");
  return *id;
}

json::Object get_tenant(Call& call) {
  return tenant_json(
      call.read([&](store::Tx& tx) { return identity::get_organization(call.scope_in(tx, tenant_in_path(call)), tx); }));
}

struct SuspendIn {
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(SuspendIn, (), (reason))

template <bool active>
json::Object set_tenant_active(Call& call, const SuspendIn& in) {
  return tenant_json(call.write([&](store::Tx& tx) {
    const Scope scope = call.scope_in(tx, tenant_in_path(call));
    identity::set_organization_active(scope, tx, active, in.reason.value_or(""));
    return identity::get_organization(scope, tx);
  }));
}

json::Object usage_json(const billing::UsageRecord& record) {
  return {{"id", record.id.text()},
          {"request_id", record.request_id},
          {"kind", billing::wire_name(record.kind)},
          {"tenant_id", record.organization.text()},
          {"subscription_id", record.subscription ? json::Value(record.subscription->text()) : json::Value(nullptr)},
          {"agent_id", record.agent ? json::Value(record.agent->text()) : json::Value(nullptr)},
          {"conversation_id", record.conversation ? json::Value(record.conversation->text()) : json::Value(nullptr)},
          {"endpoint", record.endpoint},
          {"request_method", record.method},
          {"response_status", record.status},
          {"response_time_ms", record.response_time_ms},
          {"tokens_input", record.tokens_input},
          {"tokens_output", record.tokens_output},
          {"tokens_total", record.tokens_input + record.tokens_output},
          {"billable_unit", record.billable_unit},
          {"units", record.units.text()},
          {"estimated_cost_cents", record.cost_minor.text()},
          {"occurred_at", rfc3339(record.occurred_at)},
          {"billing_period", record.cycle.text()},
          {"late_for", record.late_for ? json::Value(record.late_for->text()) : json::Value(nullptr)}};
}

json::Object list_usage(Call& call) {
  const Paging paging = paging_of(call);
  billing::UsageFilter filter;
  filter.offset = paging.offset();
  filter.limit = paging.size;
  if (const auto access = call.query("access"); !access.empty()) {
    filter.subscription = SubscriptionId::parse(access);
    if (!filter.subscription) throw invalid_field("access", "must be a UUID");
  }
  const auto page = call.read([&](store::Tx& tx) {
    const Scope scope = call.scope(tx);
    if (scope.subscription) filter.subscription = scope.subscription;
    return billing::list_usage(scope, tx, filter);
  });
  json::Array results;
  for (const auto& record : page.items) results.push_back(usage_json(record));
  return list_of(call, paging, page.total, std::move(results));
}

}  // namespace

RouteTable provider_routes() {
  Route onboarding;
  onboarding.right = Right::manage_organization;
  onboarding.status = 201;
  Route operators;
  operators.right = Right::operate;
  Route usage;
  usage.right = Right::read_usage;
  usage.query = {{"access"}, {"page", "integer"}, {"page_size", "integer"}};
  Route tenants;
  tenants.query = {{"waldur_customer_uuid"}, {"page", "integer"}, {"page_size", "integer"}};
  return {post("/api/v1/provider/onboarding", "Become a provider", kAccount, onboard, onboarding),
          get("/api/v1/tenants", "Organizations of the caller", kAccount, list_tenants, tenants),
          get("/api/v1/tenants/{tenant}", "One organization", kAccount, get_tenant),
          post("/api/v1/admin/tenants/{tenant}/suspend", "Refuse every key of an organization", kAccount,
               set_tenant_active<false>, operators),
          post("/api/v1/admin/tenants/{tenant}/reactivate", "Let an organization's keys work again", kAccount,
               set_tenant_active<true>, operators),
          get("/api/v1/usage", "Rows of the usage ledger, newest first", kAccountOrKey, list_usage, usage)};
}

}  // namespace guildhall::api::registry_dialect
