// xquad: does the answer hold what was asked for, with the right citation; and ten real examples.
#include "knowledge_answers.h"

#include <fmt/core.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "knowledge.h"
#include "knowledge/language.h"
#include "knowledge_scores.h"
#include "plain_bm25.h"

namespace guildhall::bench {
namespace {

constexpr std::size_t kRunPassages = 8;

struct AnswerScores {
  HalvedMean contains;            ///< with the right citation, at the default threshold
  HalvedMean contains_unrefused;  ///< the same when nothing is refused for its confidence
  HalvedMean cites;               ///< the gold paragraph is cited, when nothing is refused
  HalvedMean exact;
  HalvedMean f1;
  HalvedMean first_f1;        ///< of the one sentence that is ranked first
  HalvedMean first_contains;  ///< it holds the answer and cites its paragraph
  HalvedMean quotes;          ///< every quote occurs in its paragraph
  HalvedMean plain;           ///< the two best sentences of plain BM25's best paragraph
};

struct Example {
  std::string language;
  std::string question;
  std::string gold;
  std::string said;
  std::string verdict;
};

bool cites_paragraph(const KnowledgeRoom& room, const models::Answer& answer, std::size_t paragraph) {
  return std::any_of(answer.citations.begin(), answer.citations.end(),
                     [&](const models::Citation& citation) { return room.number_of(citation.document) == paragraph; });
}

bool quotes_occur(const KnowledgeRoom& room, const models::Answer& answer, const Xquad& xquad) {
  return std::all_of(answer.citations.begin(), answer.citations.end(), [&](const models::Citation& citation) {
    const std::string& paragraph = xquad.paragraphs[room.number_of(citation.document)];
    // Reading a document folds runs of white space; a quote comes from what was read.
    return comparable(paragraph).find(comparable(citation.quote)) != std::string::npos;
  });
}

/// The two sentences with the highest weight of query terms, in source order.
std::string two_best_sentences(const PlainBm25& plain, const std::string& paragraph, const std::vector<std::string>& query,
                               const std::string& language) {
  std::vector<std::pair<double, std::string>> sentences;
  for (const knowledge::Span& span : knowledge::sentences(paragraph, language)) {
    const std::string text = paragraph.substr(span.begin, span.end - span.begin);
    const std::vector<std::string> terms = plain_terms(text, language);
    double score = 0;
    for (const std::string& term : query)
      score += std::find(terms.begin(), terms.end(), term) != terms.end() ? plain.idf(term) : 0;
    sentences.emplace_back(score, text);
  }
  std::sort(sentences.begin(), sentences.end(),
            [](const auto& a, const auto& b) { return std::tie(b.first, a.second) < std::tie(a.first, b.second); });
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(2, sentences.size()); ++i) out += sentences[i].second + "\n";
  return out;
}

std::string one_line(std::string_view text, std::size_t most) {
  std::string line = replaced(replaced(text, "\n", " "), "|", "\\|");
  if (code_points(line) > most) line = std::string(prefix_code_points(line, most)) + " …";
  return line;
}

class AnswerJudge {
 public:
  explicit AnswerJudge(const Xquad& xquad) : xquad_(xquad) {
    for (const std::string& paragraph : xquad.paragraphs) {
      room_.add({paragraph, "_.txt", xquad.language});
      plain_.add(plain_terms(paragraph, xquad.language));
    }
  }

