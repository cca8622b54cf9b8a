// `guildhall rotate-master-key`: a new master key for everything that is sealed, with the servers stopped.
#include <cstdio>

#include "app/commands.h"
#include "base/errors.h"
#include "installation.h"
#include "sole_server.h"
#include "store/key_rotation.h"
#include "store/migrations.h"

namespace guildhall::app {
namespace {

/// Two keys: the new one before the old one.
store::MasterKey keys_to_rotate(const Settings& settings) {
  if (!settings.optional("master_key")) return store::add_master_key(master_key_path(settings));
  store::MasterKey keys = master_key(settings);
  if (keys.size() < 2) {
    throw Refusal(Code::invalid_request,
                  "the master key is the setting master_key: put the new key before the old one, with a comma between them, run"
                  " this again, then leave the old one out");
  }
  return keys;
}

}  // namespace

int rotate_master_key(const CommandLine& line) {
  if (!line.words.empty()) throw Refusal(Code::validation_failed, "this command has no arguments");
  const Settings& settings = line.settings;
  const SoleServer sole_server(database_url(settings));
  const SystemClock clock;
  const auto database = store::open_database({.url = database_url(settings), .clock = &clock});
  store::migrate(*database);

  const store::MasterKey keys = keys_to_rotate(settings);
  const std::int64_t wrapped =
      database->write([&](store::Tx& tx) { return store::rewrap_all(tx, keys, installation_secrets()); });
  if (database->read([&](store::Tx& tx) { return store::count_unopened(tx, keys); }) != 0)
    throw Refusal(Code::conflict, "another server wrote with the old key meanwhile; stop it and run this again");
  if (settings.optional("master_key")) {
    std::printf("%lld keys are wrapped by master key %s; leave the others out of the setting master_key now\n",
                static_cast<long long>(wrapped), keys.id().c_str());
    return 0;
  }
  const std::string path = master_key_path(settings);
  store::keep_first_master_key(path);
  std::printf(
      "%lld keys are wrapped by master key %s, in %s. Backups made before need the key in %s.former-*: keep it with them, and"
      " delete it here.\n",
      static_cast<long long>(wrapped), keys.id().c_str(), path.c_str(), path.c_str());
  return 0;
}

}  // namespace guildhall::app
