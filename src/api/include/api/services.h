// What handlers may use: the rooms' long-lived objects, made once in app.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "delivery/jobs.h"
#include "gateway/gateway.h"
#include "identity/accounts.h"
#include "knowledge/retrieve.h"
#include "models/find_passages.h"
#include "net/client.h"
#include "net/mail.h"
#include "registry/agents.h"
#include "store/database.h"

namespace guildhall::api {

class Live;

struct Services {
  store::Database& database;
  const identity::PasswordHasher& hasher;
  gateway::Gateway& gateway;
  Live& live;
  knowledge::Indexes& indexes;
  models::SearchModels& search_models;
  delivery::Runner& jobs;
  net::Client& client;
  const knowledge::Extractor& extractor;  ///< reads documents and pages in its sandbox
  net::Mailer& mailer;
  registry::Publishing publishing;
  std::string public_url;  ///< without a final slash
  Secret signing_key;      ///< for tokens the server hands out and checks itself
  std::string version;
  bool provider_approval_is_manual = false;
  std::string crawler_agent = "GuildhallBot";  ///< how pages are asked for, User-Agent
  std::string web_dir = "";                    ///< whose console/ is served instead of the files in the program
  std::string demo_widget_key = "";            ///< of the sample installation; empty: /demo needs ?key=pk_…
};

}  // namespace guildhall::api
