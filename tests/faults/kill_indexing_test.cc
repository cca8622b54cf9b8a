// kill -9 while documents are indexed and sites are synced (contracts/support-partner.md §2.8): what is asked at once after the
// restart is answered from the old snapshot or the new one, and the work goes on by itself, without waiting for a lease.
#include <doctest/doctest.h>
#include <poll.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "base/text.h"
#include "database_view.h"
#include "site.h"
#include "support/server_process.h"
#include "world.h"

using namespace guildhall;
using namespace guildhall::test;

namespace {

constexpr std::chrono::seconds kFinishedWithin{40};

void pause(std::int64_t us) {
  const timespec patience{.tv_sec = us / 1'000'000, .tv_nsec = us % 1'000'000 * 1'000};
  ppoll(nullptr, 0, &patience, nullptr);
}

/// GUILDHALL_SEED repeats a run.
std::uint64_t chosen_seed() {
  const char* value = std::getenv("GUILDHALL_SEED");
  return value == nullptr ? std::random_device{}() : std::strtoull(value, nullptr, 10);
}

std::string access_path(const Buyer& buyer) {
  return "/api/v1/access/" + buyer.subscription;
}

/// `sections` sections of some hundred words, each naming `mark`.
std::string marked_text(const std::string& mark, int sections) {
  std::string text = "# Handbook " + mark + "\n\n";
  for (int section = 0; section < sections; ++section) {
    text += "## Section " + std::to_string(section) + "\n\n";
    for (int i = 0; i < 12; ++i) {
      text += "The common handbook says in " + mark + " that item " + std::to_string(section * 100 + i) +
              " is checked before it is sent. ";
    }
    text += "\n\n";
  }
  return text;
}

std::string upload_text(Wire& wire, const Buyer& buyer, const std::string& name, const std::string& text) {
  const std::string boundary = "kill-indexing-boundary";
  const std::string body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name +
                           "\"\r\nContent-Type: text/markdown\r\n\r\n" + text + "\r\n--" + boundary + "--\r\n";
  const Reply reply = wire.send(
      "POST", access_path(buyer) + "/documents",
      {{"Authorization", "Bearer " + buyer.person.token}, {"Content-Type", "multipart/form-data; boundary=" + boundary}}, body);
  if (reply.status != 202) throw std::runtime_error("an upload answered " + std::to_string(reply.status) + ": " + reply.body);
  return id_at(reply.json(), "id");
}

/// The marks of everything found in one document, or in all of a source. A mark is `prefix` and what follows it up to a space.
std::set<std::string> marks_found(Wire& wire, const Buyer& buyer, const json::Object& filter, const std::string& prefix) {
  const auto found =
      ask(wire, "POST", access_path(buyer) + "/retrieve", buyer.key,
          json::Object{{"query", "what does the common handbook say is checked"}, {"top_k", 20}, {"filter", filter}}, 200);
  std::set<std::string> marks;
  for (const auto& record : *json::find_array(found, "records")) {
    const std::string text(json::text_of(record, "content"));
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1))
      marks.insert(text.substr(at, text.find(' ', at) - at));
  }
  return marks;
}

struct ChunkRow {
  std::int64_t ordinal = 0;
  std::int64_t char_begin = 0;
};

/// Every indexed document has the chunks it says it has, from one cutting of its text: a mixture of two would go back in it.
void check_chunks(store::Database& database) {
  const auto [documents, chunks] = database.read([](store::Tx& tx) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& row : tx.query("SELECT id, chunks FROM knowledge_document WHERE state <> 'FAILED'"))
      counts[row.text(0)] = row.integer(1);
    std::map<std::string, std::vector<ChunkRow>> rows;
    for (const auto& row : tx.query("SELECT document_id, ordinal, char_begin FROM knowledge_chunk ORDER BY document_id, ordinal"))
      rows[row.text(0)].push_back({row.integer(1), row.integer(2)});
    return std::pair(counts, rows);
  });
  for (const auto& [document, rows] : chunks) {
    REQUIRE_MESSAGE(documents.contains(document), "chunks without a document: ", document);
    CHECK(documents.at(document) == static_cast<std::int64_t>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CHECK(rows[i].ordinal == static_cast<std::int64_t>(i));
      CHECK((i == 0 || rows[i].char_begin > rows[i - 1].char_begin));
    }
  }
}

bool all_indexed(Wire& wire, const Buyer& buyer) {
  const auto list = ask(wire, "GET", access_path(buyer) + "/documents", buyer.person.token);
  bool is_done = true;
  for (const auto& document : *json::find_array(list, "documents")) is_done &= json::text_of(document, "status") == "INDEXED";
  return is_done;
}

