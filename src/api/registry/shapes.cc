// Writing and reading the JSON that several registry routes share.
#include "registry/shapes.h"

#include <algorithm>

#include "base/text.h"
#include "edge/runs.h"
#include "identity/organizations.h"

namespace guildhall::api::registry_dialect {

Paging paging_of(const Call& call) {
  Paging paging;
  paging.page = static_cast<std::size_t>(call.query_integer("page", 1, 1, 1'000'000));
  paging.size = static_cast<std::size_t>(call.query_integer("page_size", 25, 1, 100));
  return paging;
}

json::Object list_of(const Call& call, const Paging& paging, std::int64_t total, json::Array results) {
  const auto link = [&](std::size_t page) -> json::Value {
    std::string url = call.services().public_url + call.request().path + "?";
    for (const auto& [name, value] : call.request().query.items())
      if (name != "page") url += net::url_encoded(name) + "=" + net::url_encoded(value) + "&";
    return json::Value(url + "page=" + std::to_string(page));
  };
  const bool has_next = static_cast<std::int64_t>(paging.page * paging.size) < total;
  return {{"count", total},
          {"next", has_next ? link(paging.page + 1) : json::Value(nullptr)},
          {"previous", paging.page > 1 ? link(paging.page - 1) : json::Value(nullptr)},
          {"results", std::move(results)}};
}

json::Array strings(const std::vector<std::string>& values) {
  json::Array array;
  for (const auto& value : values) array.push_back(json::Value(value));
  return array;
}

json::Value optional_time(const std::optional<Timestamp>& value) {
  return value ? json::Value(rfc3339(*value)) : json::Value(nullptr);
}

json::Object agent_json(const registry::Agent& agent) {
  return {{"id", agent.id.text()},
          {"agent_id", agent.agent_id},
          {"project_id", agent.project.text()},
          {"organization_id", agent.organization.text()},
          {"name", agent.name},
          {"slug", agent.slug},
          {"description", agent.description},
          {"category", agent.category},
          {"tags", strings(agent.tags)},
          {"capabilities", strings(agent.capabilities)},
          {"supported_languages", strings(agent.supported_languages)},
          {"permissions", agent.permissions},
          {"config", agent.config},
          {"system_prompt", agent.system_prompt},
          {"state", registry::wire_name(agent.state)},
          {"state_changed_at", rfc3339(agent.state_changed_at)},
          {"paused_from", agent.paused_from ? json::Value(registry::wire_name(*agent.paused_from)) : json::Value(nullptr)},
          {"grace_until", optional_time(agent.grace_until)},
          {"retire_at", optional_time(agent.retire_at)},
          {"flow_id", agent.flow.text()},
          {"current_version_id", agent.current_version ? json::Value(agent.current_version->text()) : json::Value(nullptr)},
          {"version", agent.current_version_number.empty() ? json::Value(nullptr) : json::Value(agent.current_version_number)},
          {"runtime_endpoint", agent.runtime_endpoint.empty() ? json::Value(nullptr) : json::Value(agent.runtime_endpoint)},
          {"waldur_offering_uuid", agent.offering ? json::Value(agent.offering->text()) : json::Value(nullptr)},
          {"max_concurrent_requests", agent.max_concurrent_requests},
          {"timeout_seconds", agent.timeout_seconds},
          {"review_state", agent.review_state},
          {"created_at", rfc3339(agent.created_at)},
          {"updated_at", rfc3339(agent.updated_at)}};
}

json::Object version_json(const registry::AgentVersion& version) {
  return {{"id", version.id.text()},
          {"version", version.version},
          {"sha256", version.sha256},
          {"changelog", version.changelog},
          {"change_type", version.change_type},
          {"migration", version.migration},
          {"yanked", version.is_yanked},
          {"created_at", rfc3339(version.created_at)}};
}

json::Object plan_json(const market::Plan& plan) {
  const auto& terms = plan.terms;
  return {{"id", plan.id.text()},
          {"name", plan.name},
          {"slug", terms.slug},
          {"description", plan.description},
          {"price_cents", terms.price_minor},
          {"currency", terms.currency},
          {"billing_period", terms.billing_period},
          {"billable_unit", terms.billable_unit},
          {"monthly_quota", terms.monthly_quota ? json::Value(*terms.monthly_quota) : json::Value(nullptr)},
          {"rate_limit_per_second", terms.rate_limit_per_second.text()},
          {"burst", terms.burst.value_or(terms.rate_limit_per_second.units(0, Rounding::away))},
          {"overage_mode", terms.bills_overage ? "bill" : "block"},
          {"overage_price", terms.overage_price.text(2)},
          {"overage_cap_percent", terms.overage_cap_percent},
          {"features", strings(terms.features)},
          {"custom_pricing", terms.custom_pricing},
          {"is_active", !plan.is_archived},
          {"display_order", terms.display_order},
          {"waldur_plan_uuid", plan.id.text()}};
}

json::Object key_json(const registry::AccessKey& key) {
  return {{"id", key.id.text()},
          {"name", key.name},
          {"key_prefix", key.prefix},
          {"scopes", strings(key.scopes)},
          {"allowed_ips", strings(key.allowed_ips)},
          {"quota_limit", key.quota_limit ? json::Value(*key.quota_limit) : json::Value(nullptr)},
          {"rate_limit_per_second",
           key.rate_limit_per_second ? json::Value(key.rate_limit_per_second->text()) : json::Value(nullptr)},
          {"status", registry::wire_name(key.status)},
          {"expires_at", optional_time(key.expires_at)},
          {"revoked_at", optional_time(key.revoked_at)},
          {"revocation_reason", key.revocation_reason},
          {"last_used_at", optional_time(key.last_used_at)},
          {"total_requests", key.total_requests},
          {"created_at", rfc3339(key.created_at)}};
}

json::Object widget_json(const Call& call, const registry::Widget& widget) {
  const std::string& host = call.services().public_url;
  const std::string script = host + "/widget/v1/loader.js";
  return {{"id", widget.public_id},
          {"key", widget.key},
          {"name", widget.name},
          {"type", "chat"},
          {"position", widget.position},
          {"theme", widget.theme},
          {"primary_color", widget.primary_color},
          {"domains", strings(widget.domains)},
          {"is_active", widget.is_active},
          {"script_url", script},
          {"embed_code", "<script async src=\"" + script + "\" data-widget-key=\"" + widget.key + "\"></script>"},
          {"created_at", rfc3339(widget.created_at)}};
}

json::Object usage_json(const Scope& scope, store::Tx& tx, const market::Subscription& subscription, const Cycle& cycle) {
  const auto totals = billing::subscription_totals(scope, tx, subscription.id, cycle);
  const auto quota = market::plan_by_id(tx, subscription.plan).terms;
  json::Array by_day;
  for (const auto& day : billing::subscription_days(scope, tx, subscription.id, cycle))
    by_day.push_back(json::Object{{"date", text(day.date)},
                                  {"api_calls", day.totals.calls},
                                  {"tokens", day.totals.tokens_input + day.totals.tokens_output}});
  const std::int64_t used = totals.units.units(0, Rounding::toward_zero);
  const auto last_day = date_of(end_of(cycle) - 1);
  return json::Object{{"period", text(date_of(start_of(cycle))) + " to " + text(last_day)},
                      {"quota", quota.monthly_quota ? json::Value(*quota.monthly_quota) : json::Value(nullptr)},
                      {"used", used},
                      {"remaining", quota.monthly_quota ? json::Value(std::max<std::int64_t>(0, *quota.monthly_quota - used))
                                                        : json::Value(nullptr)},
                      {"api_calls", totals.calls},
                      {"tokens", json::Object{{"input", totals.tokens_input}, {"output", totals.tokens_output}}},
                      {"successful", totals.successful},
                      {"failed", totals.failed},
                      {"avg_response_time_ms", totals.response_time_ms_avg},
                      {"p95_response_time_ms", totals.response_time_ms_p95},
                      {"cost_cents", totals.cost_minor.text(2)},
                      {"currency", quota.currency},
                      {"by_day", std::move(by_day)}};
}

market::Plan plan_of(const PlanIn& in, const std::string& path) {
  const auto refuse = [&](const char* field, const char* message) { return invalid_field(path + "." + field, message); };
  if (trimmed(in.name).empty()) throw refuse("name", "must not be empty");
  if (in.price_cents < 0) throw refuse("price_cents", "must not be negative");
  if (in.monthly_quota && *in.monthly_quota < 0) throw refuse("monthly_quota", "must not be negative");
  if (in.overage_mode && *in.overage_mode != "block" && *in.overage_mode != "bill")
    throw refuse("overage_mode", "must be block or bill");
  if (in.billing_period && *in.billing_period != "monthly" && *in.billing_period != "yearly")
    throw refuse("billing_period", "must be monthly or yearly");
  if (in.rate_limit_per_second && (in.rate_limit_per_second->is_negative() || in.rate_limit_per_second->is_zero()))
    throw refuse("rate_limit_per_second", "must be greater than 0");
  if (in.burst && *in.burst < 1) throw refuse("burst", "must be at least 1");
  if (in.currency && in.currency->size() != 3) throw refuse("currency", "must be an ISO 4217 code like EUR");
  market::Plan plan;
  plan.name = in.name;
  plan.description = in.description.value_or("");
  plan.terms.slug = in.slug.value_or(slug(in.name));
  plan.terms.price_minor = in.price_cents;
  plan.terms.currency = in.currency.value_or("EUR");
  plan.terms.billing_period = in.billing_period.value_or("monthly");
  plan.terms.billable_unit = in.billable_unit.value_or("call");
  plan.terms.monthly_quota = in.monthly_quota;
  plan.terms.rate_limit_per_second = in.rate_limit_per_second.value_or(Decimal(5));
  plan.terms.burst = in.burst;
  plan.terms.bills_overage = in.overage_mode.value_or("block") == "bill";
  plan.terms.overage_price = in.overage_price.value_or(Decimal());
  plan.terms.overage_cap_percent = in.overage_cap_percent.value_or(200);
  plan.terms.features = in.features.value_or(std::vector<std::string>{});
  plan.terms.custom_pricing = in.custom_pricing.value_or(false);
  plan.terms.display_order = in.display_order.value_or(0);
  return plan;
}

std::vector<market::Plan> plans_of(const std::vector<PlanIn>& list) {
  std::vector<market::Plan> plans;
  for (std::size_t i = 0; i < list.size(); ++i) plans.push_back(plan_of(list[i], "plans[" + std::to_string(i) + "]"));
  return plans;
}

json::Array smoke_warnings(Call& call, const Scope& scope, AgentId agent) {
  const auto failure = call.services().gateway.smoke_run(scope, caller_of(call), agent);
  if (!failure) return {};
  return {json::Object{
      {"node", nullptr}, {"code", "smoke_run_failed"}, {"message", "the agent did not answer a first question: " + *failure}}};
}

AgentTarget agent_target(Call& call, store::Tx& tx) {
  return call.find_in_scopes(
      tx, "agent", [&](const Scope& scope) { return AgentTarget{scope, registry::find_agent(scope, tx, call.path("agent"))}; });
}

}  // namespace guildhall::api::registry_dialect
