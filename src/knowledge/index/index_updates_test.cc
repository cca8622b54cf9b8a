// An index brought up to date equals one built afresh, whatever happened before (contracts/support-partner.md §2.8, row A13).
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "document_rows.h"
#include "index/build_index.h"
#include "index/index_cache.h"
#include "knowledge/pairs.h"
#include "support/databases.h"
#include "test_base.h"

namespace guildhall::knowledge {
namespace {

using guildhall::test::for_each_database;
using namespace test;

using Random = std::mt19937_64;

const std::string& one_of(const std::vector<std::string>& choices, Random& random) {
  return choices[random() % choices.size()];
}

const std::vector<std::string>& german_parts() {
  static const std::vector<std::string> parts = {"garten", "haus",         "schlüssel", "blumen",   "vase",
                                                 "karten", "versicherung", "kranken",   "geschenk", "gutschein",
                                                 "wasser", "leitung",      "tür",       "fenster"};
  return parts;
}

/// Words that come together in ever new compounds, whose parts come and go with other documents.
std::string german_word(Random& random) {
  const std::vector<std::string> links = {"", "", "s", "n", "en"};
  std::string word = one_of(german_parts(), random);
  while (random() % 3 != 0 && word.size() < 30) word += one_of(links, random) + one_of(german_parts(), random);
  word[0] = static_cast<char>(word[0] - 'a' + 'A');
  return word;
}

std::string english_word(Random& random) {
  static const std::vector<std::string> words = {"tent",    "kettle", "return", "refund",       "bicycle", "mountain", "parcel",
                                                 "invoice", "garden", "winter", "sleeping bag", "lantern", "warranty", "deposit"};
  return one_of(words, random);
}

std::string chinese_word(Random& random) {
  static const std::vector<std::string> words = {"帐篷", "退款", "自行车", "发票", "花园",
                                                 "冬天", "睡袋", "保修",   "押金", "包裹"};
  return one_of(words, random);
}

std::string sentence(Random& random) {
  const std::string number = std::to_string(random() % 50);
  switch (random() % 6) {
    case 0: return "The " + english_word(random) + " and the " + english_word(random) + " are checked after " + number + " days.";
    case 1:
      return "You can send the " + english_word(random) + " back to our shop without paying for the " + english_word(random) +
             ".";
    case 2: return "Bitte bringen Sie den " + german_word(random) + " mit der " + german_word(random) + " zu uns zurück.";
    case 3:
      return "Jeder " + german_word(random) + " wird nach " + number + " Tagen von der " + german_word(random) + " geprüft.";
    case 4: return "如果您的" + chinese_word(random) + "和" + chinese_word(random) + "有问题，请在" + number + "天内联系我们。";
    default: return "El cliente puede devolver la tienda de campaña y la bicicleta en " + number + " días sin pagar nada más.";
  }
}

/// Mostly of one language, in one to many chunks, now and then with the title of another document.
std::string document_text(Random& random) {
  std::string text = "# " + (random() % 2 == 0 ? english_word(random) : german_word(random)) + "\n\n";
  const std::uint64_t sections = 1 + random() % 3;
  for (std::uint64_t i = 0; i < sections; ++i) {
    text += "## " + german_word(random) + "\n\n";
    const std::uint64_t sentences = 1 + random() % 16;
    for (std::uint64_t j = 0; j < sentences; ++j) text += sentence(random) + " ";
    text += "\n\n";
  }
  return text;
}

std::vector<LexicalQuery> queries(std::vector<std::string>& texts, Random& random) {
  static const std::vector<std::string> languages = {"en", "de", "zh", "es", "und", "de"};
  texts.clear();
  for (int i = 0; i < 8; ++i) {
    std::string text = random() % 2 == 0 ? sentence(random) : german_word(random) + " " + english_word(random);
    if (random() % 4 == 0) text = chinese_word(random);
    texts.push_back(std::move(text));
  }
  std::vector<LexicalQuery> asked;
  for (const std::string& text : texts) asked.push_back({text, one_of(languages, random), 1'000'000});
  return asked;
}

/// One knowledge base under a random sequence of updates.
struct Sequence {
  store::Database& database;
  Scope scope;
  KnowledgeBaseId base;
  Random random;
  std::vector<DocumentId> files;
  std::vector<DocumentId> pairs;

