// The built-in answerer: quotes the documents, needs no model and no network (contracts/support-partner.md §2.6, §2.7).
//
// Deterministic: the same passages, settings and turn give the same bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "knowledge/retrieve.h"

namespace guildhall::models {

enum class Outcome : std::uint8_t { answer, clarification, refused, greeting, handover, error };
std::string_view wire_name(Outcome outcome);

struct Citation {
  std::int64_t n = 1;
  DocumentId document;
  std::string title;
  std::string url;
  std::optional<std::int64_t> page;
  std::vector<std::string> heading_path;
  std::string anchor;
  std::string quote;  ///< ≤ 300 code points, occurs in the indexed text
  std::string language;
};

struct Answer {
  Outcome outcome = Outcome::refused;
  std::string text;
  double confidence = 0;  ///< 0–1
  std::string language;   ///< of the text
  std::vector<Citation> citations;
  std::vector<std::string> suggestions;  ///< near headings of a refusal, options of a clarification
};

struct Question {
  std::string text;
  std::string previous_text;  ///< the visitor's previous turn; lends its content words to a follow-up that has none
  std::string language;       ///< prior; empty: detected
};

/// What a refusal becomes.
enum class Fallback : std::uint8_t {
  refuse,
  escalate,  ///< a handover
  general,   ///< the model answers without the documents; never in strict mode
};

/// What a subscription allows its answers (contracts/registry.md AgentConfig).
struct AnswererSettings {
  double confidence_threshold = 0.5;
  std::size_t characters_max = 800;
  bool is_strict = true;  ///< unsupported sentences of a model are removed
  Fallback fallback = Fallback::refuse;
  std::vector<std::string> allowed_topics = {};  ///< empty: all
  std::size_t sentences_max = 3;                 ///< at most 3
};

/// Greetings, thanks, farewells and requests for a human are recognised before any passage is looked at.
Answer answer_extractively(const Question& question, const std::vector<knowledge::Passage>& passages,
                           const AnswererSettings& settings);

/// The query retrieval should run for a question: with the previous turn's content words where the rule says so.
std::string retrieval_query(const Question& question);

/// Citations for a text a model wrote: the passages whose sentences support it, each with its best sentence as quote.
std::vector<Citation> cite(std::string_view answer, const std::vector<knowledge::Passage>& passages);

/// Platform texts per language, English where a language is missing: "refusal", "greeting", "thanks", "farewell", "handover",
/// "clarification", "not_from_documents".
std::string platform_text(std::string_view key, std::string_view language);

}  // namespace guildhall::models
