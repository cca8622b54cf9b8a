// Syncs against a site that is a map: what is added, changed, missing, removed; on both databases, with a clock that is set.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "base/errors.h"
#include "base/hash.h"
#include "knowledge/crawl.h"
#include "knowledge/sources.h"
#include "store/migrations.h"
#include "support/databases.h"
#include "test_base.h"

namespace guildhall::knowledge {
namespace {

using test::new_base;
using test::new_organization;

/// A site: pages by path, what was asked, and when.
struct Site {
  struct Page {
    int status = 200;
    std::string content = {};
    std::string type = "text/html; charset=utf-8";
    std::string location = {};
    std::string robots_tag = {};
    std::string failure = {};
  };
  std::map<std::string, Page> pages;
  std::vector<std::string> asked;

  void html(const std::string& path, const std::string& text, const std::vector<std::string>& links = {},
            const std::string& head = {}) {
    std::string body = "<html><head><title>" + path + "</title>" + head + "</head><body><main><h1>" + path + "</h1><p>" + text +
                       "</p></main><nav>";
    for (const std::string& link : links) body += "<a href='" + link + "'>x</a>";
    pages[path] = {.content = body + "</nav></body></html>"};
  }

  PageResponse answer(const PageRequest& request) {
    const std::string path = request.url.substr(request.url.find('/', 8));
    asked.push_back(path);
    PageResponse response;
    const auto found = pages.find(path);
    if (found == pages.end()) {
      response.status = 404;
      return response;
    }
    const Page& page = found->second;
    response.failure_code = page.failure;
    response.status = page.status;
    response.content = page.content;
    response.content_type = page.type;
    response.location = page.location;
    response.robots_tag = page.robots_tag;
    if (page.status == 200) response.etag = "\"" + to_hex(bytes_of(sha256(page.content))).substr(0, 8) + "\"";
    if (!request.etag.empty() && request.etag == response.etag) {
      response.status = 304;
      response.content.clear();
    }
    return response;
  }
};

/// A base with a clock, and syncs that are run to their end, second by second.
struct World {
  store::Database& database;
  ManualClock& clock;
  Scope scope = new_organization();
  KnowledgeBaseId base = new_base(database, scope);
  Site site = {};

