// Sending what was written, and reading the answer.
#include "wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace guildhall::test {
namespace {

constexpr time_t kPatienceSeconds = 30;

sockaddr_in loopback_address(const std::string& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &result.sin_addr) != 1) throw std::logic_error(address + " is not an address");
  return result;
}

std::string header_in(std::string_view head, std::string_view name) {
  for (const auto line : split(head, '\n')) {
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && equals_ignoring_case(line.substr(0, colon), name))
      return std::string(trimmed(line.substr(colon + 1)));
  }
  return {};
}

}  // namespace

json::Value Reply::json() const {
  return json::parse_or_refuse(body);
}
std::string Reply::header(std::string_view name) const {
  return header_in(head, name);
}

Wire::Wire(std::uint16_t port, std::string source) : port_(port), source_(std::move(source)) {}
Wire::Wire(Wire&& other) noexcept
    : port_(other.port_),
      source_(std::move(other.source_)),
      socket_(std::exchange(other.socket_, -1)),
      has_answered_(other.has_answered_),
      input_(std::move(other.input_)) {}
Wire::~Wire() {
  close();
}

void Wire::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  input_.clear();
  has_answered_ = false;
}

void Wire::interrupt() noexcept {
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
}

void Wire::connect() {
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw ConnectionLost(std::string("socket: ") + std::strerror(errno));
  const timeval patience{kPatienceSeconds, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto from = loopback_address(source_, 0);
  const auto to = loopback_address("127.0.0.1", port_);
  if (bind(socket_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0 ||
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    const std::string reason = std::strerror(errno);
    close();
    throw ConnectionLost("connect: " + reason);
  }
}

bool Wire::read_more() {
  std::array<char, 16384> buffer{};
  ssize_t got = 0;
  do got = recv(socket_, buffer.data(), buffer.size(), 0);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  input_.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

Reply Wire::read_reply(bool has_body) {
  const auto need = [&](std::size_t bytes) {
    while (input_.size() < bytes)
      if (!read_more()) throw ConnectionLost("the connection ended inside an answer");
  };
  std::size_t end = 0;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos)
    if (!read_more()) throw ConnectionLost("the connection ended before an answer");
  Reply reply;
  reply.head = input_.substr(0, end + 2);
  if (reply.head.size() < 12) throw ConnectionLost("not an HTTP answer: " + reply.head);
  reply.status = std::stoi(reply.head.substr(9, 3));
  input_.erase(0, end + 4);
  if (!has_body || reply.status == 204 || reply.status == 304) return reply;
  if (equals_ignoring_case(reply.header("transfer-encoding"), "chunked")) {
    while (true) {
      std::size_t line = 0;
      while ((line = input_.find("\r\n")) == std::string::npos)
        if (!read_more()) throw ConnectionLost("the connection ended inside an answer");
      const std::size_t size = std::stoul(input_.substr(0, line), nullptr, 16);
      need(line + 2 + size + 2);
      reply.body.append(input_, line + 2, size);
      input_.erase(0, line + 2 + size + 2);
      if (size == 0) return reply;
    }
  }
  const std::string length = reply.header("content-length");
  if (length.empty()) {
    while (read_more()) {
    }
    reply.body = std::exchange(input_, {});
    return reply;
  }
  need(std::stoul(length));
  reply.body = input_.substr(0, std::stoul(length));
  input_.erase(0, reply.body.size());
  return reply;
}

Reply Wire::send(std::string_view method, std::string_view target, const RequestHeaders& headers, std::string_view body) {
  std::string request =
      std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port_) + "\r\n";
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  if (!body.empty() || method == "POST" || method == "PUT" || method == "PATCH")
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request += "\r\n";
  request += body;
  for (int attempt = 0;; ++attempt) {
    const bool is_reused = socket_ >= 0 && has_answered_;
    if (socket_ < 0) connect();
    try {
      std::size_t sent = 0;
      while (sent < request.size()) {
        const ssize_t wrote = ::send(socket_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) throw ConnectionLost(std::string("send: ") + std::strerror(errno));
        sent += static_cast<std::size_t>(wrote);
      }
      Reply reply = read_reply(method != "HEAD");
      has_answered_ = true;
      if (equals_ignoring_case(reply.header("connection"), "close") ||
          (reply.header("content-length").empty() && reply.header("transfer-encoding").empty() && reply.status != 204 &&
           reply.status != 304))
        close();
      return reply;
    } catch (const ConnectionLost&) {
      const bool is_safe = method == "GET" || method == "HEAD";
      close();
      if (!is_reused || !is_safe || attempt > 0) throw;
    }
  }
}

RequestHeaders bearer(std::string_view value) {
  return {{"Authorization", "Bearer " + std::string(value)}, {"Content-Type", "application/json"}};
}

}  // namespace guildhall::test
