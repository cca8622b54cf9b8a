// xquad in two folds: questions whose article is in the knowledge base are to be answered, the others refused.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "knowledge.h"
#include "knowledge_answers.h"
#include "knowledge_scores.h"
#include "plain_bm25.h"

namespace guildhall::bench {
namespace {

struct Folds {
  std::array<std::vector<Judged>, 2> guildhall;
  std::array<std::vector<Judged>, 2> plain;
};

/// `parity` of the articles the knowledge base holds.
void ask_fold(const Xquad& xquad, std::size_t parity, Folds& folds) {
  KnowledgeRoom room;
  PlainBm25 plain;
  for (std::size_t i = 0; i < xquad.paragraphs.size(); ++i) {
    if (xquad.article_of_paragraph[i] % 2 != parity) continue;
    room.add({xquad.paragraphs[i], "_.txt", xquad.language});
    plain.add(plain_terms(xquad.paragraphs[i], xquad.language));
  }
  for (const XquadQuestion& question : xquad.questions) {
    const bool is_answerable = question.article % 2 == parity;
    const models::Answer answer = ask_extractively(room, question.text, 0).answer;
    folds.guildhall[parity].push_back({answer.confidence, is_answerable});
    const std::vector<std::string> terms = plain_terms(question.text, xquad.language);
    const auto hits = plain.search(terms);
    const double best = hits.empty() ? 0 : hits.front().score / std::max(plain.score_max(terms), 1e-9);
    folds.plain[parity].push_back({best, is_answerable});
  }
}

struct Transferred {
  double area = 0;
  std::array<double, 2> thresholds{};
  std::array<RefusalScores, 2> by_fold{};
  RefusalScores mean;
};

/// The threshold is chosen on one fold and applied to the other.
Transferred transferred(const std::array<std::vector<Judged>, 2>& folds) {
  Transferred result;
  for (std::size_t fold = 0; fold < 2; ++fold) {
    result.area += area_under_curve(folds[fold]) / 2;
    result.thresholds[fold] = best_threshold(folds[1 - fold]);
    result.by_fold[fold] = refusal_at(folds[fold], result.thresholds[fold]);
    result.mean.answered_when_answerable += result.by_fold[fold].answered_when_answerable / 2;
    result.mean.refusal_recall += result.by_fold[fold].refusal_recall / 2;
    result.mean.refusal_precision += result.by_fold[fold].refusal_precision / 2;
  }
  return result;
}

std::string folds_text(double mean, double first, double second) {
  return fmt::format("{} ({} / {})", score_text(mean), score_text(first), score_text(second));
}

void add_row(KnowledgePage& page, const std::string& language, const char* method, const Transferred& result) {
  const auto& [even, odd] = result.by_fold;
  page.text +=
      fmt::format("| {} | {} | {} | {} | {} | {} | {:.2f} / {:.2f} |\n", language, method, score_text(result.area),
                  folds_text(result.mean.refusal_recall, even.refusal_recall, odd.refusal_recall),
                  folds_text(result.mean.refusal_precision, even.refusal_precision, odd.refusal_precision),
                  folds_text(result.mean.answered_when_answerable, even.answered_when_answerable, odd.answered_when_answerable),
                  result.thresholds[0], result.thresholds[1]);
}

std::vector<Judged> both(const std::array<std::vector<Judged>, 2>& folds) {
  std::vector<Judged> all = folds[0];
  all.insert(all.end(), folds[1].begin(), folds[1].end());
  return all;
}

struct RefusalBar {
  const char* language;
  double area;
  double mean;
};
constexpr RefusalBar kRefusalBars[] = {{"en", .97, .92}, {"de", .96, .88}, {"es", .97, .92}, {"ar", .945, .87}, {"zh", .97, .92}};

/// xquad has five paragraphs an article and 24 articles a half.
constexpr std::array<std::size_t, 5> kArticlesOfBase = {1, 2, 6, 12, 24};
constexpr std::size_t kParagraphsOfArticle = 5;
constexpr std::size_t kArticlesOfHalf = 24;
constexpr std::size_t kBasesOfSize = 4;

struct SizeScores {
  HalvedMean answered;
  HalvedMean refused;
};

/// A base of some articles of one half is asked their questions, and those of as many articles of the other half.
void ask_small_base(const Xquad& xquad, std::size_t parity, std::size_t first, std::size_t articles, SizeScores& scores) {
  const auto is_of_range = [&](std::size_t article) { return article / 2 >= first && article / 2 < first + articles; };
  KnowledgeRoom room;
  for (std::size_t i = 0; i < xquad.paragraphs.size(); ++i) {
    const std::size_t article = xquad.article_of_paragraph[i];
    if (article % 2 == parity && is_of_range(article)) room.add({xquad.paragraphs[i], "_.txt", xquad.language});
  }
  const double threshold = models::AnswererSettings{}.confidence_threshold;
  for (const XquadQuestion& question : xquad.questions) {
    if (!is_of_range(question.article)) continue;
    const Half half = question.article % 2 == 0 ? Half::development : Half::held_out;
    const bool is_refused = ask_extractively(room, question.text, 0).answer.confidence < threshold;
    if (question.article % 2 == parity) {
      scores.answered.add(is_refused ? 0 : 1, half);
    } else {
      scores.refused.add(is_refused ? 1 : 0, half);
    }
  }
}

void add_size_table(KnowledgePage& page, const std::filesystem::path& folder) {
  page.text +=
      "\nAt the default threshold, by the size of the base in paragraphs; held-out half: answered when answerable / refused when "
      "not.\n\n| Language |";
  std::string rule = "|---|";
  for (const std::size_t articles : kArticlesOfBase) {
    page.text += fmt::format(" {} |", articles * kParagraphsOfArticle);
    rule += "---|";
  }
  page.text += "\n" + rule + "\n";
  for (const RefusalBar& bar : kRefusalBars) {
    const Xquad xquad = read_xquad(folder, bar.language);
    page.text += fmt::format("| {} |", bar.language);
    for (const std::size_t articles : kArticlesOfBase) {
      SizeScores scores;
      for (std::size_t base = 0; base < std::min(kBasesOfSize, kArticlesOfHalf / articles); ++base) {
        for (const std::size_t parity : {0U, 1U}) ask_small_base(xquad, parity, base * articles, articles, scores);
      }
      page.text += fmt::format(" {} / {} |", score_text(scores.answered.held_out()), score_text(scores.refused.held_out()));
    }
    page.text += "\n";
  }
}

}  // namespace

void measure_refusal(Report& report, KnowledgePage& page) {
  const auto folder = corpus_folder("xquad");
  if (!folder) {
    std::printf("skipped: xquad (the corpus is not present)\n");
    return;
  }
  page.text +=
      "\n### Refusal\n\nThe knowledge base holds half of the articles; questions of the other half are to be refused. The "
      "threshold "
      "is chosen on the other fold. Cells: mean (base of even articles / base of odd articles). Plain: BM25's top score ÷ the "
      "highest possible.\n\n"
      "| Language | Method | AUC | Refusal recall | Refusal precision | Answered when answerable | Thresholds |\n"
      "|---|---|---|---|---|---|---|\n";
  std::string curve =
      "\nAt fixed thresholds, both folds together: answered when answerable / refused when not.\n\n"
      "| Language | 0.2 | 0.3 | 0.4 | 0.5 (default) | 0.6 | 0.7 | 0.8 |\n|---|---|---|---|---|---|---|---|\n";
  for (const RefusalBar& bar : kRefusalBars) {
    const Xquad xquad = read_xquad(*folder, bar.language);
    Folds folds;
    for (const std::size_t parity : {0U, 1U}) ask_fold(xquad, parity, folds);
    const Transferred own = transferred(folds.guildhall);
    add_row(page, bar.language, "Guildhall", own);
    add_row(page, bar.language, "plain BM25", transferred(folds.plain));
    curve += fmt::format("| {} |", bar.language);
    for (const double threshold : {.2, .3, .4, .5, .6, .7, .8}) {
      const RefusalScores at = refusal_at(both(folds.guildhall), threshold);
      curve += fmt::format(" {} / {} |", score_text(at.answered_when_answerable), score_text(at.refusal_recall));
    }
    curve += "\n";
    const std::string name = std::string("A8 xquad ") + bar.language;
    report.add({"refusal", name + ", AUC", score_text(own.area), "≥ " + score_text(bar.area), own.area >= bar.area});
    report.add({"refusal", name + ", mean at the transferred threshold",
                folds_text(own.mean.mean(), own.by_fold[0].mean(), own.by_fold[1].mean()), "≥ " + score_text(bar.mean),
                own.mean.mean() >= bar.mean});
    const RefusalScores standard = refusal_at(both(folds.guildhall), models::AnswererSettings{}.confidence_threshold);
    report.add({"refusal", std::string("xquad ") + bar.language + ", mean at the default threshold", score_text(standard.mean()),
                "–", std::nullopt});
  }
  page.text += curve;
  add_size_table(page, *folder);
}

}  // namespace guildhall::bench
