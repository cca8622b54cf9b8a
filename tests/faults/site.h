// The stub web site as a child process, for as long as the object lives.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace guildhall::test {

/// Started by the constructor, which waits until it answers; killed by the destructor. GUILDHALL_STUB_SITE names the program.
class Site {
 public:
  Site();
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace guildhall::test
