// A server on a free port with a few endpoints, for the tests of net. Not part of the product.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>

#include "loopback.h"
#include "net/server.h"

namespace guildhall::net {

/// Lets one thread wait for another, for five seconds at most.
class Gatepost {
 public:
  void open() {
    {
      const std::lock_guard lock(mutex_);
      is_open_ = true;
    }
    opened_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return opened_.wait_for(lock, std::chrono::seconds(5), [this] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_open_ = false;
};

inline Response text_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain");
  response.body = std::move(body);
  return response;
}

inline Response refusal_text(const Request& request, int status, std::string_view code, std::string_view message) {
  return text_response(status, std::string(code) + " " + request.path + " " + std::string(message));
}

inline void add_route(Router& router, Method method, const std::string& pattern, Handler handler,
                      std::size_t body_max_bytes = 1024, PoolName pool = PoolName::work) {
  Endpoint endpoint;
  endpoint.method = method;
  endpoint.pattern = pattern;
  endpoint.body_max_bytes = body_max_bytes;
  endpoint.pool = pool;
  endpoint.handler = std::move(handler);
  router.add(std::move(endpoint));
}

/// `/hello`, `/echo` (POST, 1 KiB), `/inline` and what a test adds.
inline Router sample_router() {
  Router router;
  add_route(router, Method::get, "/hello", [](Exchange& exchange) { exchange.respond(text_response(200, "hello")); });
  add_route(router, Method::get, "/hello/{name}",
            [](Exchange& exchange) { exchange.respond(text_response(200, exchange.request().parameters.at("name"))); });
  add_route(router, Method::post, "/echo",
            [](Exchange& exchange) { exchange.respond(text_response(200, exchange.request().body)); });
  add_route(
      router, Method::get, "/inline", [](Exchange& exchange) { exchange.respond(text_response(200, "inline")); }, 0,
      PoolName::inline_);
  return router;
}

inline std::unique_ptr<Server> started(Router router, ServerOptions options = {}) {
  options.listen = "127.0.0.1:0";
  auto server = std::make_unique<Server>(std::move(options), std::move(router), refusal_text);
  server->start();
  return server;
}

inline std::string get(const std::string& path, const std::string& more = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: test\r\n" + more + "\r\n";
}

inline std::string post(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace guildhall::net
