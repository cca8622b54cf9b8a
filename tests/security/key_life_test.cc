// A key's life under load (contracts/identity-and-security.md §27 row 8): revoked, it opens nothing a second later; and its plain
// text is nowhere: not in the database, not in the log, not in the server's memory once other traffic went through it.
#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <sstream>
#include <thread>

#include "base/text.h"
#include "database_view.h"
#include "support/server_process.h"
#include "world.h"

using namespace guildhall;
using namespace guildhall::test;

namespace {

using Instant = std::chrono::steady_clock::time_point;
constexpr std::size_t kBuyers = 4;
constexpr std::size_t kKeysEach = 4;
constexpr int kCallers = 8;
constexpr std::uint64_t kMappingBytesMax = 1ULL << 36;
constexpr std::uint64_t kPageBytes = 4'096;
constexpr std::uint64_t kWindowBytes = 1'024 * kPageBytes;
constexpr std::size_t kOverlapBytes = 256;
constexpr std::chrono::milliseconds kGrace{1'000};
constexpr std::chrono::milliseconds kAfterwards{1'500};

struct WatchedKey {
  std::size_t buyer = 0;
  MadeKey key;
  std::atomic<std::int64_t> answered_204_us{0};         ///< when the revocation was acknowledged; 0: not yet
  std::atomic<std::int64_t> last_admitted_start_us{0};  ///< when the newest call that got in was sent
  std::atomic<std::int64_t> refused_after{0};
};

std::int64_t now_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void raise_to(std::atomic<std::int64_t>& value, std::int64_t candidate) {
  std::int64_t known = value.load();
  while (known < candidate && !value.compare_exchange_weak(known, candidate)) {
  }
}

struct Load {
  std::atomic<bool> is_over{false};
  std::atomic<std::int64_t> calls{0};
  std::atomic<std::int64_t> chats{0};
  std::mutex mutex;
  std::vector<std::string> surprises;
};

/// Calls with every key in turn; one call in eight converses, the others ask what the key opens.
void call_on(Load& load, std::uint16_t port, std::vector<std::unique_ptr<WatchedKey>>& keys, int caller) {
  std::vector<Wire> wires;
  for (std::size_t k = 0; k < keys.size(); ++k)
    wires.emplace_back(port, "127.4." + std::to_string(caller) + "." + std::to_string(k + 1));
  for (std::size_t n = static_cast<std::size_t>(caller); !load.is_over; ++n) {
    WatchedKey& watched = *keys[n % keys.size()];
    const bool is_chat = n / keys.size() % 8 == 0;
    const std::int64_t sent_us = now_us();
    try {
      const Reply reply =
          is_chat ? wires[n % keys.size()].send("POST", "/api/v1/chat", bearer(watched.key.plaintext), R"({"message":"hello"})")
                  : wires[n % keys.size()].send("GET", "/v1/models", bearer(watched.key.plaintext));
      ++load.calls;
      load.chats += is_chat ? 1 : 0;
      // A limit of the plan refuses who was let in already; too many failed tries refuse who was not.
      const bool is_refused =
          reply.status == 401 || (reply.status == 429 && reply.body.find("failed authentications") != std::string::npos);
      if (!is_refused)
        raise_to(watched.last_admitted_start_us, sent_us);
      else if (watched.answered_204_us != 0)
        ++watched.refused_after;
      else
        throw std::runtime_error("a living key was refused: " + reply.body);
      if (reply.status >= 500) throw std::runtime_error(std::to_string(reply.status) + " " + reply.body);
    } catch (const std::exception& failure) {
      // A refusal may overtake the 204 on its way to the revoker: the commit came first.
      if (std::string(failure.what()).find("key_revoked") != std::string::npos) continue;
      const std::lock_guard lock(load.mutex);
      load.surprises.emplace_back(failure.what());
    }
  }
}

/// Spins over the clock without a call that could be missed: what must pass is the time itself.
void let_pass(Wire& wire, std::chrono::milliseconds time) {
  const Instant end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) wire.send("GET", "/health/live");
}

void check_revocations(const std::vector<std::unique_ptr<WatchedKey>>& keys) {
  std::int64_t latest_us = std::numeric_limits<std::int64_t>::min();
  for (const auto& watched : keys) {
    const std::int64_t late_us = watched->last_admitted_start_us - watched->answered_204_us;
    latest_us = std::max(latest_us, late_us);
    CHECK(late_us <= std::chrono::microseconds(kGrace).count());
    CHECK(watched->last_admitted_start_us > 0);
    CHECK(watched->refused_after > 0);
  }
  std::printf("  the latest call that got in was sent %.1f ms %s its key's revocation was acknowledged\n",
              static_cast<double>(std::abs(latest_us)) / 1000.0, latest_us <= 0 ? "before" : "after");
}

std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int count_in(std::string_view bytes, const std::vector<std::string>& needles) {
  int hits = 0;
  for (const auto& needle : needles)
    for (auto at = bytes.find(needle); at != std::string_view::npos; at = bytes.find(needle, at + 1)) ++hits;
  return hits;
}

struct MemoryHits {
  int hits = 0;
  std::int64_t scanned_bytes = 0;
  std::vector<std::string> where;
};

/// Whether any page from `begin` on, of a window, is in memory: what was never touched holds nothing.
bool has_pages(int page_map, std::uint64_t begin) {
  std::array<std::uint64_t, kWindowBytes / kPageBytes> entries{};
  const auto offset = static_cast<off_t>(begin / kPageBytes * sizeof(std::uint64_t));
  const ssize_t got = pread(page_map, entries.data(), sizeof entries, offset);
  if (got <= 0) return false;
  constexpr std::uint64_t kPresentOrSwapped = 3ULL << 62;
  const auto end = entries.begin() + got / static_cast<ssize_t>(sizeof(std::uint64_t));
  return std::any_of(entries.begin(), end, [](std::uint64_t entry) { return (entry & kPresentOrSwapped) != 0; });
}

/// Reads one mapping in windows that overlap by more than a key.
void scan_mapping(int memory, int page_map, std::uint64_t begin, std::uint64_t end, const std::vector<std::string>& needles,
                  const std::string& mapping, MemoryHits& result) {
  std::string bytes(kWindowBytes + kOverlapBytes, '\0');
  for (std::uint64_t at = begin; at < end; at += kWindowBytes) {
    if (!has_pages(page_map, at)) continue;
    const std::size_t wanted = std::min<std::uint64_t>(bytes.size(), end - at);
    const ssize_t got = pread(memory, bytes.data(), wanted, static_cast<off_t>(at));
    if (got <= 0) continue;
    const std::string_view read(bytes.data(), static_cast<std::size_t>(got));
    result.scanned_bytes += got;
    for (const auto& needle : needles)
      for (auto found = read.find(needle); found < kWindowBytes; found = read.find(needle, found + 1)) {
        ++result.hits;
        std::string around(read.substr(found > 64 ? found - 64 : 0, 160));
        for (char& c : around)
          if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '.';
        if (result.where.size() < 12) result.where.push_back(mapping.substr(0, 80) + ": " + around);
      }
  }
}

/// Reads every readable and writable mapping of the process.
MemoryHits scan_memory(pid_t pid, const std::vector<std::string>& needles) {
  MemoryHits result;
  const std::string process = "/proc/" + std::to_string(pid);
  std::ifstream maps(process + "/maps");
  const int memory = open((process + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  const int page_map = open((process + "/pagemap").c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(memory >= 0);
  REQUIRE(page_map >= 0);
  for (std::string line; std::getline(maps, line);) {
    std::istringstream words(line);
    std::string range;
    std::string rights;
    words >> range >> rights;
    if (!rights.starts_with("rw")) continue;
    const std::uint64_t begin = std::stoull(range.substr(0, range.find('-')), nullptr, 16);
    const std::uint64_t end = std::stoull(range.substr(range.find('-') + 1), nullptr, 16);
    // Sanitizers reserve terabytes of shadow, which hold no bytes of the program.
    if (end - begin <= kMappingBytesMax) scan_mapping(memory, page_map, begin, end, needles, line, result);
  }
  close(memory);
  close(page_map);
  return result;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#elif defined(__has_feature)
constexpr bool kIsSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kIsSanitized = false;
#endif

void check_memory(pid_t pid, const std::vector<std::string>& plain) {
  if (kIsSanitized) {
    std::puts("  skipped: the memory of a sanitized server, whose allocator keeps what was freed to find its misuse");
    return;
  }
  CHECK(scan_memory(pid, {"/api/v1/agents/{agent}"}).hits > 0);
  const MemoryHits memory = scan_memory(pid, plain);
  std::printf("  %d hits in %lld MB of the server's memory\n", memory.hits,
              static_cast<long long>(memory.scanned_bytes / 1'000'000));
  for (const auto& where : memory.where) std::printf("    %s\n", where.c_str());
  CHECK(memory.hits == 0);
}

/// Traffic of other keys, wide and long enough to go through every thread's buffers.
void churn(std::uint16_t port, const std::string& key) {
  std::vector<std::thread> threads;
  for (int t = 0; t < kCallers; ++t)
    threads.emplace_back([port, key, t] {
      for (int round = 0; round < 6; ++round) {
        Wire wire(port, "127.5.0." + std::to_string(t + 1));
        for (int n = 0; n < 40; ++n) {
          wire.send("GET", "/v1/models", bearer(key));
          wire.send("POST", "/api/v1/chat", bearer(key),
                    json::write(json::Object{{"message", std::string(static_cast<std::size_t>(16 << (n % 10)), 'x')}}));
        }
        wire.send("GET", "/openapi.json");
      }
    });
  for (auto& thread : threads) thread.join();
}

void check_nowhere(const Place& place, const ServerProcess& server, const std::vector<std::string>& plain) {
  std::int64_t bytes = 0;
  int in_files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(place.data))
    if (entry.is_regular_file()) {
      const std::string content = file_bytes(entry.path());
      bytes += static_cast<std::int64_t>(content.size());
      const int hits = count_in(content, plain);
      CHECK_MESSAGE(hits == 0, entry.path().string());
      in_files += hits;
    }
  const auto database = open_view(place);
  int in_rows = 0;
  for (const auto& table : tables_of(*database)) {
    const auto rows = database->read([&](store::Tx& tx) {
      std::string columns;
      for (const auto& column : table.columns) columns += (columns.empty() ? "CAST(" : ", CAST(") + column + " AS TEXT)";
      std::string all;
      for (const auto& row : tx.query("SELECT " + columns + " FROM " + table.name))
        for (std::size_t i = 0; i < table.columns.size(); ++i) all += row.optional_text(i).value_or("") + "\n";
      return all;
    });
    in_rows += count_in(rows, plain);
  }
  const int in_log = count_in(file_bytes(server.log_path()), plain);
  std::printf("  plain text of %zu keys: %d hits in %lld bytes of the data folder, %d in all rows, %d in the log\n", plain.size(),
              in_files, static_cast<long long>(bytes), in_rows, in_log);
  CHECK(in_rows == 0);
  CHECK(in_log == 0);
}

void live(const Place& place) {
  std::printf("%s\n", place.is_sqlite() ? "SQLite" : "PostgreSQL");
  ServerProcess server(place.data, place.database_url, {{"GUILDHALL_LOG_LEVEL", "debug"}});
  server.start();
  Wire wire(server.port());
  SellerWish wish = seller_named("seller");
  wish.flow = "flows/passthrough.json";
  const Seller seller = make_seller(wire, wish);
  std::vector<Buyer> buyers;
  for (std::size_t i = 0; i < kBuyers; ++i) buyers.push_back(make_buyer(wire, "buyer" + std::to_string(i), seller));
  std::vector<std::unique_ptr<WatchedKey>> keys;
  for (std::size_t i = 0; i < kBuyers * kKeysEach; ++i) {
    auto watched = std::make_unique<WatchedKey>();
    watched->buyer = i % kBuyers;
    watched->key = make_key(wire, buyers[watched->buyer], "key " + std::to_string(i));
    keys.push_back(std::move(watched));
  }

  Load load;
  std::vector<std::thread> callers;
  const Instant began = std::chrono::steady_clock::now();
  for (int caller = 0; caller < kCallers; ++caller)
    callers.emplace_back([&, caller] { call_on(load, server.port(), keys, caller); });
  let_pass(wire, kGrace);
  for (const auto& watched : keys) {
    ask(wire, "POST", "/api/v1/access/" + buyers[watched->buyer].subscription + "/keys/" + watched->key.id + "/revoke",
        buyers[watched->buyer].person.token, json::Object{{"reason", "test"}}, 204);
    watched->answered_204_us = now_us();
    let_pass(wire, std::chrono::milliseconds(100));
  }
  let_pass(wire, kAfterwards);
  load.is_over = true;
  for (auto& caller : callers) caller.join();
  const double seconds_passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  std::printf("  %lld calls, %lld of them chats, %.0f a second, %zu keys revoked meanwhile\n",
              static_cast<long long>(load.calls.load()), static_cast<long long>(load.chats.load()),
              static_cast<double>(load.calls) / seconds_passed, keys.size());
  for (const auto& surprise : load.surprises) FAIL_CHECK(surprise);
  check_revocations(keys);

  std::vector<std::string> plain;
  for (const auto& watched : keys) plain.push_back(watched->key.plaintext.substr(3));
  churn(server.port(), buyers[0].key);
  check_nowhere(place, server, plain);
  check_memory(server.pid(), plain);
  wire.close();
  CHECK(server.stop() == 0);
}

}  // namespace

TEST_CASE("SQLite: a revoked key opens nothing a second later, and its plain text is nowhere") {
  const ScratchPath folder;
  live({.data = folder.path() / "data", .database_url = {}});
}

TEST_CASE("PostgreSQL: a revoked key opens nothing a second later, and its plain text is nowhere") {
  for_postgres(live);
}