  void ask(const XquadQuestion& question) {
    const Half half = question.article % 2 == 0 ? Half::development : Half::held_out;
    const Asked bold = ask_extractively(room_, question.text, 0);
    const Asked asked = ask_extractively(room_, question.text, models::AnswererSettings{}.confidence_threshold);
    const bool cites = cites_paragraph(room_, bold.answer, question.paragraph);
    const bool contains = cites && contains_any(bold.answer.text, question.answers);
    const bool is_answered = asked.answer.outcome == models::Outcome::answer;
    scores.contains.add(is_answered && contains ? 1 : 0, half);
    scores.contains_unrefused.add(contains ? 1 : 0, half);
    scores.cites.add(cites ? 1 : 0, half);
    scores.quotes.add(quotes_occur(room_, bold.answer, xquad_) ? 1 : 0, half);
    const std::string said = comparable(bold.answer.text);
    const bool is_exact = std::any_of(question.answers.begin(), question.answers.end(),
                                      [&](const std::string& gold) { return comparable(gold) == said; });
    scores.exact.add(is_exact ? 1 : 0, half);
    scores.f1.add(token_f1(bold.answer.text, question.answers, xquad_.language), half);
    const models::Answer first = ask_extractively(room_, question.text, 0, 1).answer;
    scores.first_f1.add(token_f1(first.text, question.answers, xquad_.language), half);
    const bool first_holds = cites_paragraph(room_, first, question.paragraph) && contains_any(first.text, question.answers);
    scores.first_contains.add(first_holds ? 1 : 0, half);
    add_plain(question, half);
    note_example(question, asked.answer, half, cites, contains, is_answered);
  }

  AnswerScores scores;
  /// The first held-out question of each kind of outcome.
  std::map<std::string, Example> examples;

 private:
  void add_plain(const XquadQuestion& question, Half half) {
    const std::vector<std::string> query = plain_terms(question.text, xquad_.language);
    const auto hits = plain_.search(query);
    const bool finds =
        !hits.empty() && hits.front().document == question.paragraph &&
        contains_any(two_best_sentences(plain_, xquad_.paragraphs[question.paragraph], query, xquad_.language), question.answers);
    scores.plain.add(finds ? 1 : 0, half);
  }

  void note_example(const XquadQuestion& question, const models::Answer& answer, Half half, bool cites, bool contains,
                    bool is_answered) {
    if (half != Half::held_out) return;
    std::string verdict = "good: holds the answer";
    if (!is_answered) {
      verdict = answer.outcome == models::Outcome::clarification ? "bad: asks back" : "bad: refused";
    } else if (!cites) {
      verdict = "bad: another paragraph";
    } else if (!contains) {
      verdict = "bad: right paragraph, wrong sentence";
    }
    examples.emplace(verdict,
                     Example{xquad_.language, question.text, question.answers.front(), one_line(answer.text, 320), verdict});
  }

  const Xquad& xquad_;
  KnowledgeRoom room_;
  PlainBm25 plain_;
};

void add_example(KnowledgePage& page, const Example& example) {
  page.text += fmt::format("| {} | {} | {} | {} | {} |\n", example.language, one_line(example.question, 200),
                           one_line(example.gold, 80), example.said, example.verdict);
}

/// Two per language: the first good one, and the first of a kind of failure that was not shown yet.
void add_examples(KnowledgePage& page, const std::vector<AnswerJudge*>& judges) {
  page.text +=
      "\n#### Ten examples\n\nThe first held-out question of a kind in each language, taken as they come.\n\n"
      "| Language | Question | Gold answer | Said | Verdict |\n|---|---|---|---|---|\n";
  std::map<std::string, int> shown;
  for (const AnswerJudge* judge : judges) {
    const Example* bad = nullptr;
    for (const auto& [verdict, example] : judge->examples) {
      if (verdict.starts_with("good")) {
        add_example(page, example);
      } else if (bad == nullptr || shown[verdict] < shown[bad->verdict]) {
        bad = &example;
      }
    }
    if (bad == nullptr) continue;
    ++shown[bad->verdict];
    add_example(page, *bad);
  }
}

}  // namespace

Asked ask_extractively(const KnowledgeRoom& room, const std::string& question, double threshold, std::size_t sentences_max) {
  const models::Question asked{question, {}, {}};
  Asked result;
  result.passages = room.ask(models::retrieval_query(asked), kRunPassages).passages;
  // A run puts the lists of several sources on one scale.
  double top = 0;
  for (const knowledge::Passage& passage : result.passages) top = std::max(top, passage.score);
  for (knowledge::Passage& passage : result.passages) passage.score /= top > 0 ? top : 1;
  result.answer =
      models::answer_extractively(asked, result.passages, {.confidence_threshold = threshold, .sentences_max = sentences_max});
  return result;
}

