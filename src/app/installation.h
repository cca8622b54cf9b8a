// One installation: its folder, keys, database and everything built on them, in the order the rooms stand.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/live.h"
#include "api/services.h"
#include "base/settings.h"
#include "base/time.h"
#include "delivery/events.h"
#include "delivery/jobs.h"
#include "gateway/gateway.h"
#include "identity/accounts.h"
#include "knowledge/extractor.h"
#include "knowledge/retrieve.h"
#include "models/find_passages.h"
#include "net/client.h"
#include "net/mail.h"
#include "runtime/run.h"
#include "store/database.h"
#include "store/sealed.h"

namespace guildhall::app {

/// The data folder, made with mode 0700 when it is not there.
std::string data_folder(const Settings& settings);
/// `database`, or guildhall.db in the data folder.
std::string database_url(const Settings& settings);
/// The setting `master_key`, or the file master_key_path() names.
store::MasterKey master_key(const Settings& settings);
std::string master_key_path(const Settings& settings);
/// What the installation derived from its master key; kept when the key is rotated, for passwords and tokens depend on them.
const std::vector<std::string_view>& installation_secrets();

/// Its database, brought up to date. Owns every long-lived object. Members are in dependency order: what is built last goes
/// first.
struct Installation {
  explicit Installation(const Settings& settings);

  SystemClock clock;
  store::MasterKey master;
  std::unique_ptr<store::Database> database;
  delivery::Subscribers subscribers;
  identity::PasswordHasher hasher;
  net::Client client;
  std::unique_ptr<net::Mailer> mailer;
  knowledge::Indexes indexes;
  knowledge::Extractor extractor;
  models::SearchModels search_models;
  gateway::Gateway gateway;
  api::Live live;
  delivery::Runner jobs;
  api::Services services;
};

net::ClientOptions client_options(const Settings& settings);
/// The engine of an installation's settings: default model when one is configured, else the extractive answerer.
runtime::Engine engine_of(const Settings& settings, store::Database& database, net::Client& client, knowledge::Indexes& indexes,
                          const knowledge::Extractor& extractor, models::SearchModels* search_models = nullptr);
/// Where passages become vectors; nullopt without a model. Refusal(validation_failed) for a model without a server. The chat
/// model's key goes to its own server alone.
std::optional<models::Endpoint> embedding_endpoint(const Settings& settings);
/// The same for the rerank model.
std::optional<models::Endpoint> rerank_endpoint(const Settings& settings);

}  // namespace guildhall::app
