// The check of replies measured on the shared corpus: what it removes of invented sentences, and what it keeps of true ones.
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/json.h"
#include "base/text.h"
#include "knowledge/language.h"
#include "models/grounding.h"

namespace guildhall::models {
namespace {

constexpr std::size_t kStep = 23;  // every 23rd question: about fifty, spread over all articles
constexpr std::size_t kGiven = 8;  // passages of a run

struct CorpusQuestion {
  std::string text;
  std::string answer;
  std::string sentence;  ///< of the paragraph, that holds the answer
  std::size_t paragraph = 0;
};

struct Corpus {
  std::string language;
  std::vector<std::string> paragraphs;
  std::vector<CorpusQuestion> questions;
};

std::filesystem::path corpus_file(const std::string& language) {
  const char* fixtures = std::getenv("GUILDHALL_FIXTURES");
  const char* source = std::getenv("GUILDHALL_SOURCE_DIR");
  const std::filesystem::path root =
      fixtures != nullptr
          ? std::filesystem::path(fixtures)
          : (source != nullptr ? std::filesystem::path(source) : std::filesystem::current_path()) / ".." / "shared";
  return root / "corpora" / "xquad" / ("xquad." + language + ".json");
}

Corpus read_corpus(const std::string& language) {
  std::ifstream in(corpus_file(language), std::ios::binary);
  const json::Value corpus = json::parse_or_refuse(std::string(std::istreambuf_iterator<char>(in), {}));
  Corpus read{language, {}, {}};
  for (const json::Value& article : *json::find_array(corpus, "data")) {
    for (const json::Value& paragraph : *json::find_array(article, "paragraphs")) {
      const std::string text(json::text_of(paragraph, "context"));
      for (const json::Value& qa : *json::find_array(paragraph, "qas")) {
        CorpusQuestion question{std::string(json::text_of(qa, "question")),
                                std::string(json::text_of(json::find_array(qa, "answers")->at(0), "text")),
                                {},
                                read.paragraphs.size()};
        for (const knowledge::Span span : knowledge::sentences(text, language)) {
          const std::string sentence = text.substr(span.begin, span.end - span.begin);
          if (question.sentence.empty() && sentence.find(question.answer) != sentence.npos) question.sentence = sentence;
        }
        read.questions.push_back(std::move(question));
      }
      read.paragraphs.push_back(text);
    }
  }
  return read;
}

std::vector<knowledge::Passage> passages_for(const Corpus& corpus, std::size_t paragraph) {
  std::vector<knowledge::Passage> passages;
  for (std::size_t i = 0; i < kGiven; ++i) {
    knowledge::Passage passage;
    passage.document = DocumentId::random();
    passage.language = corpus.language;
    passage.text = corpus.paragraphs[(paragraph + i) % corpus.paragraphs.size()];
    passages.push_back(std::move(passage));
  }
  return passages;
}

bool is_shown(const Corpus& corpus, std::size_t paragraph, const std::string& sentence) {
  GroundedReply check(passages_for(corpus, paragraph),
                      {.is_strict = true, .visitor_language = corpus.language, .trusted_texts = {}});
  const std::string shown = check.feed(sentence) + check.finish();
  return !shown.empty();
}

// The question turned into a statement, as models answer.
std::string restated(const Corpus& corpus, const CorpusQuestion& question, const std::string& answer) {
  std::string words = replaced(replaced(question.text, "?", ""), "？", "");
  return words + (corpus.language == "zh" ? "：" : ": ") + answer + (corpus.language == "zh" ? "。" : ".");
}

// The sentence in other words: every fifth plain word outside the answer, or two characters of twelve where words are not spaced,
// is one from elsewhere.
std::string reworded(const Corpus& corpus, const CorpusQuestion& question, const CorpusQuestion& other) {
  const std::size_t answer = question.sentence.find(question.answer);
  const auto is_in_answer = [&](std::size_t at) { return at >= answer && at < answer + question.answer.size(); };
  const std::string& from = other.sentence;
  std::string text;
  std::size_t count = 0;
  if (corpus.language == "zh") {
    for (std::size_t at = 0; at + 6 <= question.sentence.size();) {
      const std::string_view pair = prefix_code_points(std::string_view(question.sentence).substr(at), 2);
      const bool is_plain = pair.size() == 6 && !is_in_answer(at) && !is_in_answer(at + 5);
      text += is_plain && ++count % 6 == 0 ? std::string(prefix_code_points(from, 2)) : std::string(pair);
      at += pair.size();
    }
    return text + "。";
  }
  const auto words = split(from, ' ');
  std::size_t at = 0;
  for (const std::string_view word : split(question.sentence, ' ')) {
    const bool is_plain =
        code_points(word) > 3 && word.find_first_of("0123456789") == word.npos && ascii_lower(word) == word && !is_in_answer(at);
    std::string other_word;
    for (const std::string_view candidate : words) {
      if (code_points(candidate) > 3 && ascii_lower(candidate) == candidate &&
          candidate.find_first_of("0123456789") == candidate.npos)
        other_word = candidate;
    }
    text += (text.empty() ? "" : " ");
    text += is_plain && ++count % 5 == 0 && !other_word.empty() ? other_word : std::string(word);
    at += word.size() + 1;
  }
  return text;
}

struct Share {
  int of = 0;
  int yes = 0;
  void add(bool is_so) {
    ++of;
    yes += is_so ? 1 : 0;
  }
  double value() const { return of == 0 ? 0 : static_cast<double>(yes) / of; }
};

}  // namespace

TEST_CASE("of true and invented sentences about xquad's paragraphs, what is kept and what is removed") {
  if (!std::filesystem::exists(corpus_file("en"))) {
    std::puts("skipped: xquad (the corpus is not present)");
    return;
  }
  std::puts(
      "language | kept: the sentence, reworded, the question restated | removed: of another article, answer swapped, restated");
  for (const char* language : {"en", "de", "es", "ar", "zh"}) {
    const Corpus corpus = read_corpus(language);
    Share quoted;
    Share other_words;
    Share said;
    Share foreign;
    Share swapped;
    Share wrong;
    for (std::size_t i = 0; i < corpus.questions.size(); i += kStep) {
      const CorpusQuestion& question = corpus.questions[i];
      const CorpusQuestion& other = corpus.questions[(i + corpus.questions.size() / 2) % corpus.questions.size()];
      if (question.sentence.empty() || other.sentence.empty()) continue;
      quoted.add(is_shown(corpus, question.paragraph, question.sentence));
      other_words.add(is_shown(corpus, question.paragraph, reworded(corpus, question, other)));
      said.add(is_shown(corpus, question.paragraph, restated(corpus, question, question.answer)));
      foreign.add(!is_shown(corpus, question.paragraph, other.sentence));
      swapped.add(!is_shown(corpus, question.paragraph, replaced(question.sentence, question.answer, other.answer)));
      wrong.add(!is_shown(corpus, question.paragraph, restated(corpus, question, other.answer)));
    }
    std::printf("%-8s | %.2f %.2f %.2f | %.2f %.2f %.2f  (%d questions)\n", language, quoted.value(), other_words.value(),
                said.value(), foreign.value(), swapped.value(), wrong.value(), quoted.of);
    CHECK(quoted.value() >= 0.9);
    CHECK(foreign.value() >= 0.9);
  }
}

}  // namespace guildhall::models
