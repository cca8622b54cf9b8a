// The HTTP/1.1 server: one evented thread owns every socket, handlers are plain functions on bounded pools.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace guildhall::net {

/// A response body that is written as it comes into being. Thread-safe. Belongs to the connection; keep it as long as needed.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Queues bytes and flushes them at once. Waits while a slow reader has 1 MiB outstanding, for at most 30 s, then cuts the
  /// connection. False once the client is gone: stop working for it.
  virtual bool write(std::string_view bytes) = 0;
  /// As write, but never waits: a reader with kStreamOfferedMax bytes outstanding is cut off. For threads that serve many
  /// readers.
  virtual bool offer(std::string_view bytes) = 0;
  /// Ends the body properly. Without it, dropping the last reference breaks the connection so that the client sees the loss.
  virtual void finish() = 0;
  virtual bool is_open() const = 0;
};

/// One request being answered: call exactly one of respond and stream.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const Request& request() const = 0;
  virtual void respond(Response response) = 0;
  /// Sends status and headers now and the body through the stream (chunked).
  virtual std::shared_ptr<Stream> stream(int status, Headers headers) = 0;
  virtual bool is_answered() const = 0;
};

/// Where a handler runs: `work` for short requests, `run` for what waits on models, `inline_` on the I/O thread itself
/// (only for constant answers).
enum class PoolName : std::uint8_t { work, run, inline_ };

using Handler = std::function<void(Exchange&)>;

struct Endpoint {
  Method method = Method::get;
  std::string pattern;  ///< `/api/v1/agents/{agent}/chat`; a final `{rest*}` takes everything; `/path` also serves `/path/`
  std::size_t body_max_bytes = 1024 * 1024;
  PoolName pool = PoolName::work;
  Handler handler;
};

/// Literal segments win over parameters; HEAD falls back to GET without its body. Two equal patterns throw std::logic_error.
class Router {
 public:
  void add(Endpoint endpoint);

  struct Match {
    const Endpoint* endpoint = nullptr;                           ///< null: no such path, or no such method
    std::vector<Method> allowed;                                  ///< of the path, when only the method is wrong
    std::vector<std::pair<std::string, std::string>> parameters;  ///< decoded
  };
  Match find(Method method, std::string_view path) const;

 private:
  struct Node;
  std::shared_ptr<Node> root_;
};

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";  ///< port 0 chooses one
  std::size_t connections_max = 20'000;
  std::size_t header_max_bytes = 32 * 1024;
  std::int64_t header_timeout_us = 10'000'000;  ///< from connect or previous response's end to the full header
  std::int64_t body_timeout_us = 30'000'000;    ///< without progress
  std::int64_t idle_timeout_us = 75'000'000;    ///< keep-alive
  std::int64_t request_timeout_us = 330'000'000;
  std::size_t work_threads = 8;
  std::size_t run_threads = 1024;
  std::size_t queue_max = 1024;
  std::vector<std::string> trusted_proxies;  ///< addresses whose X-Forwarded-For counts
};

/// Shapes the server's own refusals (404, 405, 408, 413, 431, 503 …) for the path they answer.
using RefusalWriter =
    std::function<Response(const Request& request, int status, std::string_view code, std::string_view message)>;
/// Handles a path no endpoint has (e.g. CORS preflight, SPA fallback); false: the server answers 404 or 405 itself.
using Fallback = std::function<bool(Exchange&)>;

class Server {
 public:
  Server(ServerOptions options, Router router, RefusalWriter refusal_writer);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Adds fields to every response that does not set them itself. Before start().
  void set_common_headers(Headers headers);
  /// Before start().
  void set_fallback(Fallback fallback);
  /// Binds and begins to serve; throws std::system_error when the address cannot be bound.
  void start();
  /// The port it listens on.
  std::uint16_t port() const;
  /// Stops accepting, lets running requests finish for `grace_us`, then cancels and closes them. Blocks until all is over.
  void drain(std::int64_t grace_us);

  std::size_t open_connections() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace guildhall::net
