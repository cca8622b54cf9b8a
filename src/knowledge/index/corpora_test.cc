// Retrieval measured: the repository's own help centre, and the shared corpora where they are present.
#include <doctest/doctest.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "base/json.h"
#include "base/text.h"
#include "index/chunk_terms.h"
#include "index/index.h"
#include "knowledge/language.h"
#include "support/databases.h"
#include "test_base.h"

namespace guildhall::knowledge {
namespace {

using namespace test;

struct Asked {
  std::string language;
  std::string query;
  std::string file;
  std::string expected;
};

std::vector<Asked> read_questions(const std::filesystem::path& file) {
  std::vector<Asked> questions;
  const std::string content = read_file(file);
  for (const std::string_view line : split(content, '\n')) {
    const auto columns = split(line, '\t');
    if (columns.size() != 4 || columns[0] == "language") continue;
    questions.push_back({std::string(columns[0]), std::string(columns[1]), std::string(columns[2]), std::string(columns[3])});
  }
  return questions;
}

/// Rank from 1, or 0 when it is not among the results.
struct Measured {
  std::size_t queries = 0;
  std::size_t at_1 = 0;
  std::size_t at_5 = 0;
  double gain = 0;

  void add(std::size_t rank) {
    ++queries;
    at_1 += rank == 1 ? 1 : 0;
    at_5 += rank >= 1 && rank <= 5 ? 1 : 0;
    if (rank >= 1 && rank <= 10) gain += 1 / std::log2(static_cast<double>(rank) + 1);
  }
  double share(std::size_t count) const {
    return static_cast<double>(count) / static_cast<double>(std::max<std::size_t>(queries, 1));
  }
  void print(const char* name) const {
    std::printf("%s: %zu queries, hit@1 %.3f, hit@5 %.3f, nDCG@10 %.3f\n", name, queries, share(at_1), share(at_5),
                gain / static_cast<double>(std::max<std::size_t>(queries, 1)));
  }
};

/// What front matter and headings hold is left out: queries are headings.
std::string without_headings(const std::string& page) {
  std::string out;
  std::size_t number = 0;
  bool in_front = false;
  bool in_code = false;
  for (const std::string_view line : split(page, '\n')) {
    if (number++ == 0 && line == "---") {
      in_front = true;
      continue;
    }
    if (in_front) {
      in_front = line != "---";
      continue;
    }
    if (trimmed(line).starts_with("```")) in_code = !in_code;
    if (!in_code && line.starts_with("#")) continue;
    (out += line) += '\n';
  }
  return out;
}

}  // namespace

TEST_CASE("the sample help centre answers its questions: hit@1 at least 0.8, hit@5 at least 0.95") {
  const std::filesystem::path folder = source_folder() / "examples" / "helpcentre";
  guildhall::test::for_each_database([&](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    std::map<std::string, DocumentId> documents;
    for (const char* language : {"en", "de", "es"}) {
      for (const auto& entry : std::filesystem::directory_iterator(folder / language)) {
        const std::string name = std::string(language) + "/" + entry.path().filename().string();
        const Document document = add_indexed(database, scope, base, entry.path().filename().string(), read_file(entry.path()));
        INFO(name);
        REQUIRE(document.state == DocumentState::indexed);
        CHECK(document.language == language);
        documents[name] = document.id;
      }
    }
    Indexes indexes;
    Measured measured;
    for (const Asked& question : read_questions(source_folder() / "examples" / "questions" / "visitors.tsv")) {
      const Retrieved found = ask(database, indexes, scope, base, question.query);
      std::size_t rank = 0;
      for (std::size_t i = 0; i < found.passages.size() && rank == 0; ++i) {
        const Passage& passage = found.passages[i];
        if (passage.document == documents.at(question.language + "/" + question.file) &&
            (passage.text.find(question.expected) != std::string::npos ||
             join(passage.heading_path, "\n").find(question.expected) != std::string::npos)) {
          rank = i + 1;
        }
      }
      measured.add(rank);
      if (rank != 1) {
        std::printf("  rank %zu: [%s as %s] %s\n", rank, question.language.c_str(), found.language.c_str(),
                    question.query.c_str());
      }
    }
    measured.print("helpcentre");
    CHECK(measured.queries >= 40);
    CHECK(measured.share(measured.at_1) >= 0.8);
    CHECK(measured.share(measured.at_5) >= 0.95);
  });
}

TEST_CASE("hexo-docs/en pages are found by the headings they lost") {
  const std::filesystem::path folder = corpus_folder("hexo-docs");
  if (folder.empty()) {
    std::printf("skipped: hexo-docs is not present\n");
    return;
  }
  ManualClock clock(guildhall::test::kStart);
  const auto database = store::open_database({.url = "sqlite::memory:", .clock = &clock});
  store::migrate(*database);
  const Scope scope = new_organization();
  const KnowledgeBaseId base = new_base(*database, scope);
  std::map<DocumentId, std::string> pages;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "en")) {
    const std::string name = entry.path().filename().string();
    // The name is the page's name in the gold standard; it must not help to find it.
    pages[add_indexed(*database, scope, base, "page.md", without_headings(read_file(entry.path()))).id] = name;
  }
  Indexes indexes;
  Measured measured;
  const std::string queries = read_file(folder / "queries.tsv");
  for (const std::string_view line : split(queries, '\n')) {
    const auto columns = split(line, '\t');
    if (columns.size() != 5 || columns[0] != "en") continue;
    std::vector<std::string> ranked;
    std::set<std::string> seen;
    for (const Passage& passage : ask(*database, indexes, scope, base, std::string(trimmed(columns[4])), 20).passages) {
      if (seen.insert(pages.at(passage.document)).second) ranked.push_back(pages.at(passage.document));
    }
    const auto found = std::find(ranked.begin(), ranked.end(), columns[1]);
    measured.add(found == ranked.end() ? 0 : static_cast<std::size_t>(found - ranked.begin()) + 1);
  }
  measured.print("hexo-docs/en pages");
  CHECK(measured.queries == 178);
}

