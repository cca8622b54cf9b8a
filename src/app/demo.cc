// Making the demo's people, agent, subscription, documents and widget.
#include "demo.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/errors.h"
#include "base/hash.h"
#include "base/log.h"
#include "embedded_files.h"
#include "identity/organizations.h"
#include "knowledge/documents.h"
#include "market/orders.h"
#include "registry/access.h"
#include "registry/agents.h"

namespace guildhall::app {
namespace {

constexpr std::string_view kFlow = "flows/support-agent.json";
constexpr std::string_view kHelpCentre = "helpcentre/";

std::string_view example(std::string_view path) {
  for (const auto& file : example_files())
    if (file.path == path) return file.bytes;
  throw std::logic_error("the program carries no example " + std::string(path));
}

struct Person {
  identity::Account account;
  Scope scope;
};

/// An account with an organization of that name, as registration would make it.
Person make_person(store::Tx& tx, const std::string& email, const std::string& name, const std::string& organization_name,
                   const std::string& hash) {
  Person person;
  person.account = identity::create_account(tx, {.username = email, .email = email, .full_name = name, .is_staff = false}, hash);
  auto organization = identity::ensure_organization(tx, person.account, "demo");
  const identity::Authenticated who{
      .account = person.account, .credential = identity::Credential::system, .session = std::nullopt};
  person.scope = identity::scope_for(tx, who, organization.id, "demo");
  organization.name = organization_name;
  identity::update_organization(person.scope, tx, organization);
  return person;
}

market::Plan plan(const char* name, std::int64_t price_minor, std::optional<std::int64_t> quota, std::int64_t rate,
                  std::int64_t burst, std::int64_t order) {
  market::Plan plan;
  plan.name = name;
  plan.terms.slug = name;
  for (char& c : plan.terms.slug) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  plan.terms.price_minor = price_minor;
  plan.terms.monthly_quota = quota;
  plan.terms.rate_limit_per_second = Decimal(rate);
  plan.terms.burst = burst;
  plan.terms.display_order = order;
  plan.terms.custom_pricing = !quota.has_value();
  return plan;
}

/// The four presets of contracts/registry.md §11.
std::vector<market::Plan> preset_plans() {
  return {plan("Free", 0, 100, 1, 5, 0), plan("Starter", 2'900, 1'000, 5, 20, 1), plan("Professional", 9'900, 10'000, 20, 100, 2),
          plan("Enterprise", 0, std::nullopt, 100, 500, 3)};
}

registry::Agent publish(Installation& installation, store::Tx& tx, Person& provider, Demo& demo) {
  market::register_provider(provider.scope, tx, "Support agents for shops", false);
  const identity::Authenticated who{
      .account = provider.account, .credential = identity::Credential::system, .session = std::nullopt};
  provider.scope = identity::scope_for(tx, who, provider.scope.organization, "demo");
  market::accept_terms(provider.scope, tx);
  demo.studio_key = std::string(registry::create_organization_key(provider.scope, tx,
                                                                  {.name = "Studio",
                                                                   .scopes = {"studio", "provider"},
                                                                   .expires_at = {},
                                                                   .allowed_ips = {},
                                                                   .quota_limit = {},
                                                                   .rate_limit_per_second = {}})
                                    .plaintext.reveal());
  registry::StudioPublish request;
  request.flow_bytes = std::string(example(kFlow));
  request.flow_id = "support-agent";
  request.name = "Customer Support Agent";
  request.description = "Answers your visitors from your own documents, and cites them.";
  request.category = "customer_support";
  request.tags = {"support", "documents"};
  request.terms_accepted = true;
  request.auto_deploy = true;
  request.auto_publish = true;
  request.plans = preset_plans();
  return registry::publish_from_studio(provider.scope, tx, installation.services.publishing, request).agent;
}

SubscriptionId order_starter(store::Tx& tx, const Person& customer, const registry::Agent& agent) {
  const auto offering = market::public_offering(tx, agent.offering.value());
  market::NewOrder order;
  order.project = identity::default_project(customer.scope, tx).id;
  order.offering = offering.id;
  order.accepts_terms = true;
  for (const auto& each : offering.plans)
    if (each.terms.slug == "starter") order.plan = each.id;
  return market::place_order(customer.scope, tx, order).subscription;
}

void teach(store::Tx& tx, const Scope& scope, SubscriptionId subscription) {
  const auto base = knowledge::base_of_subscription(scope, tx, subscription);
  for (const auto& file : example_files()) {
    if (!file.path.starts_with(kHelpCentre)) continue;
    const std::string_view name = file.path.substr(kHelpCentre.size());
    if (name.find('/') == std::string_view::npos) continue;  // the folder's own README and questions
    knowledge::add_document(
        scope, tx, base,
        {.filename = std::string(name), .content = std::string(file.bytes), .source = knowledge::SourceKind::file, .url = {}});
  }
}

/// Key, persona, documents and widget: what a customer does after ordering.
void set_up(store::Tx& tx, const Person& customer, SubscriptionId subscription, Demo& demo) {
  const auto keys = registry::list_keys(customer.scope, tx, subscription);
  demo.access_key = std::string(registry::claim_key(customer.scope, tx, keys.at(0).id).plaintext.reveal());
  registry::update_agent_config(
      customer.scope, tx, subscription,
      {{"persona", json::Object{{"agent_name", "Pine"},
                                {"greeting_message", "Hello! Ask me about orders, shipping, returns or your account."},
                                {"tone", "friendly"},
                                {"primary_color", "#0f766e"}}}});
  teach(tx, customer.scope, subscription);
  registry::Widget widget;
  widget.name = "Shop";
  widget.domains = {"localhost", "127.0.0.1"};
  widget.primary_color = "#0f766e";
  demo.widget_key = registry::create_widget(customer.scope, tx, subscription, widget).key;
}

std::optional<Demo> remembered(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) return std::nullopt;
  std::ostringstream text;
  text << stream.rdbuf();
  const json::Value facts = json::parse_or_refuse(text.str());
  Demo demo;
  demo.widget_key = json::text_of(facts, "widget_key");
  demo.agent_id = json::text_of(facts, "agent_id");
  return demo;
}

}  // namespace

