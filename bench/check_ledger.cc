// What the scenarios share: homes, servers, and the proof that every run was metered.
#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "scenarios.h"
#include "store/database.h"

namespace guildhall::bench {

Home sqlite_home(const Bench& bench, const std::string& name) {
  const std::string folder = bench.folder + "/" + name;
  std::filesystem::create_directories(folder);
  return {.folder = folder, .database_url = "sqlite:" + folder + "/guildhall.db", .is_sqlite = true};
}

std::string example_flow(const Bench& bench, const std::string& name) {
  std::ifstream file(bench.examples + "/flows/" + name, std::ios::binary);
  if (!file) throw std::runtime_error("no example flow " + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::unique_ptr<ChildProcess> start_server(const Bench& bench, const Home& home, std::map<std::string, std::string> environment) {
  std::vector<std::string> command{bench.server, "serve",       "--data",           home.folder,
                                   "--listen",   "127.0.0.1:0", "--monitor-listen", "127.0.0.1:0"};
  if (!home.is_sqlite) command.insert(command.end(), {"--database", home.database_url});
  return std::make_unique<ChildProcess>(command, environment, bench.folder + "/server.log");
}

std::unique_ptr<ChildProcess> start_stub(const Bench& bench, std::int64_t delay_ms, std::int64_t chunks) {
  return std::make_unique<ChildProcess>(std::vector<std::string>{bench.stub_model, "--delay-ms", std::to_string(delay_ms),
                                                                 "--chunks", std::to_string(chunks), "--threads", "1024"},
                                        std::map<std::string, std::string>{}, bench.folder + "/stub.log");
}

std::map<std::string, std::string> model_environment(const ChildProcess& stub) {
  return {{"GUILDHALL_MODEL_BASE_URL", fmt::format("http://127.0.0.1:{}/v1", stub.port())},
          {"GUILDHALL_MODEL_NAME", "stub"},
          {"GUILDHALL_MODEL_API_KEY", "stub-key"},
          {"GUILDHALL_OUTBOUND_ALLOW", fmt::format("127.0.0.1:{}", stub.port())}};
}

void report_failures(Report& report, const std::string& scenario, const std::map<std::string, std::int64_t>& failures) {
  for (const auto& [what, times] : failures) report.fail(scenario, fmt::format("{} × {}", times, what));
}

void check_ledger(const Bench& bench, Report& report, const std::string& scenario, const Home& home, std::int64_t runs) {
  std::int64_t rows = 0;
  {
    const SystemClock clock;
    const auto database = store::open_database({.url = home.database_url, .clock = &clock, .connections_max = 2});
    rows = database->read([](store::Tx& tx) {
      return tx.query("SELECT COUNT(*) FROM usage_record WHERE kind = 'run' AND status = 200").at(0).integer(0);
    });
  }
  if (rows != runs) report.fail(scenario, fmt::format("{} answered runs, {} ledger rows", runs, rows));
  const std::string database = home.is_sqlite ? std::string() : fmt::format(" --database '{}'", home.database_url);
  const std::string command =
      fmt::format("'{}' reconcile --data '{}'{} >> '{}/reconcile.log' 2>&1", bench.server, home.folder, database, bench.folder);
  if (std::system(command.c_str()) != 0) report.fail(scenario, "guildhall reconcile found differences");
  if (home.is_sqlite) std::filesystem::remove_all(home.folder);
}

}  // namespace guildhall::bench
