// Uploading to a real server and waiting until it has indexed (contracts/support-partner.md §9, row A12).
#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <stdexcept>
#include <thread>

#include "base/json.h"
#include "base/time.h"
#include "knowledge_sets.h"
#include "latencies.h"
#include "marketplace.h"
#include "response_reader.h"
#include "scenarios.h"
#include "socket.h"

namespace guildhall::bench {
namespace {

constexpr std::size_t kUploaders = 4;
constexpr std::size_t kPages = 380;
constexpr std::size_t kLargeUploads = 20;
constexpr std::size_t kLargeBytes = 1'000'000;
constexpr double kScifactBarUs = 30e6;
constexpr double kPagesBarUs = 10e6;
constexpr double kLargeBarUs = 3e6;
constexpr std::int64_t kPatienceUs = 120'000'000;

/// One customer's documents over one connection. Not thread-safe.
class Uploader {
 public:
  Uploader(std::uint16_t port, const KnowledgeCustomer& customer)
      : fd_(connect_loopback(port)),
        path_("/api/v1/access/" + customer.subscription + "/documents"),
        authorization_("Authorization: Bearer " + customer.key + "\r\n") {}
  ~Uploader() { ::close(fd_); }
  Uploader(const Uploader&) = delete;
  Uploader& operator=(const Uploader&) = delete;

  std::string upload(const std::string& filename, const std::string& text) {
    const std::string body = fmt::format(
        "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: text/markdown\r\n\r\n{}\r\n"
        "--part--\r\n",
        filename, text);
    const json::Value answer =
        exchange(fmt::format("POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}Content-Type: multipart/form-data; boundary=part\r\n"
                             "Content-Length: {}\r\n\r\n{}",
                             path_, authorization_, body.size(), body),
                 202);
    return std::string(json::text_of(answer, "id"));
  }

  void await_indexed(const std::string& document) {
    const std::string request = fmt::format("GET {}/{} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n", path_, document, authorization_);
    const std::int64_t began = monotonic_us();
    while (true) {
      const json::Value answer = exchange(request, 200);
      const std::string_view status = json::text_of(answer, "status");
      if (status == "INDEXED") return;
      if (status == "FAILED") throw std::runtime_error("a document failed: " + json::write(answer));
      if (monotonic_us() - began > kPatienceUs) throw std::runtime_error("a document was not indexed in time");
      ::poll(nullptr, 0, 10);
    }
  }

 private:
  json::Value exchange(const std::string& request, int status) {
    for (std::size_t sent = 0; sent < request.size();) {
      const ssize_t n = ::send(fd_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) throw std::runtime_error("the server closed the connection");
      sent += static_cast<std::size_t>(n);
    }
    reader_.reset();
    std::array<char, 16'384> buffer{};
    while (!reader_.is_complete()) {
      const ssize_t n = ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (n <= 0 || reader_.is_broken()) throw std::runtime_error("the server sent no answer");
      reader_.feed({buffer.data(), static_cast<std::size_t>(n)});
    }
    if (reader_.status() != status) throw std::runtime_error(fmt::format("status {}: {}", reader_.status(), reader_.body()));
    return json::parse_or_refuse(reader_.body());
  }

  const int fd_;
  const std::string path_;
  const std::string authorization_;
  ResponseReader reader_;
};

/// From the first upload to the last document INDEXED.
double index_all_us(std::uint16_t port, const KnowledgeCustomer& customer, const std::vector<KnowledgeText>& texts) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::string> failures(kUploaders);
  std::vector<std::thread> threads;
  const std::int64_t began = monotonic_us();
  for (std::size_t i = 0; i < kUploaders; ++i) {
    threads.emplace_back([&, i] {
      try {
        Uploader uploader(port, customer);
        std::vector<std::string> documents;
        for (std::size_t n = next++; n < texts.size(); n = next++)
          documents.push_back(uploader.upload(fmt::format("{}-{}", n, texts[n].filename), texts[n].text));
        for (const std::string& document : documents) uploader.await_indexed(document);
      } catch (const std::exception& failure) {
        failures[i] = failure.what();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& failure : failures) {
    if (!failure.empty()) throw std::runtime_error(failure);
  }
  return static_cast<double>(monotonic_us() - began);
}

/// Markdown of about a megabyte, another one each time.
std::string large_text(const RetrievalSet& set, std::size_t number) {
  std::string text;
  for (std::size_t i = number * 997; text.size() < kLargeBytes; ++i) {
    text += fmt::format("## Abstract {}\n\n", i);
    (text += set.texts[i % set.texts.size()].text) += "\n\n";
  }
  return text;
}

std::vector<KnowledgeText> help_pages() {
  std::vector<KnowledgeText> pages;
  for (const char* name : {"hexo-docs", "dify-docs"}) {
    const auto folder = corpus_folder(name);
    if (!folder) continue;
    for (const RetrievalSet& set : help_centre_sets(*folder, name)) {
      if (set.is_pool()) pages.insert(pages.end(), set.texts.begin(), set.texts.end());
    }
  }
  if (pages.size() > kPages) pages.resize(kPages);
  return pages;
}

}  // namespace

void knowledge_server(const Bench& bench, Report& report) {
  const std::string name = "knowledge-server";
  const auto folder = corpus_folder("scifact");
  const std::vector<KnowledgeText> pages = help_pages();
  if (!folder || pages.size() < kPages) {
    std::printf("skipped: A12 over the API (the corpora scifact, hexo-docs and dify-docs are not all present)\n");
    return;
  }
  const Home home = sqlite_home(bench, name);
  const std::vector<KnowledgeCustomer> customers =
      make_knowledge_customers(home.database_url, example_flow(bench, "passthrough.json"), 3);
  const auto server = start_server(bench, home);
  const auto add = [&](const std::string& what, double us, const std::string& bar, double bar_us) {
    report.add({name, what, duration_text(us), bar, us < bar_us});
  };
  const RetrievalSet set = scifact_set(*folder);
  add("A12 380 Markdown pages, uploaded and indexed", index_all_us(server->port(), customers[0], pages), "< 10 s", kPagesBarUs);
  Latencies latencies;
  Uploader uploader(server->port(), customers[1]);
  for (std::size_t i = 0; i < kLargeUploads; ++i) {
    const std::string text = large_text(set, i);
    const std::int64_t began = monotonic_us();
    uploader.await_indexed(uploader.upload("large.md", text));
    latencies.add(monotonic_us() - began);
  }
  add("A12 1 MB from upload to INDEXED, p95 of 20", latencies.percentile_us(0.95), "< 3 s", kLargeBarUs);
  add("A12 scifact, 5,183 documents, 4 at once, uploaded and indexed", index_all_us(server->port(), customers[2], set.texts),
      "< 30 s", kScifactBarUs);
  report.add({name, "server's resident memory after", bytes_text(static_cast<double>(server->resident_bytes())), "–", {}});
}

}  // namespace guildhall::bench
