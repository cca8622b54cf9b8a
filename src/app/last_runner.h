// Under which id the server that last had this data folder leased its jobs.
#pragma once

#include <optional>
#include <string>

#include "base/ids.h"

namespace guildhall::app {

/// Holds a lock on the file `runner` in the data folder as long as it lives, so that whoever gets the lock knows that the server
/// named in the file is dead. A second server on the same folder, where PostgreSQL allows one, goes without.
class LastRunner {
 public:
  explicit LastRunner(const std::string& data_folder);
  ~LastRunner();
  LastRunner(const LastRunner&) = delete;
  LastRunner& operator=(const LastRunner&) = delete;

  /// Writes down this server's id and returns the dead one's; nullopt when there was none or the file is another's. A file that
  /// cannot be used is logged: the leases of the dead then run out by themselves.
  std::optional<Uuid> succeed(const Uuid& runner);

 private:
  int file_ = -1;
};

}  // namespace guildhall::app
