// The table of commands, and the choice of one from a command line.
#include "app/commands.h"

#include <cstdio>
#include <string_view>

#include "base/errors.h"
#include "base/log.h"
#include "base/text.h"

namespace guildhall::app {
namespace {

struct Command {
  std::string_view name;
  int (*run)(const CommandLine&);
  std::string_view usage;
  std::vector<std::string_view> options;  ///< beyond the settings
};

const std::vector<Command>& commands() {
  static const std::vector<Command> table = {
      {"serve", serve, "serve [--data DIR] [--listen ADDR:PORT] [--database URL] [--demo]   start the server", {}},
      {"migrate", migrate, "migrate                       bring the database up to date", {}},
      {"flow run",
       flow_run,
       "flow run FILE --input TEXT [--knowledge DIR]   run a flow once and print its answer",
       {"input", "knowledge"}},
      {"flow check", flow_check, "flow check FILE               say which nodes run and which are refused", {}},
      {"evaluate",
       evaluate,
       "evaluate FILE --questions FILE --knowledge DIR[,DIR] [--floors LIST] [--compare REPORT] [--json]   score a flow's "
       "answers",
       {"questions", "knowledge", "floors", "compare", "json"}},
      {"backup", backup, "backup FILE                   copy the running database to a file", {}},
      {"restore", restore, "restore FILE                  put a backup in the place of an empty data folder", {}},
      {"reconcile", reconcile, "reconcile [--cycle YYYY-MM]   prove quotas, totals and snapshots against the ledger", {"cycle"}},
      {"audit verify", audit_verify, "audit verify                  prove the audit chains", {}},
      {"rotate-master-key",
       rotate_master_key,
       "rotate-master-key             wrap stored secrets with a new master key; stop the servers first",
       {}},
      {"doctor", doctor, "doctor                        print settings with their origins and check what they need", {}},
      {"version", version, "version                       print the version", {}},
  };
  return table;
}

int usage() {
  std::fputs("usage: guildhall COMMAND [options]\n\n", stderr);
  for (const auto& command : commands())
    std::fprintf(stderr, "  %.*s\n", static_cast<int>(command.usage.size()), command.usage.data());
  std::fputs(
      "\nEvery setting is a flag (--listen), an environment variable (GUILDHALL_LISTEN) and a key of guildhall.toml;\n"
      "`guildhall doctor` lists them.\n",
      stderr);
  return 2;
}

const Command* find_command(const CommandLine& line, std::size_t& words) {
  for (words = 2; words >= 1; --words) {
    if (line.words.size() < words) continue;
    const std::string name = words == 2 ? line.words[0] + " " + line.words[1] : line.words[0];
    for (const auto& command : commands())
      if (command.name == name) return &command;
  }
  return nullptr;
}

void check_options(const Command& command, const CommandLine& line) {
  for (const auto& [name, value] : line.options)
    if (std::find(command.options.begin(), command.options.end(), name) == command.options.end())
      throw Refusal(Code::validation_failed,
                    "unknown option --" + replaced(name, "_", "-") + " of guildhall " + std::string(command.name));
}

log::Level level_of(const std::string& name) {
  if (name == "debug") return log::Level::debug;
  if (name == "warning") return log::Level::warning;
  if (name == "error") return log::Level::error;
  if (name == "info") return log::Level::info;
  throw Refusal(Code::validation_failed, "log_level must be debug, info, warning or error");
}

}  // namespace

int run_command(const CommandLine& line) {
  std::size_t words = 0;
  const Command* command = find_command(line, words);
  if (command == nullptr) return usage();
  check_options(*command, line);
  // A command speaks through its output; only the server narrates what it does.
  const bool is_quiet = line.settings.value("log_level").origin == "default" && command->run != serve;
  log::set_level(is_quiet ? log::Level::warning : level_of(line.settings.text("log_level")));
  CommandLine rest = line;
  rest.words.erase(rest.words.begin(), rest.words.begin() + static_cast<std::ptrdiff_t>(words));
  try {
    return command->run(rest);
  } catch (const Refusal& refusal) {
    std::fprintf(stderr, "guildhall %s: %s\n", std::string(command->name).c_str(), refusal.what());
    for (const auto& field : refusal.fields) std::fprintf(stderr, "  %s: %s\n", field.path.c_str(), field.message.c_str());
    return 1;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "guildhall %s: %s\n", std::string(command->name).c_str(), failure.what());
    return 1;
  }
}

int version(const CommandLine&) {
  std::printf("guildhall %s\n", kVersion);
  return 0;
}

}  // namespace guildhall::app
