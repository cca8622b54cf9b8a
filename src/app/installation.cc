// Opening an installation and wiring the rooms together.
#include "installation.h"

#include <filesystem>

#include "api/turns.h"
#include "app/commands.h"
#include "base/errors.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/invoices.h"
#include "billing/quota.h"
#include "crawler/crawl.h"
#include "delivery/idempotency.h"
#include "gateway/canaries.h"
#include "gateway/evaluate.h"
#include "identity/scope.h"
#include "knowledge/documents.h"
#include "knowledge/evaluation.h"
#include "knowledge/pairs.h"
#include "knowledge/sources.h"
#include "knowledge/vectors.h"
#include "market/orders.h"
#include "models/embed_base.h"
#include "registry/access.h"
#include "registry/agents.h"
#include "store/key_rotation.h"
#include "store/migrations.h"
#include "support/handover.h"

namespace guildhall::app {
namespace {

constexpr std::int64_t kSecond = kMicrosecondsPerSecond;
constexpr std::int64_t kTenSeconds = 10 * kMicrosecondsPerSecond;
constexpr std::int64_t kMinute = 60 * kMicrosecondsPerSecond;
constexpr std::int64_t kHour = 3600 * kMicrosecondsPerSecond;

constexpr std::string_view kPasswordPepper = "guildhall password pepper 1";
constexpr std::string_view kSignedTokens = "guildhall signed tokens 1";

std::unique_ptr<store::Database> current_database(const Settings& settings, const Clock& clock) {
  auto database = store::open_database({.url = database_url(settings), .clock = &clock});
  store::migrate(*database);
  return database;
}

Secret secret_named(store::Database& database, const store::MasterKey& master, std::string_view name) {
  return database.read([&](store::Tx& tx) { return store::installation_secret(tx, master, name); });
}

std::string public_url_of(const Settings& settings) {
  if (const auto url = settings.optional("public_url")) {
    std::string_view trimmed_url = *url;
    while (trimmed_url.ends_with('/')) trimmed_url.remove_suffix(1);
    return std::string(trimmed_url);
  }
  return "http://" + settings.text("listen");
}

DocumentId document_of(const delivery::Job& job) {
  const auto document = DocumentId::parse(json::text_of(job.payload, "document_id"));
  if (!document) throw std::logic_error("the job " + job.kind + " without a document");
  return *document;
}

std::map<std::string, delivery::Worker> workers_of(store::Database& database, net::Client& client, gateway::Gateway& gateway,
                                                   knowledge::Indexes& indexes, const knowledge::Extractor& extractor,
                                                   models::SearchModels& search_models, const std::string& crawler_agent,
                                                   api::Services& services) {
  return {{"support.answer", [&services](const delivery::Job& job,
                                         std::stop_token) { api::answer_lost_turn(services, job.organization, job.payload); }},
          {"knowledge.evaluate",
           [&database, &gateway, &indexes, &search_models](const delivery::Job& job, std::stop_token stop) {
             gateway::evaluate(gateway, database, indexes, &search_models, job, stop);
           }},
          {"knowledge.embed",
           [&database, &search_models](const delivery::Job& job, std::stop_token stop) {
             models::embed_base(database, search_models, job, stop);
           }},
          {"knowledge.index",
           [&database, &extractor](const delivery::Job& job, std::stop_token) {
             knowledge::index_document(database, extractor, job.organization, document_of(job));
           }},
          {"knowledge.validity",
           [&database, &extractor](const delivery::Job& job, std::stop_token) {
             knowledge::refresh_pair(database, extractor, job.organization, document_of(job));
           }},
          {"knowledge.sync", [&database, &client, &extractor, crawler_agent](const delivery::Job& job, std::stop_token stop) {
             crawler::run_step({database, client, extractor, crawler_agent}, job, stop);
           }}};
}

void report_differences(store::Database& database) {
  for (const auto& difference : billing::reconcile(database, std::nullopt))
    log::error("ledger difference", {{"what", std::string_view(difference.what)},
                                     {"stored", std::string_view(difference.stored)},
                                     {"recomputed", std::string_view(difference.recomputed)}});
}

constexpr std::size_t kAdvancedAtOnce = 100;

void advance_conversations(store::Database& database, api::Live& live) {
  const auto changed = database.write([](store::Tx& tx) {
    return support::advance_due(tx, kAdvancedAtOnce, [&](const support::Conversation& conversation) {
      const Scope scope = identity::system_scope(conversation.organization, "support");
      return api::handover_settings_of(registry::agent_config(scope, tx, conversation.subscription));
    });
  });
  for (const auto& place : changed) live.changed(place.organization, place.conversation);
}

std::vector<delivery::Schedule> schedules_of(store::Database& database, gateway::Gateway& gateway, api::Live& live,
                                             const std::string& embedding_model) {
  const auto write = [&database](auto task) {
    return [&database, task](std::stop_token) { database.write([&](store::Tx& tx) { task(tx); }); };
  };
  return {
      {"billing.release_orphans", kTenSeconds, write([](store::Tx& tx) { billing::release_orphans(tx); }), false},
      {"gateway.note_long_runs", kSecond, [&gateway](std::stop_token) { gateway.note_long_runs(); }, true},
      {"gateway.end_canaries", kTenSeconds, [&database](std::stop_token) { gateway::end_canaries(database); }, false},
      {"gateway.flush_uses", kTenSeconds, [&gateway](std::stop_token) { gateway.flush_uses(); }, true},
      {"delivery.expire_idempotency", kHour, write([](store::Tx& tx) { delivery::expire_idempotent(tx); }), false},
      {"registry.advance_agents", kHour, write([](store::Tx& tx) { registry::advance_agents(tx); }), false},
      {"market.apply_pending_plans", kHour, write([](store::Tx& tx) { market::apply_pending_plans(tx, tx.now()); }), false},
      {"market.release_waiting_orders", kHour, write([](store::Tx& tx) { market::release_waiting_orders(tx); }), false},
      {"market.expire_executing_orders", kHour, write([](store::Tx& tx) { market::expire_executing_orders(tx, 2 * kHour); }),
       false},
      {"knowledge.start_due_syncs", kTenSeconds, write([](store::Tx& tx) { knowledge::start_due_syncs(tx); }), false},
      {"support.queue_lost_turns", 5 * kSecond, [&database](std::stop_token) { api::queue_lost_turns(database); }, false},
      {"support.advance", kSecond, [&database, &live](std::stop_token) { advance_conversations(database, live); }, false},
      {"knowledge.queue_stale_embeddings", kMinute,
       write([embedding_model](store::Tx& tx) { knowledge::queue_stale_embeddings(tx, embedding_model); }), false},
      {"billing.reconcile", kHour, [&database](std::stop_token) { report_differences(database); }, false},
  };
}

std::string mail_destination(const Settings& settings) {
  const auto smtp = settings.optional("smtp");
  return smtp ? *smtp : "folder:" + data_folder(settings) + "/mail";
}

}  // namespace

std::string data_folder(const Settings& settings) {
  const std::filesystem::path folder = settings.text("data");
  if (!std::filesystem::exists(folder)) {
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
  }
  return folder.string();
}

std::string database_url(const Settings& settings) {
  const auto url = settings.optional("database");
  return url ? *url : "sqlite:" + data_folder(settings) + "/guildhall.db";
}

store::MasterKey master_key(const Settings& settings) {
  if (const auto key = settings.optional("master_key")) return store::MasterKey::from_text(Secret(*key));
  return store::MasterKey::from_file(master_key_path(settings));
}

std::string master_key_path(const Settings& settings) {
  return data_folder(settings) + "/master.key";
}

const std::vector<std::string_view>& installation_secrets() {
  static const std::vector<std::string_view> names{kPasswordPepper, kSignedTokens};
  return names;
}

net::ClientOptions client_options(const Settings& settings) {
  net::ClientOptions options;
  options.allowed = net::parse_allowed(settings.text("outbound_allow"));
  // Every run may wait for the same model server.
  options.connections_per_host_max = static_cast<std::size_t>(settings.integer("run_threads"));
  return options;
}

runtime::Engine engine_of(const Settings& settings, store::Database& database, net::Client& client, knowledge::Indexes& indexes,
                          const knowledge::Extractor& extractor, models::SearchModels* search_models) {
  runtime::Engine engine{.database = &database,
                         .client = &client,
                         .indexes = &indexes,
                         .search_models = search_models,
                         .extractor = &extractor,
                         .default_model = std::nullopt};
  if (const auto base_url = settings.optional("model_base_url"))
    engine.default_model = models::Endpoint{.provider = "openai",
                                            .base_url = *base_url,
                                            .api_key = Secret(settings.text("model_api_key")),
                                            .model = settings.optional("model_name").value_or("default")};
  return engine;
}

std::optional<models::Endpoint> embedding_endpoint(const Settings& settings) {
  const auto model = settings.optional("embedding_model");
  if (!model) return std::nullopt;
  const bool has_own_server = settings.optional("embedding_base_url").has_value();
  const auto base_url = settings.optional(has_own_server ? "embedding_base_url" : "model_base_url");
  if (!base_url)
    throw Refusal(Code::validation_failed, "embedding_model is set, but neither embedding_base_url nor model_base_url is");
  const bool has_own_key = has_own_server || settings.optional("embedding_api_key").has_value();
  return models::Endpoint{.provider = "openai",
                          .base_url = *base_url,
                          .api_key = Secret(settings.text(has_own_key ? "embedding_api_key" : "model_api_key")),
                          .model = *model};
}

std::optional<models::Endpoint> rerank_endpoint(const Settings& settings) {
  const auto model = settings.optional("rerank_model");
  if (!model) return std::nullopt;
  const auto base_url = settings.optional("rerank_base_url");
  if (!base_url) throw Refusal(Code::validation_failed, "rerank_model is set, but rerank_base_url is not");
  return models::Endpoint{
      .provider = "openai", .base_url = *base_url, .api_key = Secret(settings.text("rerank_api_key")), .model = *model};
}

Installation::Installation(const Settings& settings)
    : master(master_key(settings)),
      database(current_database(settings, clock)),
      hasher(secret_named(*database, master, kPasswordPepper)),
      client(client_options(settings)),
      mailer(net::open_mailer(mail_destination(settings), net::parse_allowed(settings.text("outbound_allow")))),
      search_models(client, embedding_endpoint(settings), rerank_endpoint(settings)),
      gateway(engine_of(settings, *database, client, indexes, extractor, &search_models)),
      live(*database),
      jobs(*database,
           workers_of(*database, client, gateway, indexes, extractor, search_models,
                      crawler::user_agent(kVersion, public_url_of(settings)), services),
           schedules_of(*database, gateway, live, search_models.model_name()), {}),
      services{.database = *database,
               .hasher = hasher,
               .gateway = gateway,
               .live = live,
               .indexes = indexes,
               .search_models = search_models,
               .jobs = jobs,
               .client = client,
               .extractor = extractor,
               .mailer = *mailer,
               .publishing = {.catalogue = runtime::catalogue(), .review_required = false, .public_url = public_url_of(settings)},
               .public_url = public_url_of(settings),
               .signing_key = secret_named(*database, master, kSignedTokens),
               .version = kVersion,
               .crawler_agent = crawler::user_agent(kVersion, public_url_of(settings)),
               .web_dir = settings.text("web_dir"),
               .demo_widget_key = {}} {
  registry::subscribe(subscribers);
  billing::subscribe(subscribers);
  knowledge::subscribe(subscribers);
  knowledge::subscribe_evaluation(subscribers);
  gateway.subscribe(subscribers);
  subscribers.attach(*database);
}

}  // namespace guildhall::app