  Source create(SourceSettings settings) {
    return database.write([&](store::Tx& tx) { return create_source(scope, tx, base, settings); });
  }
  Source get(const Source& source) {
    return database.read([&](store::Tx& tx) { return get_source(scope, tx, base, source.id); });
  }
  SyncReport report(const Source& source) {
    return database.read([&](store::Tx& tx) { return sync_report(scope, tx, base, source.id, std::nullopt); });
  }
  std::vector<Document> documents() {
    return database.read([&](store::Tx& tx) { return list_documents(scope, tx, base); });
  }
  std::set<std::string> paths() {
    std::set<std::string> found;
    for (const Document& document : documents()) found.insert(document.url.substr(document.url.find('/', 8)));
    return found;
  }
  /// The step the database holds, run as its job would be.
  SyncStep step(const Source& source) {
    return database.read([&](store::Tx& tx) {
      const auto row = tx.first("SELECT sync_number, step FROM knowledge_source WHERE organization_id = $1 AND id = $2",
                                {scope.organization, source.id});
      return SyncStep{scope.organization, source.id, row->integer(0), row->integer(1)};
    });
  }
  bool fetch_one(const Source& source) {
    const SyncStep now = step(source);
    const auto request = database.write([&](store::Tx& tx) { return next_page(tx, now); });
    if (request) store_page(database, Extractor::in_process(), *request, site.answer(*request));
    return request.has_value();
  }
  void run(const Source& source) {
    for (int i = 0; i < 200; ++i) {
      const SourceState state = get(source).state;
      if (state != SourceState::pending && state != SourceState::syncing) return;
      fetch_one(source);
      clock.advance(seconds(1));
    }
    FAIL("the sync does not end");
  }
  void sync(const Source& source, bool confirmed = false) {
    database.write([&](store::Tx& tx) { request_sync(scope, tx, base, source.id, confirmed); });
    if (!confirmed) run(source);
  }
  std::map<std::string, std::string> named(const Source& source) {
    std::map<std::string, std::string> found;
    for (const SyncEntry& entry : report(source).entries)
      found[entry.url.substr(entry.url.find('/', 8))] = entry.outcome + (entry.reason.empty() ? "" : ":" + entry.reason);
    return found;
  }
};

using Named = std::map<std::string, std::string>;

void each_world(const std::function<void(World&)>& body) {
  guildhall::test::for_each_database([&](store::Database& database, ManualClock& clock) {
    World world{database, clock};
    body(world);
  });
}

SourceSettings site_settings(std::int64_t depth = 3) {
  SourceSettings settings;
  settings.kind = FetchedKind::sitemap;
  settings.url = "http://shop.example/";
  settings.depth = depth;
  return settings;
}

SourceSettings page_settings(const std::string& url) {
  SourceSettings settings;
  settings.url = url;
  return settings;
}

void fill(Site& site, int pages) {
  std::vector<std::string> links;
  for (int i = 1; i <= pages; ++i) {
    links.push_back("/p" + std::to_string(i));
    site.html(links.back(), "Page number " + std::to_string(i) + " tells of parcels.", {"/"});
  }
  site.html("/", "Welcome to the shop of all parcels.", links);
}

}  // namespace

TEST_CASE("the second crawl names exactly what changed, and the third removes what is missing twice") {
  each_world([](World& world) {
    fill(world.site, 10);
    const Source source = world.create(site_settings());
    CHECK(source.state == SourceState::pending);
    world.run(source);
    CHECK(world.get(source).state == SourceState::synced);
    CHECK(world.report(source).counts.added == 11);

    world.site.asked.clear();
    for (const int i : {2, 4, 6}) world.site.html("/p" + std::to_string(i), "Rewritten.", {"/"});
    world.site.pages.erase("/p9");
    world.site.html("/new", "A new page.");
    std::vector<std::string> links = {"/new"};
    for (int i = 1; i <= 10; ++i) links.push_back("/p" + std::to_string(i));
    world.site.html("/", "Welcome to the shop of all parcels.", links);
    world.sync(source);
    const Named wanted = {
        {"/p2", "changed"}, {"/p4", "changed"}, {"/p6", "changed"}, {"/p9", "missing:not_found"}, {"/new", "added"}};
    CHECK(world.named(source) == wanted);
    CHECK(world.report(source).counts.unchanged == 7);
    CHECK(world.paths().contains("/p9"));

    world.sync(source);
    CHECK(world.named(source) == Named{{"/p9", "removed:not_found"}});
    CHECK_FALSE(world.paths().contains("/p9"));
    CHECK(world.documents().size() == 11);
  });
}

TEST_CASE("robots.txt, noindex, other hosts and assets are left alone") {
  each_world([](World& world) {
    world.site.pages["/robots.txt"] = {.content = "User-agent: *\nDisallow: /private/\n", .type = "text/plain"};
    world.site.html("/", "Start.", {"/private/a", "/hidden", "/open", "http://elsewhere.example/x", "/logo.png", "mailto:a@b"});
    world.site.html("/private/a", "Secret.");
    world.site.html("/hidden", "Hidden.", {"/behind"}, "<meta name='robots' content='noindex'>");
    world.site.html("/behind", "Behind the hidden page.");
    world.site.html("/open", "Open.");
    world.site.pages["/open"].robots_tag = "otherbot: noindex";
    const Source source = world.create(site_settings());
    world.run(source);
    CHECK(world.paths() == std::set<std::string>{"/", "/behind", "/open"});
    CHECK(world.site.asked == std::vector<std::string>{"/robots.txt", "/", "/hidden", "/open", "/behind"});
    CHECK(world.named(source).at("/private/a") == "skipped:robots");
    CHECK(world.named(source).at("/hidden") == "skipped:noindex");
  });
}

TEST_CASE("a host is asked once a second, whoever asks") {
  each_world([](World& world) {
    fill(world.site, 3);
    const Source one = world.create(site_settings());
    SourceSettings other = page_settings("http://shop.example/p1");
    const Source two = world.create(other);
    CHECK(world.fetch_one(one));
    CHECK_FALSE(world.fetch_one(two));
    CHECK_FALSE(world.fetch_one(one));
    world.clock.advance(999'999);
    CHECK_FALSE(world.fetch_one(two));
    world.clock.advance(1);
    CHECK(world.fetch_one(two));
    CHECK_FALSE(world.fetch_one(one));
  });
}

TEST_CASE("a step that runs twice is stored once") {
  each_world([](World& world) {
    fill(world.site, 2);
    const Source source = world.create(site_settings());
    world.fetch_one(source);
    world.clock.advance(seconds(1));
    const SyncStep step = world.step(source);
    const auto first = world.database.write([&](store::Tx& tx) { return next_page(tx, step); });
    world.clock.advance(seconds(1));
    const auto again = world.database.write([&](store::Tx& tx) { return next_page(tx, step); });
    REQUIRE(first);
    REQUIRE(again);
    CHECK(first->url == again->url);
    store_page(world.database, Extractor::in_process(), *first, world.site.answer(*first));
    store_page(world.database, Extractor::in_process(), *again, world.site.answer(*again));
    CHECK(world.documents().size() == 1);
    CHECK(world.step(source).step == step.step + 1);
    CHECK_FALSE(world.database.write([&](store::Tx& tx) { return next_page(tx, step); }));
  });
}

TEST_CASE("a sync that would remove more than 30 percent waits until a person confirms") {
  each_world([](World& world) {
    fill(world.site, 9);
    const Source source = world.create(site_settings());
    world.run(source);
    for (const int i : {1, 2, 3, 4}) world.site.pages.erase("/p" + std::to_string(i));
    world.sync(source);
    CHECK(world.get(source).state == SourceState::synced);
    world.sync(source);
    CHECK(world.get(source).state == SourceState::waiting);
    CHECK(world.get(source).error_code == "removal_waits");
    CHECK(world.report(source).counts.missing == 4);
    CHECK(world.documents().size() == 10);
    world.sync(source, true);
    CHECK(world.get(source).state == SourceState::synced);
    CHECK(world.report(source).counts.removed == 4);
    CHECK(world.documents().size() == 6);
    CHECK_THROWS_AS(world.sync(source, true), Refusal);
  });
}

TEST_CASE("exactly 30 percent are removed without asking") {
  each_world([](World& world) {
    fill(world.site, 9);
    const Source source = world.create(site_settings());
    world.run(source);
    for (const int i : {1, 2, 3}) world.site.pages.erase("/p" + std::to_string(i));
    world.sync(source);
    world.sync(source);
    CHECK(world.get(source).state == SourceState::synced);
    CHECK(world.documents().size() == 7);
  });
}

TEST_CASE("an outage removes nothing") {
  each_world([](World& world) {
    fill(world.site, 3);
    const Source source = world.create(site_settings());
    world.run(source);
    const auto before = world.site.pages;
    for (auto& [path, page] : world.site.pages) page = {.status = 500};
    for (int i = 0; i < 3; ++i) world.sync(source);
    CHECK(world.get(source).state == SourceState::failed);
    CHECK(world.get(source).error_code == "http_500");
    CHECK(world.documents().size() == 4);
    world.site.pages["/robots.txt"] = {.status = 500};
    world.sync(source);
    CHECK(world.get(source).error_code == "robots_unreachable");
    world.site.pages = before;
    world.sync(source);
    CHECK(world.get(source).state == SourceState::synced);
    CHECK(world.report(source).counts.unchanged == 4);
  });
}

TEST_CASE("pages nobody links to any more are missing, unless a page could not be read") {
  each_world([](World& world) {
    fill(world.site, 5);
    const Source source = world.create(site_settings());
    world.run(source);
    world.site.html("/", "Welcome to the shop of all parcels.", {"/p1", "/p2", "/p3", "/p4"});
    world.site.pages["/p4"].failure = "timeout";
    world.sync(source);
    CHECK(world.named(source) == Named{{"/p4", "failed:timeout"}});
    world.site.pages["/p4"].failure.clear();
    world.sync(source);
    CHECK(world.named(source) == Named{{"/p5", "missing:not_linked"}});
    world.sync(source);
    CHECK(world.named(source) == Named{{"/p5", "removed:not_linked"}});
  });
}

TEST_CASE("a broken link does not keep pages nobody links to any more") {
  each_world([](World& world) {
    fill(world.site, 5);
    const Source source = world.create(site_settings());
    world.run(source);
    world.site.html("/", "Welcome to the shop of all parcels.", {"/p1", "/p2", "/p3", "/p4", "/broken"});
    world.sync(source);
    CHECK(world.named(source) == Named{{"/broken", "failed:not_found"}, {"/p5", "missing:not_linked"}});
  });
}

TEST_CASE("a sync takes 5,000 pages and says that there are more") {
  each_world([](World& world) {
    std::string sitemap = "<urlset>";
    for (int i = 0; i < 5'001; ++i) sitemap += "<url><loc>/p" + std::to_string(i) + "</loc></url>";
    world.site.pages["/sitemap.xml"] = {.content = sitemap + "</urlset>", .type = "application/xml"};
    SourceSettings settings;
    settings.kind = FetchedKind::sitemap;
    settings.url = "http://shop.example/sitemap.xml";
    const Source source = world.create(settings);
    world.fetch_one(source);
    world.clock.advance(seconds(1));
    world.fetch_one(source);
    CHECK(world.get(source).progress.queued == 5'000);
    CHECK(world.report(source).is_truncated);
  });
}

TEST_CASE("redirects stay on the host; canonical links decide which of two pages is read") {
  each_world([](World& world) {
    world.site.html("/", "Start.", {"/old", "/away", "/print", "/loop"});
    world.site.pages["/old"] = {.status = 301, .location = "/moved"};
    world.site.html("/moved", "Moved here.");
    world.site.pages["/away"] = {.status = 302, .location = "http://elsewhere.example/"};
    world.site.html("/print", "The page.", {}, "<link rel='canonical' href='/page'>");
    world.site.html("/page", "The page.", {}, "<link rel='canonical' href='/print'>");
    world.site.pages["/loop"] = {.status = 302, .location = "/loop"};
    const Source source = world.create(site_settings());
    world.run(source);
    CHECK(world.paths() == std::set<std::string>{"/", "/moved", "/page"});
    CHECK(world.named(source).at("/away") == "skipped:redirected_elsewhere");
  });
}

TEST_CASE("a site that asks for patience is given it, and given up after that") {
  each_world([](World& world) {
    fill(world.site, 1);
    world.site.pages["/p1"] = {.status = 503};
    const Source source = world.create(site_settings());
    world.run(source);
    CHECK(world.named(source).at("/p1") == "failed:http_503");
    CHECK(std::count(world.site.asked.begin(), world.site.asked.end(), "/p1") == 3);
  });
}

TEST_CASE("a sitemap gives the pages, an index further sitemaps") {
  each_world([](World& world) {
    world.site.pages["/sitemap.xml"] = {.content =
                                            "<sitemapindex><sitemap><loc>http://shop.example/one.xml</loc></sitemap>"
                                            "<sitemap><loc>http://elsewhere.example/two.xml</loc></sitemap></sitemapindex>",
                                        .type = "application/xml"};
    world.site.pages["/one.xml"] = {.content =
                                        "<urlset><url><loc>http://shop.example/a</loc></url>"
                                        "<url><loc>http://elsewhere.example/b</loc></url></urlset>",
                                    .type = "application/xml"};
    world.site.html("/a", "Page a.", {"/not-in-the-sitemap"});
    SourceSettings settings;
    settings.kind = FetchedKind::sitemap;
    settings.url = "http://shop.example/sitemap.xml";
    const Source source = world.create(settings);
    world.run(source);
    CHECK(world.paths() == std::set<std::string>{"/a"});
    CHECK(world.get(source).state == SourceState::synced);
  });
}

TEST_CASE("what is no sitemap fails and says what to do") {
  each_world([](World& world) {
    world.site.html("/sitemap.xml", "Not a sitemap.");
    SourceSettings settings;
    settings.kind = FetchedKind::sitemap;
    settings.url = "http://shop.example/sitemap.xml";
    const Source source = world.create(settings);
    world.run(source);
    CHECK(world.get(source).state == SourceState::failed);
    CHECK(world.get(source).error_code == "not_a_sitemap");
    CHECK(world.get(source).error_message.find("depth") != std::string::npos);
  });
}

TEST_CASE("depth and globs bound the crawl; changed globs remove at once what they leave out") {
  each_world([](World& world) {
    world.site.html("/", "Start.", {"/docs/a", "/blog/b"});
    world.site.html("/docs/a", "A.", {"/docs/deep"});
    world.site.html("/docs/deep", "Deep.");
    world.site.html("/blog/b", "B.");
    const Source source = world.create(site_settings(1));
    world.run(source);
    CHECK(world.paths() == std::set<std::string>{"/", "/docs/a", "/blog/b"});
    SourceSettings settings = site_settings(2);
    settings.include = {"/docs/**"};
    world.database.write([&](store::Tx& tx) { update_source(world.scope, tx, world.base, source.id, settings); });
    CHECK(world.paths() == std::set<std::string>{"/docs/a"});
    world.run(source);
    CHECK(world.paths() == std::set<std::string>{"/docs/a", "/docs/deep"});
  });
}

TEST_CASE("one page: its document is there from the start, and fails with the reason when it cannot be read") {
  each_world([](World& world) {
    world.site.html("/help", "How to return a parcel.");
    const Source good = world.create(page_settings("http://shop.example/help#top"));
    const auto waiting = world.database.read([&](store::Tx& tx) { return start_document(world.scope, tx, world.base, good.id); });
    REQUIRE(waiting);
    CHECK(waiting->state == DocumentState::pending);
    world.run(good);
    test::index_document(world.database, world.scope.organization, waiting->id);
    const auto read = world.database.read([&](store::Tx& tx) { return get_document(world.scope, tx, world.base, waiting->id); });
    CHECK(read.state == DocumentState::indexed);
    CHECK(read.title == "/help");
    CHECK(read.url == "http://shop.example/help");

    const Source bad = world.create(page_settings("http://shop.example/nothing"));
    world.run(bad);
    const auto failed = world.database.read([&](store::Tx& tx) { return start_document(world.scope, tx, world.base, bad.id); });
    REQUIRE(failed);
    CHECK(failed->state == DocumentState::failed);
    CHECK(failed->error_code == "not_found");
    CHECK(world.get(bad).state == SourceState::failed);
  });
}

TEST_CASE("a document a person deleted does not come back; a source of one page goes with it") {
  each_world([](World& world) {
    fill(world.site, 4);
    const Source source = world.create(site_settings());
    world.run(source);
    for (const Document& document : world.documents()) {
      if (!document.url.ends_with("/p1")) continue;
      world.database.write([&](store::Tx& tx) { delete_document(world.scope, tx, world.base, document.id); });
    }
    world.sync(source);
    CHECK(world.paths() == std::set<std::string>{"/", "/p2", "/p3", "/p4"});
    CHECK(world.named(source).at("/p1") == "skipped:deleted_here");

    const Source one = world.create(page_settings("http://shop.example/p3"));
    const auto document = world.database.read([&](store::Tx& tx) { return start_document(world.scope, tx, world.base, one.id); });
    world.database.write([&](store::Tx& tx) { delete_document(world.scope, tx, world.base, document->id); });
    CHECK_THROWS_AS(world.get(one), Refusal);
  });
}

TEST_CASE("a deleted source takes its documents along, another organization's is not there") {
  each_world([](World& world) {
    fill(world.site, 2);
    const Source source = world.create(site_settings());
    world.run(source);
    World other{world.database, world.clock};
    CHECK_THROWS_AS(other.database.read([&](store::Tx& tx) { return get_source(other.scope, tx, other.base, source.id); }),
                    Refusal);
    CHECK_THROWS_AS(other.database.read([&](store::Tx& tx) { return get_source(other.scope, tx, world.base, source.id); }),
                    Refusal);
    world.database.write([&](store::Tx& tx) { delete_source(world.scope, tx, world.base, source.id); });
    CHECK(world.documents().empty());
    world.database.write([&](store::Tx& tx) { delete_base(world.scope, tx, world.base); });
  });
}

TEST_CASE("a page whose mark-up changes and whose text does not is unchanged") {
  each_world([](World& world) {
    world.site.html("/help", "Text.", {}, "<meta name='token' content='1'>");
    const Source source = world.create(page_settings("http://shop.example/help"));
    world.run(source);
    world.site.html("/help", "Text.", {}, "<meta name='token' content='2'>");
    world.sync(source);
    CHECK(world.report(source).counts.unchanged == 1);
    CHECK(world.report(source).entries.empty());
  });
}

TEST_CASE("due sources are synced on schedule, stale ones are named") {
  each_world([](World& world) {
    fill(world.site, 1);
    SourceSettings settings = site_settings();
    settings.frequency = SyncFrequency::hourly;
    const Source source = world.create(settings);
    world.run(source);
    const auto due = world.get(source).next_sync_at;
    REQUIRE(due);
    world.database.write([](store::Tx& tx) { start_due_syncs(tx); });
    CHECK(world.get(source).state == SourceState::synced);
    world.clock.set(*due);
    world.database.write([](store::Tx& tx) { start_due_syncs(tx); });
    CHECK(world.get(source).state == SourceState::pending);
    CHECK_FALSE(world.get(source).is_stale);
    world.clock.advance(3 * 3600 * kMicrosecondsPerSecond);
    CHECK(world.get(source).is_stale);
    world.database.write([](store::Tx& tx) { start_due_syncs(tx); });
    world.run(source);
    CHECK_FALSE(world.get(source).is_stale);
  });
}

TEST_CASE("the schedule keeps its period, at a minute of the source's own") {
  const Timestamp now{1'700'000'000'000'000};
  std::set<std::int64_t> minutes;
  for (int i = 0; i < 50; ++i) {
    const KnowledgeSourceId id = KnowledgeSourceId::random();
    const Timestamp first = next_sync_at(SyncFrequency::daily, id, now).value();
    CHECK(first - now >= kMicrosecondsPerDay / 2);
    CHECK(first - now < kMicrosecondsPerDay * 3 / 2);
    CHECK(next_sync_at(SyncFrequency::daily, id, first).value() - first == kMicrosecondsPerDay);
    minutes.insert(first.us / 60'000'000 % 60);
    CHECK_FALSE(next_sync_at(SyncFrequency::manual, id, now));
    CHECK(next_sync_at(SyncFrequency::weekly, id, now).value() - now >= 7 * kMicrosecondsPerDay / 2);
  }
  CHECK(minutes.size() > 10);
}

TEST_CASE("settings out of bounds are refused by field") {
  each_world([](World& world) {
    const auto field_of = [&](const SourceSettings& settings) {
      try {
        world.create(settings);
      } catch (const Refusal& refusal) {
        return refusal.fields.empty() ? std::string(name(refusal.code)) : refusal.fields.front().path;
      }
      return std::string("accepted");
    };
    for (const char* url : {"", "shop.example", "ftp://shop.example/", "http://user:pw@shop.example/", "file:///etc/passwd"})
      CHECK(field_of(page_settings(url)) == "url");
    for (const std::int64_t depth : {0, 4, -1}) CHECK(field_of(site_settings(depth)) == "depth");
    SourceSettings settings = page_settings("http://shop.example/");
    settings.depth = 1;
    CHECK(field_of(settings) == "depth");
    settings = page_settings("http://shop.example/");
    settings.include = {"/a"};
    CHECK(field_of(settings) == "include");
    settings = site_settings();
    settings.exclude.assign(51, "/a");
    CHECK(field_of(settings) == "exclude");
    settings.exclude.assign(50, "/a");
    settings.name = std::string(121, 'n');
    CHECK(field_of(settings) == "name");
    settings.name = std::string(120, 'n');
    settings.chunks = BaseSettings{255, 0};
    CHECK(field_of(settings) == "rag_chunk_size");
    settings.chunks = BaseSettings{256, 128};
    CHECK(field_of(settings) == "rag_chunk_overlap");
    settings.chunks = BaseSettings{256, 127};
    CHECK(field_of(settings) == "accepted");
  });
}

TEST_CASE("a base takes 200 sources") {
  each_world([](World& world) {
    SourceSettings settings = site_settings();
    settings.frequency = SyncFrequency::manual;
    for (int i = 0; i < 200; ++i) {
      settings.url = "http://shop.example/" + std::to_string(i);
      world.create(settings);
    }
    settings.url = "http://shop.example/one-more";
    try {
      world.create(settings);
      FAIL("taken");
    } catch (const Refusal& refusal) {
      CHECK(refusal.code == Code::knowledge_limit);
    }
  });
}

}  // namespace guildhall::knowledge
