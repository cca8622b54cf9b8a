// A web site for tests, as a program: stub_site. Serves until it is killed.
//
// PUT /path stores a page with the request's Content-Type, DELETE /path removes it, GET /path answers it with an ETag, or 304.
// GET /_requests lists what was asked for since it was last read: [{"path","user_agent"}].
#include <csignal>
#include <cstdio>
#include <map>
#include <mutex>

#include "base/hash.h"
#include "base/json.h"
#include "net/server.h"

namespace {

using namespace guildhall;

struct Page {
  std::string type;
  std::string content;
};

/// Thread-safe.
class Site {
 public:
  void answer(net::Exchange& exchange) {
    const std::lock_guard lock(mutex_);
    const net::Request& request = exchange.request();
    net::Response response;
    if (request.method == net::Method::put) {
      pages_[request.path] = {std::string(request.headers.get_or("content-type", "text/html")), request.body};
      response.status = 204;
    } else if (request.method == net::Method::delete_) {
      response.status = pages_.erase(request.path) > 0 ? 204 : 404;
    } else if (request.path == "/_requests") {
      response.headers.set("Content-Type", "application/json");
      response.body = json::write(requests_);
      requests_.clear();
    } else {
      requests_.push_back(
          json::Object{{"path", request.path}, {"user_agent", std::string(request.headers.get_or("user-agent", ""))}});
      read_page(request, response);
    }
    exchange.respond(std::move(response));
  }

 private:
  void read_page(const net::Request& request, net::Response& response) const {
    const auto page = pages_.find(request.path);
    if (page == pages_.end()) {
      response.status = 404;
      response.body = "there is no such page";
      return;
    }
    const std::string tag = "\"" + to_hex(bytes_of(sha256(page->second.content))).substr(0, 16) + "\"";
    response.headers.set("ETag", tag);
    response.headers.set("Content-Type", page->second.type);
    if (request.headers.get_or("if-none-match", "") == tag) {
      response.status = 304;
    } else {
      response.body = page->second.content;
    }
  }

  std::mutex mutex_;
  std::map<std::string, Page> pages_;
  json::Array requests_;
};

}  // namespace

int main() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  Site site;
  net::Router router;
  for (const net::Method method : {net::Method::get, net::Method::put, net::Method::delete_}) {
    for (const char* pattern : {"/", "/{path*}"}) {
      net::Endpoint endpoint;
      endpoint.method = method;
      endpoint.pattern = pattern;
      endpoint.handler = [&site](net::Exchange& exchange) { site.answer(exchange); };
      router.add(std::move(endpoint));
    }
  }
  net::ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.work_threads = 2;
  options.run_threads = 1;
  net::Server server(options, std::move(router), [](const net::Request&, int status, std::string_view, std::string_view message) {
    net::Response response;
    response.status = status;
    response.body = message;
    return response;
  });
  server.start();
  std::printf("stub site ready on http://127.0.0.1:%u\n", static_cast<unsigned>(server.port()));
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  server.drain(0);
  return 0;
}
