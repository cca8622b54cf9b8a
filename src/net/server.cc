// The listener, the I/O thread and the server's end.
#include "net/server.h"

#include <pthread.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <future>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/errors.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/text.h"
#include "connection.h"

namespace guildhall::net {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

tcp::endpoint listen_endpoint(const std::string& listen) {
  const auto invalid = [&] {
    return std::system_error(std::make_error_code(std::errc::invalid_argument),
                             "listen address '" + listen + "' is not ADDRESS:PORT");
  };
  const auto colon = listen.rfind(':');
  if (colon == listen.npos) throw invalid();
  const auto port = parse_integer(std::string_view(listen).substr(colon + 1));
  if (!port || *port < 0 || *port > 65535) throw invalid();
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host.empty()) host = "0.0.0.0";
  if (host == "localhost") host = "127.0.0.1";
  error_code failed;
  const auto address = boost::asio::ip::make_address(host, failed);
  if (failed) throw invalid();
  return {address, static_cast<std::uint16_t>(*port)};
}

PoolOptions pool_options(const char* pool_name, std::size_t threads, std::size_t queue_max) {
  PoolOptions options;
  options.name = pool_name;
  options.threads_max = threads;
  options.queue_max = queue_max;
  return options;
}

}  // namespace

struct Server::State {
  State(ServerOptions options, Router router, RefusalWriter writer) {
    core.options = std::move(options);
    core.router = std::move(router);
    core.refusal_writer = std::move(writer);
    core.inbox = std::make_shared<Inbox>([this] { boost::asio::post(io, [this] { core.inbox->drain(); }); });
  }

  void accept();
  void on_accepted(const error_code& error, tcp::socket socket);
  void turn_away(tcp::socket socket);
  void sweep();
  void loop();
  bool wait_until_empty(std::int64_t until_us);

  ServerCore core;
  boost::asio::io_context io{1};
  tcp::acceptor acceptor{io};
  boost::asio::steady_timer sweep_timer{io};
  boost::asio::steady_timer accept_timer{io};
  ConnectionSet connections;
  std::int64_t sweep_every_us = 250'000;
  std::thread io_thread;
  std::uint16_t port = 0;
  bool is_started = false;
  std::mutex drain_mutex;  ///< one drain at a time
};

Server::Server(ServerOptions options, Router router, RefusalWriter refusal_writer)
    : state_(std::make_unique<State>(std::move(options), std::move(router), std::move(refusal_writer))) {}

Server::~Server() {
  drain(0);
}

void Server::set_common_headers(Headers headers) {
  state_->core.common_headers = std::move(headers);
}
void Server::set_fallback(Fallback fallback) {
  state_->core.fallback = std::move(fallback);
}
std::uint16_t Server::port() const {
  return state_->port;
}
std::size_t Server::open_connections() const {
  return state_->connections.count()->load();
}

void Server::start() {
  State& state = *state_;
  const auto& options = state.core.options;
  const auto endpoint = listen_endpoint(options.listen);
  try {
    state.acceptor.open(endpoint.protocol());
    state.acceptor.set_option(tcp::acceptor::reuse_address(true));
    state.acceptor.bind(endpoint);
    state.acceptor.listen(4096);
    state.acceptor.non_blocking(true);
    state.port = state.acceptor.local_endpoint().port();
  } catch (const boost::system::system_error& error) {
    error_code ignored;
    state.acceptor.close(ignored);
    throw std::system_error(std::error_code(error.code().value(), std::system_category()), "cannot listen on " + options.listen);
  }
  state.core.work.emplace(pool_options("work", options.work_threads, options.queue_max));
  state.core.run.emplace(pool_options("run", options.run_threads, options.queue_max));
  const auto shortest =
      std::min({options.header_timeout_us, options.body_timeout_us, options.idle_timeout_us, options.request_timeout_us});
  state.sweep_every_us = std::clamp<std::int64_t>(shortest / 8, 5'000, 250'000);
  metrics::gauge("guildhall_http_connections_open", "Connections the server holds open",
                 [count = state.connections.count()] { return static_cast<std::int64_t>(count->load()); });
  state.is_started = true;
  state.accept();
  state.sweep();
  std::promise<void> is_ready;
  state.io_thread = std::thread([&state, &is_ready] {
    state.core.io_thread_id = std::this_thread::get_id();
    is_ready.set_value();
    state.loop();
  });
  is_ready.get_future().wait();
}

