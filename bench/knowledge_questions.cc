// covid-faq: paraphrases of stored questions, pairs that are or are not paraphrases, and language detection.
#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "knowledge.h"
#include "knowledge/language.h"
#include "knowledge_room.h"
#include "knowledge_scores.h"
#include "plain_bm25.h"

namespace guildhall::bench {
namespace {

/// The answers of the pairs are not part of the set; every pair gets the same one, without a word.
constexpr const char* kNoAnswer = "–";

struct Paraphrases {
  RetrievalSet set;
  std::vector<QuestionPair> pairs;
  std::map<std::string, std::size_t> number_of;
};

Paraphrases paraphrases_of(std::vector<QuestionPair> pairs, const std::string& language) {
  Paraphrases out{{"covid-faq paraphrases", language, {}, {}}, std::move(pairs), {}};
  for (const QuestionPair& pair : out.pairs) {
    const auto [found, is_new] = out.number_of.emplace(pair.stored, out.set.texts.size());
    if (is_new) out.set.texts.push_back({pair.stored, {}, language});
  }
  for (std::size_t i = 0; i < out.pairs.size(); ++i) {
    const QuestionPair& pair = out.pairs[i];
    if (!pair.is_similar) continue;
    out.set.queries.push_back(
        {pair.asked, language, {out.number_of.at(pair.stored)}, i % 2 == 0 ? Half::development : Half::held_out});
  }
  return out;
}

template <class Hits, class Number>
double score_of(const Hits& hits, std::size_t wanted, const Number& number) {
  for (const auto& hit : hits) {
    if (number(hit) == wanted) return hit.score;
  }
  return 0;
}

void add_paraphrases(Report& report, KnowledgePage& page, const Paraphrases& asked, const std::string& language, double bar) {
  KnowledgeRoom room;
  PlainBm25 plain;
  for (const KnowledgeText& text : asked.set.texts) {
    room.add_pair(text.text, kNoAnswer);
    plain.add(plain_terms(text.text, language));
  }
  RankingScores own;
  RankingScores theirs;
  for (const KnowledgeQuery& query : asked.set.queries) {
    std::vector<std::size_t> ranked;
    for (const KnowledgeRoom::Hit& hit : room.rank(query.text)) ranked.push_back(hit.text);
    own.add(asked.set, query, ranked);
    ranked.clear();
    for (const PlainBm25::Hit& hit : plain.search(plain_terms(query.text, language))) ranked.push_back(hit.document);
    theirs.add(asked.set, query, ranked);
  }
  std::vector<Judged> own_pairs;
  std::vector<Judged> their_pairs;
  for (const QuestionPair& pair : asked.pairs) {
    const std::size_t wanted = asked.number_of.at(pair.stored);
    own_pairs.push_back(
        {score_of(room.rank(pair.asked), wanted, [](const KnowledgeRoom::Hit& hit) { return hit.text; }), pair.is_similar});
    their_pairs.push_back({score_of(plain.search(plain_terms(pair.asked, language)), wanted,
                                    [](const PlainBm25::Hit& hit) { return hit.document; }),
                           pair.is_similar});
  }
  page.text +=
      fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", language, asked.set.queries.size(), own.ndcg_at_10.text(),
                  theirs.ndcg_at_10.text(), own.hit_at_1.text(), theirs.hit_at_1.text(), score_text(own.hit_at_5.all()),
                  score_text(area_under_curve(own_pairs)), score_text(area_under_curve(their_pairs)));
  report.add({"questions", "A4 covid-faq paraphrases " + language + ", hit@1", own.hit_at_1.text(),
              "≥ " + score_text(bar) + "; plain BM25 " + score_text(theirs.hit_at_1.all()), own.hit_at_1.all() >= bar});
  report.add({"questions", "covid-faq paraphrases " + language + ", nDCG@10", own.ndcg_at_10.text(),
              "plain BM25 " + theirs.ndcg_at_10.text(), own.ndcg_at_10.all() >= theirs.ndcg_at_10.all() - .01});
}

struct Detected {
  HalvedMean whole;
  HalvedMean question;
};

void add_detection(Report& report, KnowledgePage& page, const std::vector<FaqRow>& rows) {
  std::map<std::string, Detected> by_language;
  Detected all;
  std::size_t row = 0;
  for (const FaqRow& each : rows) {
    const Half half = row++ % 2 == 0 ? Half::development : Half::held_out;
    const bool whole = knowledge::detect_language(each.question + "\n" + each.answer) == each.language;
    const bool question = knowledge::detect_language(each.question) == each.language;
    for (Detected* detected : {&all, &by_language[each.language]}) {
      detected->whole.add(whole ? 1 : 0, half);
      detected->question.add(question ? 1 : 0, half);
    }
  }
  page.text += "\n### Language detection\n\n| Text | Language | Texts | Right |\n|---|---|---|---|\n";
  for (const auto& [language, detected] : by_language) {
    page.text += fmt::format("| covid-faq, question and answer | {} | {} | {} |\n", language, detected.whole.count(),
                             detected.whole.text());
    page.text +=
        fmt::format("| covid-faq, question | {} | {} | {} |\n", language, detected.question.count(), detected.question.text());
  }
  report.add({"questions", "A9 language of question and answer", all.whole.text(), "≥ .980", all.whole.all() >= .98});
  report.add({"questions", "A9 language of a question", all.question.text(), "≥ .930", all.question.all() >= .93});
}

void add_xquad_detection(Report& report, KnowledgePage& page, const std::filesystem::path& folder) {
  HalvedMean all;
  for (const char* language : {"en", "de", "es", "ar", "zh"}) {
    HalvedMean right;
    for (const XquadQuestion& question : read_xquad(folder, language).questions) {
      const Half half = question.article % 2 == 0 ? Half::development : Half::held_out;
      const bool is_right = knowledge::detect_language(question.text) == language;
      right.add(is_right ? 1 : 0, half);
      all.add(is_right ? 1 : 0, half);
    }
    page.text += fmt::format("| xquad, question | {} | {} | {} |\n", language, right.count(), right.text());
  }
  report.add({"questions", "A9 language of an xquad question", all.text(), "≥ .970", all.all() >= .97});
}

}  // namespace

void measure_questions(Report& report, KnowledgePage& page) {
  const auto folder = corpus_folder("covid-faq");
  const auto xquad = corpus_folder("xquad");
  if (!folder) {
    std::printf("skipped: covid-faq (the corpus is not present)\n");
    return;
  }
  page.text +=
      "\n### Stored questions\n\nParaphrases of stored question–answer pairs; pair AUC: the score of a stored question separates "
      "its paraphrases from other questions.\n\n"
      "| Language | Questions | nDCG@10 | plain BM25 | hit@1 | plain | hit@5 | pair AUC | plain |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  add_paraphrases(report, page, paraphrases_of(read_question_pairs(*folder, "en"), "en"), "en", .62);
  add_paraphrases(report, page, paraphrases_of(read_question_pairs(*folder, "de"), "de"), "de", .28);
  add_detection(report, page, read_faq(*folder));
  if (xquad) {
    add_xquad_detection(report, page, *xquad);
  } else {
    std::printf("skipped: xquad (the corpus is not present)\n");
  }
}

}  // namespace guildhall::bench
