// One server to a SQLite file: what it holds in memory is exact only while nobody else serves from it.
#pragma once

#include <string>

namespace guildhall::app {

/// Held while a server runs. The kernel lets go of it when the process ends, however it ends.
class SoleServer {
 public:
  /// Nothing for PostgreSQL, which servers share. Refusal(conflict) when another server has the file open.
  explicit SoleServer(const std::string& database_url);
  ~SoleServer();
  SoleServer(const SoleServer&) = delete;
  SoleServer& operator=(const SoleServer&) = delete;

 private:
  int file_ = -1;
};

}  // namespace guildhall::app
