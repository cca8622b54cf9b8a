// The load generator's loop over its connections.
#include "load.h"

#include <fmt/core.h>
#include <sys/epoll.h>

#include <array>
#include <deque>

#include "base/time.h"
#include "response_reader.h"
#include "socket.h"

namespace guildhall::bench {
namespace {

constexpr std::int64_t kLastAnswersUs = 30'000'000;

class ClosedLoop {
 public:
  ClosedLoop(const LoadPlan& plan, LoadMarks& marks) : plan_(plan), marks_(marks), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (std::size_t i = 0; i < plan.connections; ++i) open(connections_.emplace_back());
  }
  ~ClosedLoop() {
    for (auto& connection : connections_) ::close(connection.fd);
    ::close(epoll_);
  }
  ClosedLoop(const ClosedLoop&) = delete;
  ClosedLoop& operator=(const ClosedLoop&) = delete;

  LoadResult run();

 private:
  struct Connection {
    int fd = -1;
    ResponseReader reader;
    std::int64_t sent_us = 0;
    bool is_waiting = false;
  };

  void open(Connection& connection);
  void send_next(Connection& connection);
  void receive(Connection& connection);
  void finish(Connection& connection, const std::string& failure);
  bool may_send() const { return is_sending_ && (plan_.requests_max == 0 || sent_ < plan_.requests_max); }

  const LoadPlan& plan_;
  LoadMarks& marks_;
  int epoll_;
  std::deque<Connection> connections_;
  LoadResult result_;
  std::int64_t sent_ = 0;
  std::size_t waiting_ = 0;
  std::int64_t measured_from_us_ = 0;
  bool is_sending_ = true;
};

void ClosedLoop::open(Connection& connection) {
  connection.fd = connect_loopback(plan_.port);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &connection;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, connection.fd, &event);
}

void ClosedLoop::send_next(Connection& connection) {
  if (!may_send()) return;
  const std::string& request = plan_.requests[static_cast<std::size_t>(sent_) % plan_.requests.size()];
  ++sent_;
  connection.reader.reset();
  connection.sent_us = monotonic_us();
  connection.is_waiting = true;
  ++waiting_;
  // Requests are smaller than any socket buffer: one send takes all of it.
  if (::send(connection.fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    finish(connection, "connection lost while sending");
}

void ClosedLoop::receive(Connection& connection) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t count = ::recv(connection.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (!connection.is_waiting) {
    if (count > 0) return finish(connection, "an answer nobody asked for");
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, connection.fd, nullptr);
    return;
  }
  if (count <= 0) return finish(connection, "connection closed by the server");
  connection.reader.feed({buffer.data(), static_cast<std::size_t>(count)});
  if (connection.reader.is_broken()) return finish(connection, "not HTTP");
  if (!connection.reader.is_complete()) return;
  finish(connection, connection.reader.status() == 200 ? "" : fmt::format("status {}", connection.reader.status()));
}

void ClosedLoop::finish(Connection& connection, const std::string& failure) {
  const std::int64_t now = monotonic_us();
  if (connection.is_waiting) --waiting_;
  connection.is_waiting = false;
  if (failure.empty()) {
    ++result_.answered;
    if (measured_from_us_ != 0 && is_sending_) ++result_.answered_while_measured;
    if (measured_from_us_ != 0 && connection.sent_us >= measured_from_us_) result_.latencies.add(now - connection.sent_us);
  } else {
    ++result_.failures[failure];
    ::close(connection.fd);
    open(connection);
  }
  send_next(connection);
}

LoadResult ClosedLoop::run() {
  const std::int64_t began = monotonic_us();
  for (auto& connection : connections_) send_next(connection);
  std::int64_t ended = 0;
  std::array<epoll_event, 256> events;
  while (waiting_ > 0) {
    const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 20);
    for (int i = 0; i < ready; ++i) receive(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    const std::int64_t now = monotonic_us();
    if (measured_from_us_ == 0 && now - began >= plan_.warm_up_us) {
      measured_from_us_ = now;
      marks_.begin();
    }
    const bool is_over = measured_from_us_ != 0 && (now - measured_from_us_ >= plan_.measure_us || !may_send());
    if (is_sending_ && is_over) {
      is_sending_ = false;
      ended = now;
      marks_.end();
    }
    if (!is_sending_ && now - ended > kLastAnswersUs) {
      result_.failures["no answer within 30 s"] += static_cast<std::int64_t>(waiting_);
      break;
    }
  }
  if (ended == 0) ended = monotonic_us();
  result_.seconds = static_cast<double>(ended - measured_from_us_) / 1e6;
  return std::move(result_);
}

}  // namespace

std::int64_t LoadResult::failed() const {
  std::int64_t count = 0;
  for (const auto& [what, times] : failures) count += times;
  return count;
}

std::string post_request(std::string_view path, std::string_view key, std::string_view body) {
  const std::string authorization = key.empty() ? std::string() : fmt::format("Authorization: Bearer {}\r\n", key);
  return fmt::format("POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                     path, authorization, body.size(), body);
}

std::string get_request(std::string_view path) {
  return fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", path);
}

LoadResult load(const LoadPlan& plan, LoadMarks& marks) {
  return ClosedLoop(plan, marks).run();
}

}  // namespace guildhall::bench
