// The lock file beside the database.
#include "sole_server.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "base/errors.h"

namespace guildhall::app {

SoleServer::SoleServer(const std::string& database_url) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (!database_url.starts_with(kSqlite) || database_url == "sqlite::memory:") return;
  const std::string path = database_url.substr(kSqlite.size()) + ".lock";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ >= 0 && flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  const int error = errno;
  if (file_ >= 0) close(file_);
  if (error == EWOULDBLOCK) {
    throw Refusal(Code::conflict, "another server uses " + database_url.substr(kSqlite.size()) +
                                      "; stop it, choose another --data folder, or share a PostgreSQL --database");
  }
  throw Refusal(Code::database_unavailable, "cannot lock " + path + ": " + std::generic_category().message(error));
}

SoleServer::~SoleServer() {
  if (file_ >= 0) close(file_);
}

}  // namespace guildhall::app
