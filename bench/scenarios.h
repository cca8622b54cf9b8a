// The scenarios of contracts/runtime.md §10, each on a database and a server process of its own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "child_process.h"
#include "load.h"
#include "report.h"

namespace guildhall::bench {

/// Where things are. The folder is empty at the start and removed at the end.
struct Bench {
  std::string server;  ///< build/release/src/app/guildhall
  std::string stub_model;
  std::string self;      ///< this program, for the echo server
  std::string examples;  ///< the sample flows
  std::string folder;
  std::string postgres;  ///< libpq URL; empty: SQLite alone
};

void disk(const Bench& bench, Report& report);
void passthrough(const Bench& bench, Report& report);
void prompt_stub(const Bench& bench, Report& report);
void open_streams(const Bench& bench, Report& report);
void cold_start(const Bench& bench, Report& report);
void memory(const Bench& bench, Report& report);
void ledger(const Bench& bench, Report& report);
void hostile(const Bench& bench, Report& report);
/// Documents uploaded to a server.
void knowledge_server(const Bench& bench, Report& report);
// The knowledge room inside this process; no server (knowledge.h).
void knowledge_retrieval(const Bench& bench, Report& report);
void knowledge_questions(const Bench& bench, Report& report);
void knowledge_answers(const Bench& bench, Report& report);
void knowledge_refusal(const Bench& bench, Report& report);
void knowledge_speed(const Bench& bench, Report& report);
void knowledge_vectors(const Bench& bench, Report& report);

/// Where a scenario keeps its database: a fresh data folder, or a schema of a PostgreSQL server as well.
struct Home {
  std::string folder;
  std::string database_url;  ///< what `serve` gets; the file in the folder when SQLite
  bool is_sqlite = true;
};
Home sqlite_home(const Bench& bench, const std::string& name);

std::string example_flow(const Bench& bench, const std::string& name);
std::unique_ptr<ChildProcess> start_server(const Bench& bench, const Home& home,
                                           std::map<std::string, std::string> environment = {});
std::unique_ptr<ChildProcess> start_stub(const Bench& bench, std::int64_t delay_ms, std::int64_t chunks);
/// The environment that lets the server's flows reach the stub.
std::map<std::string, std::string> model_environment(const ChildProcess& stub);

/// Answers every POST with its own body through the same HTTP server; does not return.
int serve_echo();

/// Every failure of a load becomes one of the report.
void report_failures(Report& report, const std::string& scenario, const std::map<std::string, std::int64_t>& failures);

/// The server is stopped: as many ledger rows as answered runs, and `guildhall reconcile` clean.
void check_ledger(const Bench& bench, Report& report, const std::string& scenario, const Home& home, std::int64_t runs);

}  // namespace guildhall::bench
