// Opening an installation and wiring the rooms together.
#include "installation.h"

#include <filesystem>

#include "app/commands.h"
#include "base/errors.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "billing/invoices.h"
#include "billing/quota.h"
#include "delivery/idempotency.h"
#include "identity/scope.h"
#include "knowledge/documents.h"
#include "market/orders.h"
#include "registry/access.h"
#include "registry/agents.h"

namespace guildhall::app {
namespace {

constexpr std::int64_t kTenSeconds = 10 * kMicrosecondsPerSecond;
constexpr std::int64_t kHour = 3600 * kMicrosecondsPerSecond;

/// A key for one purpose, derived from the master key.
Secret derived_key(const store::MasterKey& master, std::string_view purpose) {
  const Sha256 digest = hmac_sha256(master.bytes(), purpose);
  return Secret(std::string(bytes_of(digest)));
}

std::string public_url_of(const Settings& settings) {
  if (const auto url = settings.optional("public_url")) {
    std::string_view trimmed_url = *url;
    while (trimmed_url.ends_with('/')) trimmed_url.remove_suffix(1);
    return std::string(trimmed_url);
  }
  return "http://" + settings.text("listen");
}

std::map<std::string, delivery::Worker> workers_of(store::Database& database, const knowledge::Extractor& extractor) {
  return {{"knowledge.index", [&database, &extractor](const delivery::Job& job, std::stop_token) {
             const auto document = DocumentId::parse(json::text_of(job.payload, "document_id"));
             if (!document) throw std::logic_error("an index job without a document");
             knowledge::index_document(database, extractor, job.organization, *document);
           }}};
}

void report_differences(store::Database& database) {
  for (const auto& difference : billing::reconcile(database, std::nullopt))
    log::error("ledger difference", {{"what", std::string_view(difference.what)},
                                     {"stored", std::string_view(difference.stored)},
                                     {"recomputed", std::string_view(difference.recomputed)}});
}

std::vector<delivery::Schedule> schedules_of(store::Database& database, gateway::Gateway& gateway) {
  const auto write = [&database](auto task) {
    return [&database, task](std::stop_token) { database.write([&](store::Tx& tx) { task(tx); }); };
  };
  return {
      {"billing.release_orphans", kTenSeconds, write([](store::Tx& tx) { billing::release_orphans(tx); })},
      {"gateway.flush_uses", kTenSeconds, [&gateway](std::stop_token) { gateway.flush_uses(); }},
      {"delivery.expire_idempotency", kHour, write([](store::Tx& tx) { delivery::expire_idempotent(tx); })},
      {"registry.advance_agents", kHour, write([](store::Tx& tx) { registry::advance_agents(tx); })},
      {"market.apply_pending_plans", kHour, write([](store::Tx& tx) { market::apply_pending_plans(tx, tx.now()); })},
      {"market.release_waiting_orders", kHour, write([](store::Tx& tx) { market::release_waiting_orders(tx); })},
      {"market.expire_executing_orders", kHour, write([](store::Tx& tx) { market::expire_executing_orders(tx, 2 * kHour); })},
      {"billing.reconcile", kHour, [&database](std::stop_token) { report_differences(database); }},
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
  return store::MasterKey::from_file(data_folder(settings) + "/master.key");
}

net::ClientOptions client_options(const Settings& settings) {
  net::ClientOptions options;
  options.allowed = net::parse_allowed(settings.text("outbound_allow"));
  // Every run may wait for the same model server.
  options.connections_per_host_max = static_cast<std::size_t>(settings.integer("run_threads"));
  return options;
}

runtime::Engine engine_of(const Settings& settings, store::Database& database, net::Client& client, knowledge::Indexes& indexes,
                          const knowledge::Extractor& extractor) {
  runtime::Engine engine{
      .database = &database, .client = &client, .indexes = &indexes, .extractor = &extractor, .default_model = std::nullopt};
  if (const auto base_url = settings.optional("model_base_url"))
    engine.default_model = models::Endpoint{.provider = "openai",
                                            .base_url = *base_url,
                                            .api_key = Secret(settings.text("model_api_key")),
                                            .model = settings.optional("model_name").value_or("default")};
  return engine;
}

Installation::Installation(const Settings& settings)
    : master(master_key(settings)),
      database(store::open_database({.url = database_url(settings), .clock = &clock})),
      hasher(derived_key(master, "guildhall password pepper 1")),
      client(client_options(settings)),
      mailer(net::open_mailer(mail_destination(settings), net::parse_allowed(settings.text("outbound_allow")))),
      gateway(engine_of(settings, *database, client, indexes, extractor)),
      jobs(*database, workers_of(*database, extractor), schedules_of(*database, gateway), {}),
      services{.database = *database,
               .hasher = hasher,
               .gateway = gateway,
               .indexes = indexes,
               .jobs = jobs,
               .client = client,
               .mailer = *mailer,
               .publishing = {.catalogue = runtime::catalogue(), .review_required = false, .public_url = public_url_of(settings)},
               .public_url = public_url_of(settings),
               .signing_key = derived_key(master, "guildhall signed tokens 1"),
               .version = kVersion,
               .demo_widget_key = {}} {
  registry::subscribe(subscribers);
  billing::subscribe(subscribers);
  knowledge::subscribe(subscribers);
  gateway.subscribe(subscribers);
  subscribers.attach(*database);
}

}  // namespace guildhall::app
