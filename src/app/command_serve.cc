// `guildhall serve`: open, wire, listen, and leave in order.
#include <pthread.h>
#include <sys/resource.h>
#include <csignal>
#include <cstdio>

#include "api/api.h"
#include "app/commands.h"
#include "base/errors.h"
#include "base/log.h"
#include "base/metrics.h"
#include "demo.h"
#include "first_start.h"
#include "installation.h"
#include "last_runner.h"
#include "market/catalogue.h"
#include "net/server.h"
#include "sole_server.h"
#include "support/conversations.h"

namespace guildhall::app {
namespace {

constexpr std::int64_t kDrainGraceUs = 20'000'000;

net::ServerOptions server_options(const Settings& settings) {
  net::ServerOptions options;
  options.listen = settings.text("listen");
  const std::int64_t work = settings.integer("work_threads");
  options.work_threads =
      work > 0 ? static_cast<std::size_t>(work) : std::max<std::size_t>(8, 2 * std::thread::hardware_concurrency());
  options.run_threads = static_cast<std::size_t>(settings.integer("run_threads"));
  options.queue_max = static_cast<std::size_t>(settings.integer("queue"));
  return options;
}

net::Headers browser_headers() {
  net::Headers headers;
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "same-origin");
  return headers;
}

/// Health and metrics on an address of their own, answered by its I/O thread alone, so that they answer when all else is stuck.
std::unique_ptr<net::Server> start_monitor(const Settings& settings) {
  const auto listen = settings.optional("monitor_listen");
  if (!listen) return nullptr;
  net::Router router;
  const auto constant = [&](const char* path, std::function<std::string()> body, const char* type) {
    router.add({.method = net::Method::get,
                .pattern = path,
                .body_max_bytes = 0,
                .pool = net::PoolName::inline_,
                .handler = [body, type](net::Exchange& exchange) {
                  net::Response response;
                  response.headers.set("Content-Type", type);
                  response.body = body();
                  exchange.respond(std::move(response));
                }});
  };
  constant("/health", [] { return std::string("{\"status\":\"ok\"}"); }, "application/json; charset=utf-8");
  constant("/metrics", metrics::exposition, "text/plain; version=0.0.4; charset=utf-8");
  net::ServerOptions options;
  options.listen = *listen;
  options.work_threads = 1;
  options.run_threads = 1;
  auto server = std::make_unique<net::Server>(options, std::move(router), api::make_refusal_writer());
  server->start();
  return server;
}

/// Every open stream needs a socket to its reader and one to its model; the usual soft limit of 1,024 is not for servers.
void raise_open_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) log::warning("open_files.limit_kept");
}

/// Blocks the signals that end the server in every thread started from now on, and returns the set to wait for.
sigset_t block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

}  // namespace

int serve(const CommandLine& line) {
  const std::int64_t began_us = monotonic_us();
  const sigset_t signals = block_signals();
  raise_open_files();
  const Settings& settings = line.settings;
  const SoleServer sole_server(database_url(settings));
  Installation installation(settings);
  installation.database->write([](store::Tx& tx) {
    market::ensure_categories(tx);
    // SQLite has this one server: what was being answered when it ended is lost.
    if (tx.dialect() == store::Dialect::sqlite) support::release_turns(tx);
  });

  net::Server server(server_options(settings), api::make_router(installation.services), api::make_refusal_writer());
  server.set_common_headers(browser_headers());
  server.set_fallback(api::answer_fallback);
  server.start();
  const std::string address =
      "http://" + settings.text("listen").substr(0, settings.text("listen").rfind(':')) + ":" + std::to_string(server.port());
  if (!settings.optional("public_url")) installation.services.public_url = installation.services.publishing.public_url = address;
  const auto monitor = start_monitor(settings);

  make_operator(installation, settings);
  // A server that was killed comes back on its own folder; what it was doing must not wait until its leases run out.
  LastRunner last_runner(data_folder(settings));
  if (const auto dead = last_runner.succeed(installation.jobs.id())) installation.jobs.take_over_from(*dead);
  installation.jobs.start();
  if (settings.flag("demo")) {
    const Demo demo = make_demo(installation, data_folder(settings));
    installation.services.demo_widget_key = demo.widget_key;
    print_demo(demo, address);
  } else {
    print_setup_link(installation, address);
  }
  std::printf("guildhall %s ready on %s after %lld ms\n", kVersion, address.c_str(),
              static_cast<long long>((monotonic_us() - began_us) / 1000));
  std::fflush(stdout);

  int received = 0;
  sigwait(&signals, &received);
  log::info("draining", {{"signal", std::int64_t{received}}});
  installation.live.drain();
  server.drain(kDrainGraceUs);
  installation.jobs.stop();
  installation.gateway.flush_uses();
  if (monitor) monitor->drain(0);
  return 0;
}

}  // namespace guildhall::app