  void index(DocumentId document) { test::index_document(database, scope.organization, document); }

  void add_file() {
    files.push_back(add(database, scope, base, "file" + std::to_string(random() % 5) + ".md", document_text(random)).id);
    if (random() % 8 != 0) index(files.back());  // else it waits, PENDING
  }

  void replace_file() {
    const DocumentId document = files[random() % files.size()];
    database.write([&](store::Tx& tx) {
      replace_content(tx, scope.organization, document, {document_text(random), "text/markdown", "file.md", true});
    });
    if (random() % 8 != 0) index(document);
  }

  void delete_one(std::vector<DocumentId>& documents) {
    const std::size_t at = random() % documents.size();
    database.write([&](store::Tx& tx) { delete_document(scope, tx, base, documents[at]); });
    documents.erase(documents.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void add_pair() {
    const QuestionAnswer pair{"What about the " + english_word(random) + "?", sentence(random), {}};
    pairs.push_back(database.write([&](store::Tx& tx) { return add_question_answer(scope, tx, base, pair); }).id);
    index(pairs.back());
  }

  void change_settings() {
    const BaseSettings settings{256 + 64 * static_cast<std::int64_t>(random() % 4), static_cast<std::int64_t>(random() % 60)};
    database.write([&](store::Tx& tx) { retrain(scope, tx, base, settings); });
    // Some are indexed with the new settings, some have still the chunks of the old.
    for (const DocumentId document : files) {
      if (random() % 4 != 0) index(document);
    }
  }

  void step() {
    const std::uint64_t kind = random() % 10;
    if (kind < 4 || files.empty()) return add_file();
    if (kind < 7) return replace_file();
    if (kind == 7) return delete_one(files);
    if (kind == 8) return random() % 3 == 0 && !pairs.empty() ? delete_one(pairs) : add_pair();
    change_settings();
  }
};

bool same_hits(const BaseIndex& a, const BaseIndex& b, const LexicalQuery& query) {
  const std::vector<Hit> of_a = a.search(query);
  const std::vector<Hit> of_b = b.search(query);
  if (of_a.size() != of_b.size()) return false;
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    if (a.entry(of_a[i].entry).chunk != b.entry(of_b[i].entry).chunk || of_a[i].score != of_b[i].score ||
        of_a[i].evidence != of_b[i].evidence)
      return false;
  }
  return true;
}

bool same_passages(const Retrieved& a, const Retrieved& b) {
  return a.snapshot == b.snapshot && a.language == b.language &&
         std::equal(a.passages.begin(), a.passages.end(), b.passages.begin(), b.passages.end(),
                    [](const Passage& x, const Passage& y) {
                      return x.chunk == y.chunk && x.score == y.score && x.text == y.text && x.evidence == y.evidence;
                    });
}

struct Equality {
  int compared = 0;
  int different = 0;
  int found = 0;  ///< hits, so that an empty comparison would show
};

/// Compares the index that has followed the updates, the one of an earlier snapshot brought up to date, and a fresh one.
void compare(Sequence& sequence, Indexes& kept, std::shared_ptr<const BaseIndex>& followed, Equality& equality) {
  std::vector<std::string> texts;
  const std::vector<LexicalQuery> asked = queries(texts, sequence.random);
  sequence.database.read([&](store::Tx& tx) {
    const auto fresh = build_index(tx, sequence.scope.organization, sequence.base, nullptr);
    followed = build_index(tx, sequence.scope.organization, sequence.base, followed);
    equality.different += followed->size() == fresh->size() && followed->documents() == fresh->documents() ? 0 : 1;
    for (const LexicalQuery& query : asked) {
      ++equality.compared;
      equality.different += same_hits(*followed, *fresh, query) ? 0 : 1;
      equality.found += static_cast<int>(fresh->search(query).size());
    }
  });
  Indexes fresh;
  const Retrieved expected = ask(sequence.database, fresh, sequence.scope, sequence.base, texts.front(), 20);
  equality.different +=
      same_passages(ask(sequence.database, kept, sequence.scope, sequence.base, texts.front(), 20), expected) ? 0 : 1;
}

/// GUILDHALL_UPDATE_SEQUENCES: how many there are; the bar of row A13 is 1,000.
int sequences_wanted() {
  const char* value = std::getenv("GUILDHALL_UPDATE_SEQUENCES");
  return value == nullptr ? 25 : std::atoi(value);
}

std::uint64_t first_seed() {
  const char* value = std::getenv("GUILDHALL_SEED");
  return value == nullptr ? std::random_device{}() : std::strtoull(value, nullptr, 10);
}

}  // namespace

TEST_CASE("after any sequence of updates the results equal those of a fresh index") {
  for_each_database([](store::Database& database, ManualClock& clock) {
    const std::uint64_t seed = first_seed();
    const int sequences = sequences_wanted();
    Equality equality;
    for (int i = 0; i < sequences; ++i) {
      Sequence sequence{database, new_organization(), {}, Random(seed + static_cast<std::uint64_t>(i)), {}, {}};
      sequence.base = new_base(database, sequence.scope);
      sequence.database.write([&](store::Tx& tx) { retrain(sequence.scope, tx, sequence.base, {256, 20}); });
      Indexes kept;
      std::shared_ptr<const BaseIndex> followed;
      for (int j = 0; j < 4; ++j) sequence.add_file();
      const std::uint64_t steps = 4 + sequence.random() % 8;
      const int before = equality.different;
      for (std::uint64_t step = 0; step < steps; ++step) {
        for (std::uint64_t n = 1 + sequence.random() % 3; n > 0; --n) sequence.step();
        clock.advance(1'000'000);
        compare(sequence, kept, followed, equality);
      }
      CHECK_MESSAGE(equality.different == before, "GUILDHALL_SEED=", seed + static_cast<std::uint64_t>(i));
    }
    std::printf("%d sequences from seed %llu: %d comparisons, %d hits, %d different\n", sequences,
                static_cast<unsigned long long>(seed), equality.compared, equality.found, equality.different);
    CHECK(equality.different == 0);
    CHECK(equality.found > equality.compared);
  });
}

TEST_CASE("an index of a newer snapshot serves to build that of an older one") {
  for_each_database([](store::Database& database, ManualClock&) {
    Sequence sequence{database, new_organization(), {}, Random(7), {}, {}};
    sequence.base = new_base(database, sequence.scope);
    for (int i = 0; i < 6; ++i) sequence.add_file();
    const auto build = [&](store::Tx& tx, std::shared_ptr<const BaseIndex> other) {
      return build_index(tx, sequence.scope.organization, sequence.base, std::move(other));
    };
    database.read([&](store::Tx& before) {
      const auto older = build(before, nullptr);
      std::shared_ptr<const BaseIndex> newer;
      std::thread([&] {
        sequence.replace_file();
        sequence.delete_one(sequence.files);
        newer = database.read([&](store::Tx& tx) { return build(tx, older); });
      }).join();
      const auto back = build(before, newer);
      std::vector<std::string> texts;
      for (const LexicalQuery& query : queries(texts, sequence.random)) CHECK(same_hits(*back, *older, query));
    });
  });
}

namespace {

/// Generations of two documents each, switched in one transaction. Every chunk names its generation.
struct Generations {
  store::Database& database;
  Scope scope;
  KnowledgeBaseId base;
  KnowledgeBaseId staging;
  std::vector<DocumentId> current;