Demo make_demo(Installation& installation, const std::string& data_folder) {
  const std::filesystem::path file = std::filesystem::path(data_folder) / "demo.json";
  if (auto known = remembered(file)) return *known;
  if (installation.database->read([](store::Tx& tx) { return identity::count_accounts(tx); }) > 0)
    throw Refusal(Code::conflict, "--demo fills an empty installation; this one has accounts already");
  Demo demo;
  demo.password = to_base64url(random_bytes(12));
  demo.provider_login = "provider@demo.example";
  demo.customer_login = "customer@demo.example";
  const std::string hash = installation.hasher.hash(Secret(demo.password));
  installation.database->write([&](store::Tx& tx) {
    Person provider = make_person(tx, demo.provider_login, "Dana Provider", "Tidewater Agents", hash);
    const Person customer = make_person(tx, demo.customer_login, "Casey Customer", "Harbour & Pine", hash);
    const auto agent = publish(installation, tx, provider, demo);
    demo.agent_id = agent.agent_id;
    set_up(tx, customer, order_starter(tx, customer, agent), demo);
  });
  installation.jobs.wake();
  std::ofstream(file) << json::write(json::Object{{"widget_key", demo.widget_key}, {"agent_id", demo.agent_id}}) << "\n";
  return demo;
}

void print_demo(const Demo& demo, const std::string& address) {
  std::printf("\nThe demo shop with its assistant:\n  %s/demo/\nThe marketplace and the console:\n  %s/marketplace\n",
              address.c_str(), address.c_str());
  if (demo.access_key.empty()) return;
  std::printf(
      "\nThe same agent by API (this key is shown once):\n"
      "  curl -s %s/api/v1/agents/%s/chat -H 'Authorization: Bearer %s' \\\n"
      "    -H 'Content-Type: application/json' -d '{\"message\":\"When will my refund arrive?\"}'\n\n"
      "Sign in as %s (sells it) or %s (bought it), password %s\nStudio key of the provider: %s\n\n",
      address.c_str(), demo.agent_id.c_str(), demo.access_key.c_str(), demo.provider_login.c_str(), demo.customer_login.c_str(),
      demo.password.c_str(), demo.studio_key.c_str());
}

}  // namespace guildhall::app