void Server::State::loop() {
  pthread_setname_np(pthread_self(), "io");
  // An exception here is a fault of the server's own; one connection's trouble must not end all the others.
  while (true) {
    try {
      io.run();
      return;
    } catch (const std::exception& error) {
      log::error("io_thread_exception", {{"error", std::string_view(error.what())}});
    }
  }
}

void Server::State::accept() {
  acceptor.async_accept([this](const error_code& error, tcp::socket socket) { on_accepted(error, std::move(socket)); });
}

void Server::State::on_accepted(const error_code& error, tcp::socket socket) {
  if (core.is_draining.load() || !acceptor.is_open()) return;
  if (error) {
    // Out of descriptors, mostly: accepting again at once would only spin.
    log::warning("accept_failed", {{"error", std::string_view(error.message())}});
    accept_timer.expires_after(std::chrono::milliseconds(100));
    accept_timer.async_wait([this](const error_code& cancelled) {
      if (!cancelled) accept();
    });
    return;
  }
  if (connections.count()->load() >= core.options.connections_max) {
    turn_away(std::move(socket));
  } else {
    const auto connection = std::make_shared<Connection>(core, connections, std::move(socket));
    connections.add(connection);
    connection->begin();
  }
  accept();
}

void Server::State::turn_away(tcp::socket socket) {
  Request request;
  request.path = "/";
  request.request_id = dashed(random_uuid());
  auto response =
      refusal(core, request, 503, name(Code::overloaded), "The server has too many connections; try again in a moment.");
  response.headers.set("Retry-After", "1");
  AnswerForm form;
  form.keeps_alive = false;
  const std::string bytes = rendered(core, response, request, form).head + response.body;
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(boost::asio::buffer(bytes), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  // What has arrived is read off, or closing would reset the connection and lose the answer.
  std::array<char, 4096> dropped;
  socket.read_some(boost::asio::buffer(dropped), ignored);
  core.metrics.count(Method::get, 503, 0);
}

void Server::State::sweep() {
  sweep_timer.expires_after(std::chrono::microseconds(sweep_every_us));
  sweep_timer.async_wait([this](const error_code& cancelled) {
    if (cancelled) return;
    const auto now_us = monotonic_us();
    connections.each([now_us](Connection& connection) { connection.sweep(now_us); });
    sweep();
  });
}

bool Server::State::wait_until_empty(std::int64_t until_us) {
  while (connections.count()->load() > 0) {
    const auto left_us = until_us - monotonic_us();
    if (left_us <= 0) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(std::min<std::int64_t>(left_us, 1'000)));
  }
  return true;
}

void Server::drain(std::int64_t grace_us) {
  State& state = *state_;
  const std::lock_guard one_at_a_time(state.drain_mutex);
  if (!state.is_started) return;
  state.is_started = false;
  state.core.is_draining.store(true);
  boost::asio::post(state.io, [&state] {
    error_code ignored;
    state.acceptor.close(ignored);
    state.accept_timer.cancel();
    state.connections.each([](Connection& connection) { connection.close_if_idle(); });
  });
  state.wait_until_empty(monotonic_us() + grace_us);
  boost::asio::post(state.io, [&state] { state.connections.each([](Connection& connection) { connection.close(); }); });
  state.core.work->drain();
  state.core.run->drain();
  // No task is left that could push; the last posts find the thread still running.
  boost::asio::post(state.io, [&state] {
    state.core.inbox->drain();
    state.connections.each([](Connection& connection) { connection.close(); });
    state.sweep_timer.cancel();
    state.io.stop();
  });
  state.io_thread.join();
  state.core.inbox->close();
}

}  // namespace guildhall::net