  static std::string text(int generation, int document) {
    std::string text = "# Guide\n\n";
    for (int section = 0; section < 3; ++section) {
      text += "## Part\n\n";
      for (int i = 0; i < 12; ++i) {
        text += "A common sentence of part" + std::to_string(document * 10 + section) + " in generation" +
                std::to_string(generation) + " says " + std::to_string(i) + ". ";
      }
      text += "\n\n";
    }
    return text;
  }

  void switch_to(int generation) {
    std::vector<DocumentId> next;
    for (int i = 0; i < 2; ++i) {
      next.push_back(add(database, scope, staging, "guide.md", text(generation, i)).id);
      test::index_document(database, scope.organization, next.back());
    }
    database.write([&](store::Tx& tx) {
      for (const DocumentId document : current) erase_document(tx, scope.organization, base, document);
      for (const DocumentId document : next) {
        for (const char* table : {"knowledge_chunk SET base_id = $2 WHERE organization_id = $1 AND document_id = $3",
                                  "knowledge_document SET base_id = $2 WHERE organization_id = $1 AND id = $3"})
          tx.execute(std::string("UPDATE ") + table, {scope.organization, base, document});
        move_snapshot(tx, scope.organization, base, document);
      }
    });
    current = next;
  }
};

std::set<std::string> generations_of(const Retrieved& retrieved) {
  std::set<std::string> found;
  for (const Passage& passage : retrieved.passages) {
    for (std::size_t at = passage.text.find("generation"); at != std::string::npos; at = passage.text.find("generation", at + 1))
      found.insert(passage.text.substr(at, passage.text.find(' ', at) - at));
  }
  return found;
}

}  // namespace

TEST_CASE("under questions without pause every answer is of one snapshot") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    Generations generations{database, scope, new_base(database, scope), new_base(database, scope, "staging"), {}};
    generations.switch_to(0);
    Indexes indexes;
    std::atomic<bool> is_done{false};
    std::atomic<int> mixed{0};
    std::atomic<int> empty{0};
    std::atomic<int> answers{0};
    std::atomic<int> backward{0};
    const auto ask_until_done = [&] {
      std::int64_t last = 0;
      while (!is_done) {
        const Retrieved found = ask(database, indexes, scope, generations.base, "common sentence of part1", 20);
        const std::size_t seen = generations_of(found).size();
        mixed += seen > 1 ? 1 : 0;
        empty += seen == 0 ? 1 : 0;
        backward += found.snapshot < last ? 1 : 0;
        last = found.snapshot;
        ++answers;
      }
    };
    const std::int64_t began = monotonic_us();
    std::vector<std::thread> readers;
    for (int i = 0; i < 4; ++i) readers.emplace_back(ask_until_done);
    for (int generation = 1; generation <= 40; ++generation) generations.switch_to(generation);
    is_done = true;
    for (std::thread& reader : readers) reader.join();
    std::printf("%d answers during 40 switches, %.0f a second: %d mixed, %d empty\n", answers.load(),
                answers * 1e6 / static_cast<double>(monotonic_us() - began), mixed.load(), empty.load());
    CHECK(answers > 40);
    CHECK(mixed == 0);
    CHECK(backward == 0);
  });
}

