// Scores of ranked lists and of confidences, over all questions and over each half of them.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "knowledge_sets.h"

namespace guildhall::bench {

/// A mean that is kept for all questions, the half that was tuned on, and the half that was not.
class HalvedMean {
 public:
  void add(double value, Half half);
  double all() const { return mean(0); }
  double development() const { return mean(1); }
  double held_out() const { return mean(2); }
  std::size_t count() const { return counts_[0]; }
  /// ".677 (.681 / .673)": all, development, held out.
  std::string text() const;

 private:
  double mean(std::size_t i) const { return counts_[i] == 0 ? 0 : sums_[i] / static_cast<double>(counts_[i]); }

  std::array<double, 3> sums_{};
  std::array<std::size_t, 3> counts_{};
};

/// Of one method on one question set.
struct RankingScores {
  HalvedMean ndcg_at_10;
  HalvedMean hit_at_1;
  HalvedMean hit_at_5;
  HalvedMean recall_at_100;
  HalvedMean language_match;  ///< of the first result

  void add(const RetrievalSet& set, const KnowledgeQuery& query, const std::vector<std::size_t>& ranked);
};

struct Judged {
  double confidence = 0;
  bool is_answerable = false;
};

/// Share of (answerable, not answerable) pairs that the confidence orders rightly; ties count half.
double area_under_curve(const std::vector<Judged>& judged);

struct RefusalScores {
  double answered_when_answerable = 0;
  double refusal_recall = 0;
  double refusal_precision = 0;
  double mean() const { return (answered_when_answerable + refusal_recall) / 2; }
};
RefusalScores refusal_at(const std::vector<Judged>& judged, double threshold);
/// The threshold with the best mean of refusal recall and answered-when-answerable.
double best_threshold(const std::vector<Judged>& judged);

/// ".677"
std::string score_text(double score);
/// "+.012", "−.003"
std::string difference_text(double difference);

}  // namespace guildhall::bench
