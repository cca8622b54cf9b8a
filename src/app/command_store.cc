// Commands on the database: migrate, backup, restore, reconcile, audit verify.
#include <cstdio>
#include <filesystem>

#include "app/commands.h"
#include "base/errors.h"
#include "billing/quota.h"
#include "identity/audit.h"
#include "installation.h"
#include "store/migrations.h"

namespace guildhall::app {
namespace {

const std::string& one_word(const CommandLine& line, const char* what) {
  if (line.words.size() != 1) throw Refusal(Code::validation_failed, std::string("give exactly one argument: ") + what);
  return line.words.front();
}

std::unique_ptr<store::Database> open(const CommandLine& line, const Clock& clock) {
  return store::open_database({.url = database_url(line.settings), .clock = &clock});
}

}  // namespace

int migrate(const CommandLine& line) {
  const SystemClock clock;
  const auto database = open(line, clock);
  const auto applied = store::migrate(*database);
  if (applied.empty()) std::puts("the database is up to date");
  for (const int number : applied) std::printf("applied migration %04d\n", number);
  return 0;
}

int backup(const CommandLine& line) {
  const std::string& path = one_word(line, "the file to write");
  if (std::filesystem::exists(path)) throw Refusal(Code::conflict, path + " exists; choose another name");
  const SystemClock clock;
  open(line, clock)->backup_to(path);
  std::printf("wrote %s (%ju bytes). The master key is not in it: keep %s/master.key as well.\n", path.c_str(),
              static_cast<std::uintmax_t>(std::filesystem::file_size(path)), data_folder(line.settings).c_str());
  return 0;
}

int restore(const CommandLine& line) {
  const std::filesystem::path source = one_word(line, "the backup to restore");
  if (line.settings.optional("database"))
    throw Refusal(Code::invalid_request, "restore replaces the file in the data folder; for PostgreSQL use pg_restore");
  const std::filesystem::path target = data_folder(line.settings) + "/guildhall.db";
  if (std::filesystem::exists(target)) throw Refusal(Code::conflict, target.string() + " exists; move it away first");
  const std::filesystem::path arriving = target.string() + ".restoring";
  std::filesystem::copy_file(source, arriving, std::filesystem::copy_options::overwrite_existing);
  {
    const SystemClock clock;
    const auto database = store::open_database({.url = "sqlite:" + arriving.string(), .clock = &clock});
    store::migrate(*database);
  }
  std::filesystem::rename(arriving, target);
  std::printf("restored %s\n", target.c_str());
  return 0;
}

int reconcile(const CommandLine& line) {
  std::optional<Cycle> cycle;
  if (const auto it = line.options.find("cycle"); it != line.options.end()) {
    cycle = parse_cycle(it->second);
    if (!cycle) throw Refusal(Code::validation_failed, "--cycle must be YYYY-MM");
  }
  const SystemClock clock;
  const auto database = open(line, clock);
  const auto differences = billing::reconcile(*database, cycle);
  for (const auto& difference : differences)
    std::printf("%s: stored %s, the ledger says %s\n", difference.what.c_str(), difference.stored.c_str(),
                difference.recomputed.c_str());
  std::printf("%zu differences\n", differences.size());
  return differences.empty() ? 0 : 1;
}

int audit_verify(const CommandLine& line) {
  const SystemClock clock;
  const auto database = open(line, clock);
  const auto broken = database->read([](store::Tx& tx) { return identity::broken_audit_chains(tx); });
  for (const auto& [organization, sequence] : broken)
    std::printf("organization %s: row %lld does not follow from its predecessor\n", organization.text().c_str(),
                static_cast<long long>(sequence));
  std::printf("%zu broken chains\n", broken.size());
  return broken.empty() ? 0 : 1;
}

}  // namespace guildhall::app
