// Indexing and asking a knowledge base of 100,000 chunks, made of real sentences in a fixed random order.
#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <thread>

#include "base/text.h"
#include "knowledge.h"
#include "knowledge/language.h"
#include "knowledge_room.h"
#include "latencies.h"

namespace guildhall::bench {
namespace {

constexpr std::size_t kChunks = 100'000;
constexpr std::size_t kChunksPerDocument = 50;
constexpr std::size_t kSentencesPerChunk = 5;
constexpr std::size_t kQueries = 10'000;
constexpr std::size_t kAskers = 4;
constexpr double kLatencyBarUs = 20'000;
constexpr std::size_t kIndexBytesBar = 200'000'000;
constexpr std::size_t kUpdates = 9;
constexpr double kUpdateBarUs = 300'000;
constexpr std::size_t kSmallChunks = 2'000;
constexpr double kSmallUpdateBarUs = 10'000;

double resident_bytes() {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) * 1024;
  }
  return 0;
}

std::vector<std::string> sentences_of(const RetrievalSet& set) {
  std::vector<std::string> sentences;
  for (const KnowledgeText& text : set.texts) {
    for (const knowledge::Span& span : knowledge::sentences(text.text, "en"))
      sentences.push_back(text.text.substr(span.begin, span.end - span.begin));
  }
  return sentences;
}

/// Sections of five sentences under headings, so that each becomes one chunk.
std::string random_document(const std::vector<std::string>& sentences, std::mt19937_64& random) {
  std::string text;
  for (std::size_t section = 0; section < kChunksPerDocument; ++section) {
    text += fmt::format("## Section {}\n\n", random() % 1'000'000);
    std::size_t words = 0;
    for (std::size_t i = 0; i < kSentencesPerChunk || words < 80; ++i) {
      const std::string& sentence = sentences[random() % sentences.size()];
      (text += sentence) += ' ';
      words += static_cast<std::size_t>(knowledge::text_tokens(sentence));
    }
    text += "\n\n";
  }
  return text;
}

struct Asking {
  std::vector<std::int64_t> times_us;
  std::int64_t took_us = 0;
  std::int64_t cpu_us = 0;
};

/// User and system time of this process.
std::int64_t used_cpu_us() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

Asking ask_all(const KnowledgeRoom& room, const std::vector<std::string>& queries) {
  Asking asking;
  asking.times_us.resize(kQueries);
  std::atomic<std::size_t> next = 0;
  const std::int64_t began = monotonic_us();
  const std::int64_t cpu_began = used_cpu_us();
  std::vector<std::thread> askers;
  for (std::size_t i = 0; i < kAskers; ++i) {
    askers.emplace_back([&] {
      for (std::size_t n = next++; n < kQueries; n = next++) {
        const std::int64_t begin = monotonic_us();
        room.ask(queries[n % queries.size()], 5);
        asking.times_us[n] = monotonic_us() - begin;
      }
    });
  }
  for (std::thread& asker : askers) asker.join();
  asking.took_us = monotonic_us() - began;
  asking.cpu_us = used_cpu_us() - cpu_began;
  std::sort(asking.times_us.begin(), asking.times_us.end());
  return asking;
}

std::string at_percentile(const Asking& asking, std::size_t percent) {
  return duration_text(static_cast<double>(asking.times_us[std::min(kQueries * percent / 100, kQueries - 1)]));
}

using AddFigure =
    std::function<void(const std::string& what, const std::string& measured, const std::string& bar, std::optional<bool> is_met)>;

double first_question_us(const KnowledgeRoom& room, const std::string& query) {
  const std::int64_t asked = monotonic_us();
  room.ask(query, 5);
  return static_cast<double>(monotonic_us() - asked);
}

/// One document of 50 chunks is replaced, then asked about, again and again.
void measure_updates(KnowledgeRoom& room, const std::vector<std::string>& sentences, const std::string& query,
                     std::mt19937_64& random, double bar_us, const std::string& of, const AddFigure& add) {
  std::vector<double> updates_us;
  for (std::size_t i = 0; i < kUpdates; ++i) {
    room.replace(i, {random_document(sentences, random), "_.md", "en"});
    updates_us.push_back(first_question_us(room, query));
  }
  std::sort(updates_us.begin(), updates_us.end());
  const double median_us = updates_us[kUpdates / 2];
  add("first question after a document of 50 chunks was replaced, " + of + ", median of 9", duration_text(median_us),
      "< " + duration_text(bar_us), median_us < bar_us);
}

