// A server under test as a process of its own, and what the kernel says it uses.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace guildhall::bench {

/// Started by the constructor, which waits for the line with `ready on http://127.0.0.1:PORT`; ended with SIGTERM by the
/// destructor. Standard error goes to `log_path`.
class ChildProcess {
 public:
  ChildProcess(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
               const std::string& log_path);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  std::uint16_t port() const { return port_; }
  /// User and system time since its start.
  std::int64_t cpu_us() const;
  std::int64_t resident_bytes() const;
  std::int64_t resident_max_bytes() const;
  /// Ends it in order and waits.
  void stop();

 private:
  void wait_until_ready(int output);
  std::int64_t status_bytes(const std::string& field) const;

  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  std::string name_;
};

}  // namespace guildhall::bench
