// Answers of a model held against the documents they were asked of (contracts/support-partner.md §2.6).
//
// A model is given passages as material, numbered, in a frame no document can forge. What it writes comes back sentence by
// sentence: one that a passage supports is released with its citation, any other is removed before anybody sees it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/retrieve.h"
#include "models/extractive.h"

namespace guildhall::models {

/// As answer_extractively, under what the subscription allows: a question outside `allowed_topics` is refused with the topics as
/// suggestions, and `fallback` escalate makes a refusal a handover. An outcome `answer` or `clarification` says that the passages
/// carry an answer.
Answer answer_within_limits(const Question& question, const std::vector<knowledge::Passage>& passages,
                            const AnswererSettings& settings);

/// True when at least half of the words of one topic occur in the question, in what answers it or in the headings it stands
/// under. No topics: everything is one.
bool is_on_topic(const Question& question, const Answer& answer, const std::vector<std::string>& topics);

/// What is said when nothing of a reply was supported: the refusal, or what `fallback` makes of it.
Answer nothing_supported(const std::vector<knowledge::Passage>& passages, std::string_view visitor_language,
                         const AnswererSettings& settings);

/// What a model is told about the material, and the material itself; `nonce` is random and of this call alone.
std::string material_rules(std::string_view nonce, std::string_view visitor_language);
std::string material_of(const std::vector<knowledge::Passage>& passages, std::string_view nonce);

struct GroundingRules {
  bool is_strict = true;  ///< false: only foreign links and addresses are removed
  std::string visitor_language;
  std::vector<std::string> trusted_texts;       ///< of the platform and the visitor: their links and addresses are not foreign
  std::vector<std::string> private_texts = {};  ///< prompts: in strict mode no six words of them in a row are said
};

/// Checks one reply while it comes. Not thread-safe; what it releases does not depend on how the reply was cut into chunks.
class GroundedReply {
 public:
  /// `[n]` in the reply means passages[n - 1].
  GroundedReply(std::vector<knowledge::Passage> passages, GroundingRules rules);
  ~GroundedReply();
  GroundedReply(const GroundedReply&) = delete;
  GroundedReply& operator=(const GroundedReply&) = delete;

  /// The next piece of the reply; returns what may be shown now, possibly nothing.
  std::string feed(std::string_view chunk);
  /// The end of the reply; returns the rest of what may be shown.
  std::string finish();

  /// Of what was released, in order of first use; a marker in the released text is one of their numbers.
  const std::vector<Citation>& citations() const;
  std::int64_t removed_sentences() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace guildhall::models