template <class Condition>
std::int64_t ms_until(Condition is_true) {
  const auto began = std::chrono::steady_clock::now();
  while (!is_true()) {
    if (std::chrono::steady_clock::now() - began > kFinishedWithin) return -1;
    pause(20'000);
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began).count();
}

/// What a round leaves behind for the next.
struct Uploads {
  std::map<std::string, std::string> mark_of;  ///< by document
  std::vector<std::string> deleted;
};

/// Of several sizes, so that a kill meets them in every stage.
void upload_all(Wire& wire, const Buyer& buyer, int round, Uploads& uploads) {
  for (const int sections : {1, 12, 60, 240}) {
    const std::string mark = "mark" + std::to_string(round) + "x" + std::to_string(sections);
    uploads.mark_of[upload_text(wire, buyer, mark + ".md", marked_text(mark, sections))] = mark;
  }
}

/// Uploads; in some rounds what came before is deleted or cut anew first. The server dies in the midst of the work, which takes
/// `work_ms` when it is left alone.
void upload_until_killed(ServerProcess& server, const Buyer& buyer, std::mt19937_64& random, int round, std::int64_t work_ms,
                         Uploads& uploads) {
  Wire wire(server.port());
  if (round % 3 == 0) {
    for (const auto& [document, mark] : uploads.mark_of) {
      ask(wire, "DELETE", access_path(buyer) + "/documents/" + document, buyer.person.token, 204);
      uploads.deleted.push_back(document);
    }
    uploads.mark_of.clear();
  }
  if (round % 3 == 2) {
    ask(wire, "PATCH", access_path(buyer) + "/config", buyer.person.token,
        json::Object{{"rag_chunk_size", 256 + 128 * (round % 2)}, {"rag_chunk_overlap", 20}}, 200);
    ask(wire, "POST", access_path(buyer) + "/retrain", buyer.person.token, json::Object{}, 202);
  }
  upload_all(wire, buyer, round, uploads);
  pause(std::uniform_int_distribution<std::int64_t>(0, work_ms * 1'000)(random));
  server.kill_hard();
}

void check_uploads(Wire& wire, const Buyer& buyer, const Uploads& uploads) {
  for (const auto& [document, mark] : uploads.mark_of) {
    const auto marks = marks_found(wire, buyer, {{"document_id", document}}, "mark");
    CHECK((marks.empty() || marks == std::set<std::string>{mark}));
  }
  for (const std::string& document : uploads.deleted)
    CHECK(marks_found(wire, buyer, {{"document_id", document}}, "mark").empty());
}

void kill_while_uploading(const Place& place, int kills, std::uint64_t seed) {
  std::printf("%s, %d kills, seed %llu\n", place.is_sqlite() ? "SQLite" : "PostgreSQL", kills,
              static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  ServerProcess server(place.data, place.database_url);
  server.start();
  Buyer buyer;
  {
    Wire wire(server.port());
    buyer = make_buyer(wire, "buyer", make_seller(wire, seller_named("seller")));
  }
  const auto database = open_view(place);
  std::int64_t slowest_ms = 0;
  int unfinished = 0;
  Uploads uploads;
  std::int64_t work_ms = 0;
  {
    Wire wire(server.port());
    upload_all(wire, buyer, -1, uploads);
    work_ms = ms_until([&] { return all_indexed(wire, buyer); });
    REQUIRE(work_ms >= 0);
  }
  for (int round = 0; round < kills; ++round) {
    upload_until_killed(server, buyer, random, round, work_ms, uploads);
    server.start();
    Wire wire(server.port());
    check_uploads(wire, buyer, uploads);
    unfinished += all_indexed(wire, buyer) ? 0 : 1;
    const std::int64_t took_ms = ms_until([&] { return all_indexed(wire, buyer); });
    REQUIRE_MESSAGE(took_ms >= 0, "round ", round, ": indexing did not finish after the restart");
    slowest_ms = std::max(slowest_ms, took_ms);
    for (const auto& [document, mark] : uploads.mark_of)
      CHECK(marks_found(wire, buyer, {{"document_id", document}}, "mark") == std::set<std::string>{mark});
    check_chunks(*database);
  }
  std::printf("  work of %lld ms; %d of %d kills left some undone; finished at most %lld ms after the restart\n",
              static_cast<long long>(work_ms), unfinished, kills, static_cast<long long>(slowest_ms));
  CHECK(unfinished > 0);
  CHECK(count_rows(*database, "SELECT count(*) FROM job WHERE state = 'failed'") == 0);
}

constexpr int kPages = 4;

void put_site(const Site& site, const std::string& version) {
  Wire wire(site.port());
  std::string links;
  for (int i = 0; i < kPages; ++i) {
    const std::string name = "/page" + std::to_string(i);
    links += "<a href=\"" + name + "\">" + name + "</a>";
    std::string page = "<title>Page</title><main><h1>Handbook of page" + std::to_string(i) + "</h1>";
    for (int j = 0; j < 40; ++j) {
      page += "<h2>Part " + std::to_string(j) + "</h2><p>";
      for (int k = 0; k < 8; ++k)
        page += "The common handbook says in " + version + " that item " + std::to_string(j) + " is checked. ";
      page += "</p>";
    }
    wire.send("PUT", name, {{"Content-Type", "text/html"}}, page + "</main>");
  }
  wire.send("PUT", "/robots.txt", {{"Content-Type", "text/plain"}}, "User-agent: *\n");
  wire.send("PUT", "/", {{"Content-Type", "text/html"}},
            "<title>Start</title><main><h1>Start</h1><p>The common handbook says in " + version +
                " that all is checked.</p></main>" + links);
}

json::Value latest_report(Wire& wire, const Buyer& buyer, const std::string& source) {
  return ask(wire, "GET", access_path(buyer) + "/sources/" + source + "/report", buyer.person.token);
}

std::int64_t count_in(const json::Value& report, std::string_view name) {
  const json::Value* counts = json::find(report, "counts");
  return counts == nullptr ? -1 : json::integer_of(*counts, name).value_or(-1);
}

/// Every page of the site is a document once, with one version in all of its chunks.
void check_pages(Wire& wire, const Buyer& buyer, const std::set<std::string>& versions) {
  std::set<std::string> urls;
  const auto list = ask(wire, "GET", access_path(buyer) + "/documents", buyer.person.token);
  for (const auto& document : *json::find_array(list, "documents")) {
    CHECK(urls.insert(text_at(document, "url")).second);
    const auto marks = marks_found(wire, buyer, {{"document_id", id_at(document, "id")}}, "version");
    CHECK(marks.size() <= 1);
    for (const auto& mark : marks) CHECK(versions.contains(mark));
  }
  CHECK(urls.size() <= kPages + 1);
}

void kill_while_syncing(const Place& place, int kills, std::uint64_t seed) {
  std::printf("%s, %d kills of a sync, seed %llu\n", place.is_sqlite() ? "SQLite" : "PostgreSQL", kills,
              static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  const Site site;
  put_site(site, "version0");
  ServerProcess server(place.data, place.database_url,
                       {{"GUILDHALL_OUTBOUND_ALLOW", "127.0.0.1:" + std::to_string(site.port())}});
  server.start();
  Buyer buyer;
  std::string source;
  {
    Wire wire(server.port());
    buyer = make_buyer(wire, "buyer", make_seller(wire, seller_named("seller")));
    source = id_at(ask(wire, "POST", access_path(buyer) + "/sources", buyer.person.token,
                       json::Object{{"kind", "sitemap"},
                                    {"url", "http://127.0.0.1:" + std::to_string(site.port()) + "/"},
                                    {"depth", 1},
                                    {"sync_frequency", "manual"}},
                       201),
                   "id");
  }
  std::int64_t slowest_ms = 0;
  for (int round = 0; round < kills; ++round) {
    const std::string version = "version" + std::to_string(round);
    if (round > 0) {
      put_site(site, version);
      Wire wire(server.port());
      ask(wire, "POST", access_path(buyer) + "/sources/" + source + "/sync", buyer.person.token, json::Object{}, 202);
    }
    // One page a second: the kill comes before, between and after them.
    pause(std::uniform_int_distribution<std::int64_t>(0, (kPages + 3) * 1'000'000)(random));
    server.kill_hard();
    server.start();
    Wire wire(server.port());
    check_pages(wire, buyer, {version, "version" + std::to_string(round - 1)});
    const std::int64_t took_ms = ms_until(
        [&] { return json::text_of(latest_report(wire, buyer, source), "state") == "finished" && all_indexed(wire, buyer); });
    REQUIRE_MESSAGE(took_ms >= 0, "round ", round,
                    ": the sync did not finish: ", json::write(latest_report(wire, buyer, source)));
    slowest_ms = std::max(slowest_ms, took_ms);
    const auto report = latest_report(wire, buyer, source);
    CHECK(json::integer_of(report, "number") == round + 1);
    CHECK(count_in(report, round == 0 ? "added" : "changed") == kPages + 1);
    CHECK(count_in(report, "failed") + count_in(report, "missing") + count_in(report, "removed") == 0);
    check_pages(wire, buyer, {version});
  }
  const auto database = open_view(place);
  check_chunks(*database);
  CHECK(count_rows(*database, "SELECT count(*) FROM knowledge_document") == kPages + 1);
  std::printf("  finished at most %lld ms after the restart\n", static_cast<long long>(slowest_ms));
}

}  // namespace

TEST_CASE("SQLite: a server killed while it indexes answers from the old snapshot or the new, and finishes by itself") {
  const ScratchPath folder;
  kill_while_uploading({.data = folder.path() / "data", .database_url = {}}, 20, chosen_seed());
}

TEST_CASE("PostgreSQL: a server killed while it indexes answers from the old snapshot or the new, and finishes by itself") {
  for_postgres([](const Place& place) { kill_while_uploading(place, 5, chosen_seed()); });
}

TEST_CASE("SQLite sync: a server killed while it syncs a site finishes the sync, each page once") {
  const ScratchPath folder;
  kill_while_syncing({.data = folder.path() / "data", .database_url = {}}, 6, chosen_seed());
}

TEST_CASE("PostgreSQL sync: a server killed while it syncs a site finishes the sync, each page once") {
  for_postgres([](const Place& place) { kill_while_syncing(place, 3, chosen_seed()); });
}