TEST_CASE("while a slow index is built, the one before answers without what is gone") {
  for_each_database([](store::Database& database, ManualClock&) {
    const Scope scope = new_organization();
    const KnowledgeBaseId base = new_base(database, scope);
    add_indexed(database, scope, base, "stays.md", "Tents that stay in the shop.");
    const Document deleted = add_indexed(database, scope, base, "deleted.md", "Tents that were deleted.");
    const Document replaced = add_indexed(database, scope, base, "replaced.md", "Tents of the first version.");
    Indexes indexes;
    const auto texts = [&] {
      std::set<std::string> found;
      for (const Passage& passage : ask(database, indexes, scope, base, "tents", 20).passages) found.insert(passage.text);
      return found;
    };
    CHECK(texts().size() == 3);
    database.write([&](store::Tx& tx) {
      delete_document(scope, tx, base, deleted.id);
      replace_content(tx, scope.organization, replaced.id,
                      {"Tents of the second version.", "text/markdown", "replaced.md", true});
    });
    test::index_document(database, scope.organization, replaced.id);
    std::promise<void> begun;
    std::promise<void> may_end;
    std::thread builder([&] {
      indexes.state().get(scope.organization, base, 5, [&](const std::shared_ptr<const BaseIndex>& other) {
        begun.set_value();
        may_end.get_future().wait();
        return database.read([&](store::Tx& tx) { return build_index(tx, scope.organization, base, other); });
      });
    });
    begun.get_future().wait();
    CHECK(ask(database, indexes, scope, base, "tents", 20).snapshot == 3);
    CHECK(texts() == std::set<std::string>{"Tents that stay in the shop."});
    may_end.set_value();
    builder.join();
    CHECK(ask(database, indexes, scope, base, "tents", 20).snapshot == 5);
    CHECK(texts() == std::set<std::string>{"Tents that stay in the shop.", "Tents of the second version."});
  });
}

}  // namespace guildhall::knowledge
