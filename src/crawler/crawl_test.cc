// A real site on loopback through the real gate, with a clock that is set.
#include "crawler/crawl.h"

#include <doctest/doctest.h>

#include <map>
#include <mutex>

#include "base/errors.h"
#include "knowledge/sources.h"
#include "net/server.h"
#include "store/migrations.h"
#include "support/databases.h"

namespace guildhall::crawler {
namespace {

/// Pages by path, and the requests for them.
class LoopbackSite {
 public:
  LoopbackSite() {
    net::Router router;
    for (const char* pattern : {"/", "/{path*}"}) {
      net::Endpoint endpoint;
      endpoint.pattern = pattern;
      endpoint.handler = [this](net::Exchange& exchange) { exchange.respond(answer(exchange.request())); };
      router.add(std::move(endpoint));
    }
    net::ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.work_threads = 1;
    options.run_threads = 1;
    server_ = std::make_unique<net::Server>(options, std::move(router),
                                            [](const net::Request&, int status, std::string_view, std::string_view) {
                                              net::Response response;
                                              response.status = status;
                                              return response;
                                            });
    server_->start();
  }
  ~LoopbackSite() { server_->drain(0); }

  std::uint16_t port() const { return server_->port(); }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port()) + path; }

  void set(const std::string& path, net::Response response) {
    const std::lock_guard lock(mutex_);
    pages_[path] = std::move(response);
  }
  void set_html(const std::string& path, const std::string& html) {
    net::Response response;
    response.headers.set("Content-Type", "text/html");
    response.body = html;
    set(path, std::move(response));
  }
  void redirect(const std::string& path, const std::string& location) {
    net::Response response;
    response.status = 302;
    response.headers.set("Location", location);
    set(path, std::move(response));
  }
  /// Of the request for the path that came last; empty when there was none.
  std::string asked_with(const std::string& path, const std::string& field) {
    const std::lock_guard lock(mutex_);
    const auto found = asked_.find(path);
    return found == asked_.end() ? "" : std::string(found->second.get_or(field, ""));
  }
  bool was_asked(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return asked_.contains(path);
  }

 private:
  net::Response answer(const net::Request& request) {
    const std::lock_guard lock(mutex_);
    asked_[request.path] = request.headers;
    const auto found = pages_.find(request.path);
    if (found != pages_.end()) return found->second;
    net::Response response;
    response.status = 404;
    return response;
  }

  std::mutex mutex_;
  std::map<std::string, net::Response> pages_;
  std::map<std::string, net::Headers> asked_;
  std::unique_ptr<net::Server> server_;
};

net::ClientOptions letting_through(const LoopbackSite& site) {
  net::ClientOptions options;
  options.allowed.push_back({"127.0.0.1", site.port()});
  return options;
}

struct CrawlWorld {
  explicit CrawlWorld(const net::ClientOptions& options) : client(options) {
    store::migrate(*database);
    base = database->write([&](store::Tx& tx) { return knowledge::base_named(scope, tx, "help"); });
  }

  knowledge::Source sync(const knowledge::SourceSettings& settings) {
    const auto source = database->write([&](store::Tx& tx) { return knowledge::create_source(scope, tx, base, settings); });
    run_jobs();
    return get(source.id);
  }
  knowledge::Source get(KnowledgeSourceId id) {
    return database->read([&](store::Tx& tx) { return knowledge::get_source(scope, tx, base, id); });
  }
  void run_jobs() {
    delivery::Runner runner(*database,
                            {{"knowledge.sync",
                              [&](const delivery::Job& job, std::stop_token stop) {
                                run_step({*database, client, extractor, "GuildhallBot/test"}, job, stop);
                              }}},
                            {}, {});
    for (int i = 0; i < 30; ++i) {
      runner.run_due();
      clock.advance(seconds(1));
    }
  }

  ManualClock clock{guildhall::test::kStart};
  std::unique_ptr<store::Database> database = store::open_database({.url = "sqlite::memory:", .clock = &clock});
  net::Client client;
  knowledge::Extractor extractor = knowledge::Extractor::in_process();
  Scope scope = identity::system_scope(OrganizationId::random(), "test");
  KnowledgeBaseId base;
};

knowledge::SourceSettings settings_of(const std::string& url, std::optional<std::int64_t> depth = std::nullopt) {
  knowledge::SourceSettings settings;
  settings.kind = depth ? knowledge::FetchedKind::sitemap : knowledge::FetchedKind::url;
  settings.url = url;
  settings.depth = depth;
  return settings;
}

}  // namespace

TEST_CASE("the crawler names itself, obeys robots.txt and asks again with the page's own validators") {
  LoopbackSite site;
  net::Response page;
  page.headers.set("Content-Type", "text/html");
  page.headers.set("ETag", "\"one\"");
  page.headers.set("Last-Modified", "Sun, 06 Nov 2022 08:49:37 GMT");
  page.body = "<main><p>Hello.</p></main><a href='/next'>next</a><a href='/no'>no</a>";
  site.set("/", page);
  site.set_html("/next", "<p>Next page.</p>");
  net::Response robots;
  robots.body = "User-agent: guildhallbot\nDisallow: /no\n";
  site.set("/robots.txt", robots);
  CrawlWorld world(letting_through(site));
  const auto source = world.sync(settings_of(site.url("/"), 1));
  CHECK(source.state == knowledge::SourceState::synced);
  CHECK(source.progress.added == 2);
  CHECK(site.asked_with("/", "User-Agent") == "GuildhallBot/test");
  CHECK(site.asked_with("/", "If-None-Match").empty());
  CHECK_FALSE(site.was_asked("/no"));
  world.database->write([&](store::Tx& tx) { knowledge::request_sync(world.scope, tx, world.base, source.id, false); });
  world.run_jobs();
  CHECK(site.asked_with("/", "If-None-Match") == "\"one\"");
  CHECK(site.asked_with("/", "If-Modified-Since") == "Sun, 06 Nov 2022 08:49:37 GMT");
  CHECK(world.get(source.id).progress.unchanged == 2);
}