void measure_small_base(const std::vector<std::string>& sentences, const std::string& query, std::mt19937_64& random,
                        const AddFigure& add) {
  KnowledgeRoom room;
  for (std::size_t i = 0; i < kSmallChunks / kChunksPerDocument; ++i)
    room.add({random_document(sentences, random), "_.md", "en"});
  room.ask(query, 5);
  measure_updates(room, sentences, query, random, kSmallUpdateBarUs, "of 2,000", add);
}

void measure_index(const KnowledgeRoom& room, const std::string& query, const AddFigure& add) {
  const double resident_before = resident_bytes();
  add("first question: the index is built from its chunks", duration_text(first_question_us(room, query)), "–", {});
  add("memory of the index, as counted / as resident memory grew",
      bytes_text(static_cast<double>(room.index_bytes())) + " / " + bytes_text(resident_bytes() - resident_before), "< 200 MB",
      room.index_bytes() < kIndexBytesBar);
}

void measure_questions(const KnowledgeRoom& room, const std::vector<std::string>& queries, const AddFigure& add) {
  const Asking asking = ask_all(room, queries);
  const auto p95 = static_cast<double>(asking.times_us[kQueries * 95 / 100]);
  add("A11 10,000 questions, 4 at once, p50 / p95 / p99",
      at_percentile(asking, 50) + " / " + at_percentile(asking, 95) + " / " + at_percentile(asking, 99), "p95 < 20 ms",
      p95 < kLatencyBarUs);
  add("CPU time a question", duration_text(static_cast<double>(asking.cpu_us) / kQueries), "–", {});
  add("questions per second", count_text(kQueries * 1e6 / static_cast<double>(asking.took_us)), "–", {});
  add("resident memory of the process", bytes_text(resident_bytes()), "–", {});
}

}  // namespace

void measure_speed(const Bench& bench, Report& report, KnowledgePage& page) {
  const auto folder = corpus_folder("scifact");
  if (!folder) {
    std::printf("skipped: scifact (the corpus is not present)\n");
    return;
  }
  const RetrievalSet set = scifact_set(*folder);
  page.text += "\n### Speed\n\n| Figure | Measured | Bar |\n|---|---|---|\n";
  const AddFigure add = [&](const std::string& what, const std::string& measured, const std::string& bar,
                            std::optional<bool> is_met) {
    page.text += fmt::format("| {} | {} | {} |\n", what, measured, bar);
    report.add({"speed", what, measured, bar, is_met});
  };
  std::int64_t began = monotonic_us();
  {
    KnowledgeRoom room("sqlite:" + bench.folder + "/scifact.db");
    room.add_all(set.texts, kAskers);
    const auto took = static_cast<double>(monotonic_us() - began);
    add("A12 scifact uploaded and indexed, 5,183 documents, 4 at once", duration_text(took), "< 30 s", took < 30e6);
  }
  const std::vector<std::string> sentences = sentences_of(set);
  std::mt19937_64 random(20260101);
  KnowledgeRoom room("sqlite:" + bench.folder + "/large.db");
  std::size_t bytes = 0;
  began = monotonic_us();
  for (std::size_t i = 0; i < kChunks / kChunksPerDocument; ++i) {
    const std::string text = random_document(sentences, random);
    bytes += text.size();
    room.add({text, "_.md", "en"});
  }
  const auto indexing_us = static_cast<double>(monotonic_us() - began);
  add("indexing 100,000 chunks, one thread", fmt::format("{:.1f} MB/s", static_cast<double>(bytes) / indexing_us), "–", {});
  std::vector<std::string> queries;
  for (const KnowledgeQuery& query : set.queries) queries.push_back(query.text);
  measure_index(room, queries.front(), add);
  measure_updates(room, sentences, queries.front(), random, kUpdateBarUs, "of 100,000", add);
  measure_small_base(sentences, queries.front(), random, add);
  measure_questions(room, queries, add);
}

}  // namespace guildhall::bench
