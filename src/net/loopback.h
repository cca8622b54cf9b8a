// Sockets for the tests of net: a client that sends any bytes, and a server that answers any bytes. Not part of the product.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"

namespace guildhall::net::loopback {

inline sockaddr_in address(std::uint16_t port) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return to;
}

struct Reply {
  int status = 0;  ///< 0: the connection ended without a whole head
  std::string head;
  std::string body;
  bool is_complete = false;  ///< the body ended as its framing says

  std::string field(std::string_view name) const {
    for (const auto line : split(head, '\n')) {
      const auto colon = line.find(':');
      if (colon != line.npos && equals_ignoring_case(trimmed(line.substr(0, colon)), name)) {
        return std::string(trimmed(line.substr(colon + 1)));
      }
    }
    return {};
  }
};

/// A blocking connection. Reads give up after five seconds, which fails the test that waits.
class Socket {
 public:
  explicit Socket(std::uint16_t port, int receive_buffer_bytes = 0) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{5, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    if (receive_buffer_bytes > 0) setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(int));
    const auto to = address(port);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) throw std::runtime_error("connect failed");
  }
  ~Socket() { close(); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  /// Ends with a reset instead of an end of file.
  void reset() {
    const linger now{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    close();
  }
  /// One response; `has_body` is false after HEAD.
  Reply reply(bool has_body = true);
  /// True when the peer has ended the connection, after reading off what is left.
  bool is_ended() {
    while (more()) buffer_.clear();
    return is_ended_;
  }
  bool more() {
    char piece[16384];
    const auto count = ::recv(fd_, piece, sizeof(piece), 0);
    if (count > 0) buffer_.append(piece, static_cast<std::size_t>(count));
    is_ended_ = count == 0 || (count < 0 && errno == ECONNRESET);
    return count > 0;
  }
  const std::string& buffered() const { return buffer_; }

 private:
  bool take_line(std::string& line) {
    while (buffer_.find("\r\n") == buffer_.npos) {
      if (!more()) return false;
    }
    const auto end = buffer_.find("\r\n");
    line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return true;
  }
  bool take(std::size_t count, std::string& out) {
    while (buffer_.size() < count) {
      if (!more()) return false;
    }
    out += buffer_.substr(0, count);
    buffer_.erase(0, count);
    return true;
  }

  int fd_;
  bool is_ended_ = false;
  std::string buffer_;
};

inline Reply Socket::reply(bool has_body) {
  Reply reply;
  std::string line;
  do {
    reply.head.clear();
    while (take_line(line) && !line.empty()) reply.head += line + "\n";
    if (reply.head.empty()) return reply;
    reply.status = std::atoi(reply.head.c_str() + 9);
  } while (reply.status == 100);
  if (!has_body || reply.status == 204 || reply.status == 304) {
    reply.is_complete = true;
  } else if (equals_ignoring_case(reply.field("Transfer-Encoding"), "chunked")) {
    while (take_line(line)) {
      const auto size = std::strtoull(line.c_str(), nullptr, 16);
      if (!take(size, reply.body) || !take_line(line)) return reply;
      if (size == 0) {
        reply.is_complete = true;
        break;
      }
    }
  } else if (const auto length = reply.field("Content-Length"); !length.empty()) {
    reply.is_complete = take(std::strtoull(length.c_str(), nullptr, 10), reply.body);
  } else {
    while (more()) {
    }
    reply.body.swap(buffer_);
    reply.is_complete = true;
  }
  return reply;
}

/// Accepts on a free port and gives each connection's descriptor to `script`, which may do anything; it is closed afterwards.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::function<void(int fd)> script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto at = address(0);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof(at)) != 0 || ::listen(listener_, 64) != 0) {
      throw std::runtime_error("listen failed");
    }
    socklen_t size = sizeof(at);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port = ntohs(at.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (auto& connection : connections_) connection.join();
    ::close(listener_);
  }

  std::uint16_t port = 0;
  std::atomic<int> accepted{0};

 private:
  void serve() {
    while (true) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      ++accepted;
      connections_.emplace_back([this, fd] {
        script_(fd);
        ::close(fd);
      });
    }
  }

  std::function<void(int)> script_;
  int listener_ = -1;
  std::thread thread_;
  std::vector<std::thread> connections_;
};

/// False when the peer is gone.
inline bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// A request's head, for scripts; empty at the end of the connection.
inline std::string read_head(int fd) {
  std::string head;
  char c = 0;
  while (head.find("\r\n\r\n") == head.npos && ::recv(fd, &c, 1, 0) == 1) head.push_back(c);
  return head;
}

}  // namespace guildhall::net::loopback
