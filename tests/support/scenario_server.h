// The programs a scenario runs against: the server on a fresh database, and the stub model server. Children, ended with their
// owner.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace guildhall::test {

/// A running child whose output goes to a file. Started by the constructor, ended by SIGTERM in the destructor.
class Child {
 public:
  /// Waits until the output holds `ready`. std::runtime_error with the output when it does not come within 30 seconds.
  Child(const std::vector<std::string>& command, const std::vector<std::string>& environment, const std::filesystem::path& output,
        const std::string& ready);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// SIGTERM, then the exit status; -1 when a signal ended it.
  int stop();
  std::string output() const;

 private:
  pid_t pid_ = -1;
  std::filesystem::path output_;
};

/// Runs a command to its end: its exit status and what it printed.
struct Finished {
  int status = -1;
  std::string output;
};
Finished run_command(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                     const std::filesystem::path& output);

struct Programs {
  std::string server;
  std::string stub_model;
  std::string stub_site;
  std::string postgres_url;  ///< empty: SQLite
};

/// What a scenario wants to run beside the server.
struct Neighbours {
  bool has_model = false;
  bool has_site = false;
};

/// A server with a database of its own, gone with its folder when it is destroyed.
class ScenarioServer {
 public:
  ScenarioServer(const Programs& programs, const Neighbours& neighbours);
  ~ScenarioServer();

  const std::string& base_url() const { return base_url_; }
  /// Of the stub site; empty without one.
  const std::string& site_url() const { return site_url_; }
  const std::string& database_url() const { return database_url_; }
  const std::filesystem::path& folder() const { return folder_; }
  std::string log() const;
  /// Ends the server in order and starts it again on the same database. std::runtime_error when it did not end with 0.
  void restart();
  /// A command of the program on this installation.
  Finished command(const std::vector<std::string>& words);

 private:
  void start();
  std::vector<std::string> environment() const;

  Programs programs_;
  std::filesystem::path folder_;
  std::string database_url_;
  std::string base_url_;
  std::shared_ptr<void> schema_;
  std::unique_ptr<Child> stub_model_;
  std::string stub_url_;
  std::unique_ptr<Child> stub_site_;
  std::string site_url_;
  std::unique_ptr<Child> server_;
  int starts_ = 0;
};

inline constexpr const char* kOperatorEmail = "operator@journeys.example";
inline constexpr const char* kOperatorPassword = "journey operator 1";

}  // namespace guildhall::test
