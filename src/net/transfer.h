// One HTTP exchange with a checked destination, and the thread that drives all of them. Knows nothing of redirects.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gate.h"

namespace guildhall::net {

/// Filled by the caller, then owned by the loop until is_done.
struct Transfer {
  Passage passage;
  Method method = Method::get;
  std::vector<std::string> header_lines;
  std::string body;
  std::size_t response_max_bytes = 0;
  std::int64_t deadline_us = 0;      ///< on monotonic_us(); 0 = none
  std::int64_t idle_timeout_us = 0;  ///< 0 = none
  const std::function<bool(std::string_view)>* on_body = nullptr;

  // Written by the loop.
  OutboundResponse response;
  std::optional<OutboundError> error;
  std::int64_t progress_us = 0;
  std::size_t received_bytes = 0;
  std::size_t header_bytes = 0;
  std::size_t sent_bytes = 0;
  bool is_destination_refused = false;
  bool is_too_large = false;
  bool is_stopped_by_reader = false;

  std::mutex mutex;
  std::condition_variable done;
  bool is_done = false;
};

/// Thread-safe. One thread, one epoll set, one curl multi handle.
class TransferLoop {
 public:
  TransferLoop(const Gate& gate, std::size_t connections_per_host_max);
  ~TransferLoop();
  TransferLoop(const TransferLoop&) = delete;
  TransferLoop& operator=(const TransferLoop&) = delete;

  /// Starts it; wait on `done`.
  void submit(std::shared_ptr<Transfer> transfer);
  /// Ends it with `cancelled` soon, if it is not over.
  void cancel(const std::shared_ptr<Transfer>& transfer);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace guildhall::net