TEST_CASE("a redirect to another host, or to an address the gate refuses, ends the page") {
  LoopbackSite site;
  LoopbackSite other;
  site.redirect("/other", other.url("/secret"));
  site.redirect("/metadata", "http://169.254.169.254/latest/");
  site.redirect("/here", "/there");
  site.set_html("/there", "<p>There it is.</p>");
  other.set_html("/secret", "<p>Secret.</p>");
  net::ClientOptions options = letting_through(site);
  options.allowed.push_back({"127.0.0.1", other.port()});
  CrawlWorld world(options);
  CHECK(world.sync(settings_of(site.url("/other"))).error_code == "redirected_elsewhere");
  CHECK_FALSE(other.was_asked("/secret"));
  CHECK(world.sync(settings_of(site.url("/metadata"))).error_code == "redirected_elsewhere");
  CHECK(world.sync(settings_of(site.url("/here"))).state == knowledge::SourceState::synced);
}

TEST_CASE("an address nobody let through is refused before anything is sent") {
  LoopbackSite site;
  CrawlWorld world(net::ClientOptions{});
  const auto source = world.sync(settings_of(site.url("/")));
  CHECK(source.state == knowledge::SourceState::failed);
  CHECK(source.error_code == "destination_refused");
  CHECK_FALSE(site.was_asked("/robots.txt"));
}

TEST_CASE("no spelling of an inner address gets through the crawler") {
  LoopbackSite canary;
  net::ClientOptions options;
  options.resolve = [](const std::string&) { return std::vector<std::string>{"127.0.0.1"}; };
  CrawlWorld world(options);
  const std::string port = std::to_string(canary.port());
  for (const std::string host :
       {"127.0.0.1",         "127.1",           "2130706433", "0x7f000001", "0177.0.0.1",         "0",
        "localhost",         "localhost.",      "[::1]",      "[::]",       "[::ffff:127.0.0.1]", "[::127.0.0.1]",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "10.0.0.1",   "172.16.0.1", "192.168.0.1",        "169.254.169.254",
        "100.64.0.1",        "198.18.0.1",      "224.0.0.1",  "[fe80::1]",  "[fc00::1]",          "metadata.google.internal"}) {
    for (const std::string& url : {"http://" + host + ":" + port + "/", "http://" + host + "/"}) {
      std::string outcome = "refused at once";
      try {
        outcome = world.sync(settings_of(url)).error_code;
      } catch (const Refusal& refusal) {
        CHECK(refusal.code == Code::validation_failed);
      }
      CAPTURE(url);
      CHECK((outcome == "destination_refused" || outcome == "unreachable" || outcome == "refused at once"));
    }
  }
  CHECK_FALSE(canary.was_asked("/robots.txt"));
  CHECK_FALSE(canary.was_asked("/"));
}

TEST_CASE("a page of a site may have 10 MiB, a page a person named 20 MiB") {
  LoopbackSite site;
  const std::string eleven = "<p>" + std::string(11u * 1024 * 1024, 'a') + "</p>";
  site.set_html("/", eleven);
  CrawlWorld world(letting_through(site));
  CHECK(world.sync(settings_of(site.url("/"), 1)).error_code == "too_large");
  CHECK(world.sync(settings_of(site.url("/"))).state == knowledge::SourceState::synced);
  site.set_html("/", eleven + eleven);
  CHECK(world.sync(settings_of(site.url("/"))).error_code == "too_large");
}

TEST_CASE("a preview fetches one page, keeps nothing, and obeys robots.txt") {
  LoopbackSite site;
  site.set_html("/page", "<title>Page</title><main><h1>Heading</h1><p>Some text.</p></main>");
  net::Response robots;
  robots.body = "User-agent: *\nDisallow: /private\n";
  site.set("/robots.txt", robots);
  CrawlWorld world(letting_through(site));
  const Crawler crawler{*world.database, world.client, world.extractor, "GuildhallBot/test"};
  const auto preview = preview_page(crawler, site.url("/page"), {});
  CHECK(preview.title == "Heading");
  REQUIRE(preview.chunks.size() == 1);
  CHECK(preview.chunks[0].heading_path == std::vector<std::string>{"Heading"});
  const auto code_of = [&](const std::string& url) {
    try {
      preview_page(crawler, url, {});
    } catch (const Refusal& refusal) {
      return refusal.code;
    }
    return Code::internal_error;
  };
  CHECK(code_of(site.url("/page")) == Code::rate_limited);
  world.clock.advance(seconds(2));
  CHECK(code_of(site.url("/private")) == Code::validation_failed);
  CHECK(code_of("http://10.0.0.1/") == Code::destination_refused);
  CHECK(code_of("ftp://shop.example/") == Code::validation_failed);
  CHECK_FALSE(site.was_asked("/private"));
}

}  // namespace guildhall::crawler
