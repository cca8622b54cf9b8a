// hostile: the latency of ordinary calls while hostile documents are uploaded and read, against the same calls alone
// (contracts/support-partner.md §9 A25).
#include <fmt/core.h>
#include <poll.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "base/json.h"
#include "base/time.h"
#include "extraction/hostile_files.h"
#include "marketplace.h"
#include "response_reader.h"
#include "scenarios.h"
#include "socket.h"

namespace guildhall::bench {
namespace {

constexpr std::int64_t kCallsPerSecond = 50;
constexpr std::size_t kCallers = 8;
constexpr std::size_t kUploaders = 4;
constexpr std::int64_t kWarmUpUs = 2'000'000;
constexpr std::int64_t kAloneUs = 15'000'000;
constexpr std::int64_t kBesideUs = 20'000'000;
/// What a parser does with a file is one thing, what storing and deleting its bytes costs the database another.
constexpr std::size_t kSmallFileBytesMax = 1024 * 1024;
constexpr double kRatioBar = 1.5;

struct Answer {
  int status = 0;
  std::string body;
};

/// One connection that sends a request and waits for its answer.
class Caller {
 public:
  explicit Caller(std::uint16_t port) : fd_(connect_loopback(port)) {}
  ~Caller() { ::close(fd_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  Answer call(std::string_view request) {
    for (std::size_t sent = 0; sent < request.size();) {
      const ssize_t wrote = ::send(fd_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (wrote <= 0) throw std::runtime_error("connection lost while sending");
      sent += static_cast<std::size_t>(wrote);
    }
    ResponseReader reader;
    std::array<char, 16 * 1024> buffer;
    while (!reader.is_complete()) {
      const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (got <= 0) throw std::runtime_error("connection closed by the server");
      reader.feed({buffer.data(), static_cast<std::size_t>(got)});
      if (reader.is_broken()) throw std::runtime_error("not HTTP");
    }
    return {reader.status(), reader.body()};
  }

 private:
  int fd_;
};

std::string plain_request(std::string_view method, const std::string& path, const std::string& key) {
  return fmt::format("{} {} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\n{}\r\n", method, path, key,
                     method == "GET" ? "" : "Content-Length: 0\r\n");
}

std::string upload_request(const std::string& access, const std::string& key, const std::string& name,
                           const std::string& content) {
  const std::string body = "--edge-of-a-part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name +
                           "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n--edge-of-a-part--\r\n";
  return fmt::format(
             "POST {}/documents HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {}\r\nContent-Type: multipart/form-data; "
             "boundary=edge-of-a-part\r\nContent-Length: {}\r\n\r\n",
             access, key, body.size()) +
         body;
}

std::string access_of(Caller& caller, const std::string& key) {
  const Answer answer = caller.call(plain_request("GET", "/api/v1/access", key));
  const auto list = json::parse_or_refuse(answer.body);
  return "/api/v1/access/" + std::string(json::text_of(json::find_array(list, "results")->at(0), "id"));
}

/// Waits for the document's end; how it ended.
std::string await_document(Caller& caller, const std::string& path, const std::string& key) {
  while (true) {
    const Answer answer = caller.call(plain_request("GET", path, key));
    const std::string status(json::text_of(json::parse_or_refuse(answer.body), "status"));
    if (status == "INDEXED" || status == "FAILED") return status;
    poll(nullptr, 0, 20);
  }
}

/// The help centre of the examples, so that there is something to find.
void teach(const Bench& bench, Caller& caller, const std::string& access, const std::string& key) {
  std::vector<std::string> ids;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(bench.examples + "/helpcentre")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    const Answer answer = caller.call(upload_request(access, key, entry.path().filename().string(), content));
    if (answer.status == 202) ids.emplace_back(json::text_of(json::parse_or_refuse(answer.body), "id"));
  }
  for (const auto& id : ids) await_document(caller, access + "/documents/" + id, key);
}

/// Calls at fixed times, whether earlier ones were answered or not: what waits counts from when it was due.
class SteadyCalls {
 public:
  SteadyCalls(std::uint16_t port, std::vector<std::string> requests, std::int64_t length_us)
      : port_(port), requests_(std::move(requests)), length_us_(length_us), began_us_(monotonic_us()) {}

  LoadResult run() {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kCallers; ++i) threads.emplace_back([this] { work(); });
    for (auto& thread : threads) thread.join();
    result_.seconds = static_cast<double>(length_us_) / 1e6;
    return std::move(result_);
  }

 private:
  void work() {
    Caller caller(port_);
    while (true) {
      const std::int64_t n = next_++;
      const std::int64_t due_us = began_us_ + n * 1'000'000 / kCallsPerSecond;
      if (due_us - began_us_ >= kWarmUpUs + length_us_) return;
      for (std::int64_t left = due_us - monotonic_us(); left > 0; left = due_us - monotonic_us()) {
        const timespec pause{.tv_sec = left / 1'000'000, .tv_nsec = left % 1'000'000 * 1'000};
        ppoll(nullptr, 0, &pause, nullptr);
      }
      const Answer answer = caller.call(requests_[static_cast<std::size_t>(n) % requests_.size()]);
      const std::int64_t took_us = monotonic_us() - due_us;
      const std::lock_guard lock(mutex_);
      if (answer.status != 200)
        ++result_.failures[fmt::format("status {}", answer.status)];
      else if (++result_.answered; due_us - began_us_ >= kWarmUpUs)
        result_.latencies.add(took_us);
    }
  }

  std::uint16_t port_;
  std::vector<std::string> requests_;
  std::int64_t length_us_;
  std::int64_t began_us_;
  std::atomic<std::int64_t> next_{0};
  std::mutex mutex_;
  LoadResult result_;
};

/// Uploads one hostile file after the other, waits for its end and deletes it, on several connections until it is told to stop.
class HostileUploads {
 public:
  HostileUploads(std::uint16_t port, std::string access, std::string key, std::vector<std::string> requests)
      : port_(port), access_(std::move(access)), key_(std::move(key)), requests_(std::move(requests)) {
    for (std::size_t i = 0; i < kUploaders; ++i) threads_.emplace_back([this] { work(); });
  }
  ~HostileUploads() { stop(); }
  HostileUploads(const HostileUploads&) = delete;
  HostileUploads& operator=(const HostileUploads&) = delete;

  void stop() {
    is_over_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }
  std::int64_t ended() const { return ended_; }
  std::int64_t read() const { return read_; }
  std::string failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

 private:
  void work() {
    try {
      Caller caller(port_);
      while (!is_over_) upload(caller, requests_[next_++ % requests_.size()]);
    } catch (const std::exception& failure) {
      const std::lock_guard lock(mutex_);
      failure_ = failure.what();
    }
  }

  void upload(Caller& caller, const std::string& request) {
    const Answer answer = caller.call(request);
    ++ended_;
    if (answer.status == 415) return;
    if (answer.status != 202) throw std::runtime_error(fmt::format("an upload answered {}: {}", answer.status, answer.body));
    const std::string path = access_ + "/documents/" + std::string(json::text_of(json::parse_or_refuse(answer.body), "id"));
    if (await_document(caller, path, key_) == "INDEXED") ++read_;
    caller.call(plain_request("DELETE", path, key_));
  }

  std::uint16_t port_;
  std::string access_;
  std::string key_;
  std::vector<std::string> requests_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::int64_t> ended_{0};
  std::atomic<std::int64_t> read_{0};
  std::atomic<bool> is_over_{false};
  mutable std::mutex mutex_;
  std::string failure_;
  std::vector<std::thread> threads_;
};

LoadResult measure_calls(Report& report, std::uint16_t port, const std::vector<std::string>& requests, std::int64_t length_us) {
  LoadResult result = SteadyCalls(port, requests, length_us).run();
  report_failures(report, "hostile", result.failures);
  return result;
}

std::string both(const LoadResult& result) {
  return fmt::format("{} / {}", duration_text(result.latencies.percentile_us(0.5)),
                     duration_text(result.latencies.percentile_us(0.99)));
}

/// Calls that were answered beside the uploads, and how many files ended meanwhile.
struct Beside {
  LoadResult calls;
  std::int64_t ended = 0;
  std::int64_t read = 0;
};

Beside measure_beside(Report& report, std::uint16_t port, const std::vector<std::string>& requests, const std::string& access,
                      const std::string& key, bool is_large) {
  std::vector<std::string> files;
  for (const auto& file : knowledge::test::hostile_files()) {
    const std::string content = file.make();
    if ((content.size() > kSmallFileBytesMax) == is_large) files.push_back(upload_request(access, key, file.name, content));
  }
  HostileUploads uploads(port, access, key, std::move(files));
  Beside beside;
  beside.calls = measure_calls(report, port, requests, kBesideUs);
  uploads.stop();
  beside.ended = uploads.ended();
  beside.read = uploads.read();
  if (!uploads.failure().empty()) report.fail("hostile", uploads.failure());
  return beside;
}

/// A subscription's first call may be answered from what was known of it before its knowledge base was made.
void await_answers(std::uint16_t port, const std::vector<std::string>& requests) {
  Caller caller(port);
  for (const auto& request : requests)
    while (caller.call(request).status != 200) poll(nullptr, 0, 50);
}

void add_beside(Report& report, const Beside& beside, const LoadResult& before, const LoadResult& after, const char* sizes) {
  const double alone_us = std::max(before.latencies.percentile_us(0.99), after.latencies.percentile_us(0.99));
  const double ratio = beside.calls.latencies.percentile_us(0.99) / alone_us;
  report.add({"hostile", fmt::format("beside {} hostile files {}, 4 at once", beside.ended, sizes), both(beside.calls), "–",
              std::nullopt});
  report.add({"hostile", fmt::format("p99 beside files {}, times the slower alone", sizes), fmt::format("{:.2f}", ratio), "≤ 1.5",
              ratio <= kRatioBar});
}

}  // namespace

void hostile(const Bench& bench, Report& report) {
  const Home home = sqlite_home(bench, "hostile");
  const Marketplace marketplace = make_marketplace(home.database_url, example_flow(bench, "support-agent.json"), 2);
  const auto server = start_server(bench, home);
  const std::uint16_t port = server->port();
  std::vector<std::string> requests;
  std::string attacked;
  {
    Caller caller(port);
    const std::string access = access_of(caller, marketplace.keys[0]);
    attacked = access_of(caller, marketplace.keys[1]);
    teach(bench, caller, access, marketplace.keys[0]);
    const std::string chat = fmt::format("/api/v1/agents/{}/chat", marketplace.agent);
    for (const char* question :
         {"How long does shipping to the islands take?", "Can I return a lamp?", "Who pays the parcel back?"}) {
      requests.push_back(post_request(chat, marketplace.keys[0], fmt::format(R"({{"message":"{}"}})", question)));
      requests.push_back(post_request(access + "/retrieve", marketplace.keys[0], fmt::format(R"({{"query":"{}"}})", question)));
    }
  }
  await_answers(port, requests);
  const LoadResult before = measure_calls(report, port, requests, kAloneUs);
  const Beside small = measure_beside(report, port, requests, attacked, marketplace.keys[1], false);
  const LoadResult between = measure_calls(report, port, requests, kAloneUs);
  const Beside large = measure_beside(report, port, requests, attacked, marketplace.keys[1], true);
  const LoadResult after = measure_calls(report, port, requests, kAloneUs);
  const std::int64_t resident = server->resident_bytes();
  server->stop();
  report.add({"hostile", "chat and retrieve at 50/s alone, p50 / p99", both(before), "–", std::nullopt});
  add_beside(report, small, before, between, "up to 1 MiB");
  report.add({"hostile", "alone again", both(between), "–", std::nullopt});
  add_beside(report, large, between, after, "above 1 MiB");
  report.add({"hostile", "alone at the end", both(after), "–", std::nullopt});
  report.add(
      {"hostile", "of the files, read after all", count_text(static_cast<double>(small.read + large.read)), "–", std::nullopt});
  report.add({"hostile", "resident memory after them", bytes_text(static_cast<double>(resident)), "–", std::nullopt});
}

}  // namespace guildhall::bench