std::string comparable(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  const icu::UnicodeString source =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  const icu::UnicodeString folded = normalizer->normalize(source, status);
  std::string bytes;
  folded.toUTF8String(bytes);
  std::string out;
  for (const char c : bytes) {
    const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!is_space) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (out.ends_with(' ')) out.pop_back();
  return out;
}

bool contains_any(std::string_view text, const std::vector<std::string>& wanted) {
  const std::string said = comparable(text);
  return std::any_of(wanted.begin(), wanted.end(),
                     [&](const std::string& each) { return said.find(comparable(each)) != std::string::npos; });
}

double token_f1(std::string_view text, const std::vector<std::string>& wanted, std::string_view language) {
  const std::string analyser = language == "en" ? "" : std::string(language);
  double best = 0;
  for (const std::string& each : wanted) {
    std::map<std::string, int> left;
    const std::vector<std::string> gold = plain_terms(each, analyser);
    const std::vector<std::string> said = plain_terms(text, analyser);
    for (const std::string& token : gold) ++left[token];
    double common = 0;
    for (const std::string& token : said) common += left[token]-- > 0 ? 1 : 0;
    if (common > 0) best = std::max(best, 2 * common / static_cast<double>(gold.size() + said.size()));
  }
  return best;
}

void measure_answers(Report& report, KnowledgePage& page) {
  const auto folder = corpus_folder("xquad");
  if (!folder) {
    std::printf("skipped: xquad (the corpus is not present)\n");
    return;
  }
  page.text +=
      "\n### Answers without a model\n\nxquad, 240 paragraphs and 1,190 questions a language. An answer is right when it holds "
      "the "
      "gold answer and cites its paragraph. Exact match and F1 are of the whole answer, at most three sentences, against a gold "
      "span of a few words; First sentence: of the one that is ranked first, alone. Plain: the two best sentences of plain "
      "BM25's "
      "best paragraph.\n\n"
      "| Language | Right, nothing refused | Plain | Right, threshold 0.5 | Cites the paragraph | Quotes occur | Exact | F1 | "
      "First sentence right | First sentence F1 |\n"
      "|---|---|---|---|---|---|---|---|---|---|\n";
  const std::map<std::string, double> bars = {{"en", .84}, {"de", .78}, {"es", .83}, {"ar", .78}, {"zh", .84}};
  std::vector<Xquad> all;
  for (const char* language : {"en", "de", "es", "ar", "zh"}) all.push_back(read_xquad(*folder, language));
  std::vector<std::unique_ptr<AnswerJudge>> judges;
  std::vector<AnswerJudge*> order;
  for (const Xquad& xquad : all) {
    judges.push_back(std::make_unique<AnswerJudge>(xquad));
    AnswerJudge& judge = *judges.back();
    order.push_back(&judge);
    for (const XquadQuestion& question : xquad.questions) judge.ask(question);
    const AnswerScores& scores = judge.scores;
    page.text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", xquad.language,
                             scores.contains_unrefused.text(), scores.plain.text(), scores.contains.text(), scores.cites.text(),
                             score_text(scores.quotes.all()), score_text(scores.exact.all()), score_text(scores.f1.all()),
                             scores.first_contains.text(), score_text(scores.first_f1.all()));
    const double bar = bars.at(xquad.language);
    report.add({"answers", "A7 xquad " + xquad.language + ", right answer", scores.contains_unrefused.text(),
                "≥ " + score_text(bar) + "; plain " + score_text(scores.plain.all()), scores.contains_unrefused.all() >= bar});
    report.add({"answers", "xquad " + xquad.language + ", right at threshold 0.5", scores.contains.text(), "–", std::nullopt});
    report.add({"answers", "A7 xquad " + xquad.language + ", quote found", percent_text(scores.quotes.all()), "100 %",
                scores.quotes.all() == 1});
  }
  add_examples(page, order);
}

}  // namespace guildhall::bench
