// The bare comparison: the same HTTP server and the same pool, with nothing behind it.
#include <pthread.h>
#include <csignal>
#include <cstdio>

#include "net/server.h"
#include "scenarios.h"

namespace guildhall::bench {

int serve_echo() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  net::Router router;
  router.add({.method = net::Method::post,
              .pattern = "/{rest*}",
              .body_max_bytes = 1024 * 1024,
              .pool = net::PoolName::run,
              .handler = [](net::Exchange& exchange) {
                net::Response response;
                response.headers.set("Content-Type", "application/json");
                response.body = exchange.request().body;
                exchange.respond(std::move(response));
              }});
  net::ServerOptions options;
  options.listen = "127.0.0.1:0";
  net::Server server(options, std::move(router), [](const net::Request&, int status, std::string_view, std::string_view message) {
    net::Response response;
    response.status = status;
    response.body = message;
    return response;
  });
  server.start();
  std::printf("echo ready on http://127.0.0.1:%d\n", int{server.port()});
  std::fflush(stdout);
  int received = 0;
  sigwait(&ends, &received);
  server.drain(0);
  return 0;
}

}  // namespace guildhall::bench
