// Opening many streams and following them on one thread.
#include "streams.h"

#include <fmt/core.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <deque>

#include "base/time.h"
#include "response_reader.h"
#include "socket.h"

namespace guildhall::bench {
namespace {

constexpr std::int64_t kWatchUs = 200'000;
constexpr std::int64_t kStreamUs = 60'000'000;

class StreamClients {
 public:
  explicit StreamClients(const StreamPlan& plan) : plan_(plan), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}
  ~StreamClients() {
    for (auto& client : clients_) {
      if (client.fd >= 0) ::close(client.fd);
    }
    ::close(epoll_);
  }
  StreamClients(const StreamClients&) = delete;
  StreamClients& operator=(const StreamClients&) = delete;

  StreamResult run(const std::function<void()>& watch);

 private:
  struct Client {
    int fd = -1;
    ResponseReader reader;
    std::int64_t sent_us = 0;
    std::int64_t heard_us = 0;  ///< last piece of the body; 0: none yet
  };
  void start_next();
  void receive(Client& client);
  void finish(Client& client, const std::string& failure);

  const StreamPlan& plan_;
  int epoll_;
  std::deque<Client> clients_;
  StreamResult result_;
  std::size_t open_ = 0;
  std::size_t waiting_ = 0;
};

void StreamClients::start_next() {
  const std::string& request = plan_.requests[clients_.size() % plan_.requests.size()];
  Client& client = clients_.emplace_back();
  client.sent_us = monotonic_us();
  client.fd = connect_loopback(plan_.port);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = &client;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.fd, &event);
  ++open_;
  ++waiting_;
  if (::send(client.fd, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
    finish(client, "connection lost while sending");
}

void StreamClients::receive(Client& client) {
  std::array<char, 16 * 1024> buffer;
  const ssize_t count = ::recv(client.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return finish(client, "connection closed by the server");
  const std::size_t before = client.reader.body().size();
  client.reader.feed({buffer.data(), static_cast<std::size_t>(count)});
  const std::int64_t now = monotonic_us();
  if (client.reader.body().size() > before) {
    if (client.heard_us == 0) {
      --waiting_;
      result_.first_event.add(now - client.sent_us);
    } else {
      result_.gap.add(now - client.heard_us);
    }
    client.heard_us = now;
  }
  if (client.reader.is_broken()) return finish(client, "not HTTP");
  if (!client.reader.is_complete()) return;
  if (client.reader.status() != 200) return finish(client, fmt::format("status {}", client.reader.status()));
  const std::string& body = client.reader.body();
  finish(client, body.find(plan_.end_mark) == std::string::npos ? "a stream without its end" : "");
}

void StreamClients::finish(Client& client, const std::string& failure) {
  if (client.heard_us == 0) --waiting_;
  --open_;
  ::close(client.fd);
  client.fd = -1;
  if (failure.empty()) {
    ++result_.finished;
    result_.whole.add(monotonic_us() - client.sent_us);
  } else {
    ++result_.failures[failure];
  }
}

StreamResult StreamClients::run(const std::function<void()>& watch) {
  std::int64_t watched = monotonic_us();
  const std::int64_t ends = watched + kStreamUs;
  std::array<epoll_event, 256> events;
  while (open_ > 0 || clients_.size() < plan_.clients) {
    while (waiting_ < plan_.waiting && clients_.size() < plan_.clients) start_next();
    result_.open_max = std::max(result_.open_max, open_);
    result_.waiting_max = std::max(result_.waiting_max, waiting_);
    const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 50);
    for (int i = 0; i < ready; ++i) receive(*static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr));
    const std::int64_t now = monotonic_us();
    if (now - watched >= kWatchUs) {
      watched = now;
      watch();
    }
    if (now > ends) {
      result_.failures["no end within its time"] += static_cast<std::int64_t>(open_);
      break;
    }
  }
  return std::move(result_);
}

}  // namespace

std::int64_t StreamResult::failed() const {
  std::int64_t count = 0;
  for (const auto& [what, times] : failures) count += times;
  return count;
}

StreamResult run_streams(const StreamPlan& plan, const std::function<void()>& watch) {
  return StreamClients(plan).run(watch);
}

}  // namespace guildhall::bench