TEST_CASE("xquad paragraphs are found by their questions") {
  const std::filesystem::path folder = corpus_folder("xquad");
  if (folder.empty()) {
    std::printf("skipped: xquad is not present\n");
    return;
  }
  for (const std::string language : {"en", "de", "es", "ar", "zh"}) {
    BaseIndex index;
    std::vector<std::pair<std::string, std::uint32_t>> questions;
    const json::Value corpus = json::parse_or_refuse(read_file(folder / ("xquad." + language + ".json")));
    std::uint32_t number = 0;
    const std::vector<std::string> no_path;
    for (const json::Value& article : *json::find_array(corpus, "data")) {
      for (const json::Value& paragraph : *json::find_array(article, "paragraphs")) {
        IndexEntry entry;
        entry.chunk.uuid.bytes[14] = static_cast<std::uint8_t>(number >> 8);
        entry.chunk.uuid.bytes[15] = static_cast<std::uint8_t>(number & 0xFF);
        entry.language = language;
        index.add(entry, terms_of({"", no_path, "", json::text_of(paragraph, "context"), language}));
        for (const json::Value& qa : *json::find_array(paragraph, "qas"))
          questions.emplace_back(json::text_of(qa, "question"), number);
        ++number;
      }
    }
    index.finish();
    Measured measured;
    std::size_t detected = 0;
    for (const auto& [question, gold] : questions) {
      const std::string query_language = detect_language(question);
      detected += query_language == language ? 1 : 0;
      const auto hits = index.search({question, query_language, 10});
      std::size_t rank = 0;
      for (std::size_t i = 0; i < hits.size() && rank == 0; ++i) rank = hits[i].entry == gold ? i + 1 : 0;
      measured.add(rank);
    }
    measured.print(("xquad " + language).c_str());
    std::printf("  language detected: %.3f\n", measured.share(detected));
    CHECK(measured.queries == 1190);
  }
}

TEST_CASE("a query over many chunks is fast") {
#ifdef __OPTIMIZE__
  constexpr std::uint32_t kChunks = 100'000;
#else
  constexpr std::uint32_t kChunks = 10'000;
#endif
  BaseIndex index;
  std::uint64_t seed = 42;
  const auto next = [&] {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(seed >> 11) / 9007199254740992.0;
  };
  // Words by Zipf's law, as in language: a few are everywhere.
  const auto word = [&] { return static_cast<std::uint32_t>(std::pow(30'000.0, next())); };
  for (std::uint32_t i = 0; i < kChunks; ++i) {
    std::map<std::uint32_t, std::uint32_t> counts;
    for (int j = 0; j < 120; ++j) ++counts[word()];
    ChunkTerms terms;
    for (const auto& [term, count] : counts) terms.own.terms.push_back({"w" + std::to_string(term), count});
    terms.own.length = 120;
    terms.universal = terms.own;
    IndexEntry entry;
    entry.chunk = ChunkId::random();
    entry.language = "en";
    index.add(entry, terms);
  }
  index.finish();
  std::vector<std::int64_t> times_us;
  for (int i = 0; i < 200; ++i) {
    std::string query;
    for (int j = 0; j < 8; ++j) query += "w" + std::to_string(word()) + " ";
    const std::int64_t begin = monotonic_us();
    CHECK(index.search({query, "en", 100}).size() <= 100);
    times_us.push_back(monotonic_us() - begin);
  }
  std::sort(times_us.begin(), times_us.end());
  const IndexBytes bytes = index.bytes_by_part();
  std::printf("search in %u chunks: p50 %lld us, p95 %lld us; %.1f MB: entries %.1f, own fields %.1f, universal field %.1f\n",
              kChunks, static_cast<long long>(times_us[100]), static_cast<long long>(times_us[190]),
              static_cast<double>(bytes.total()) / 1e6, static_cast<double>(bytes.entries) / 1e6,
              static_cast<double>(bytes.own_fields) / 1e6, static_cast<double>(bytes.universal_field) / 1e6);
}

}  // namespace guildhall::knowledge
