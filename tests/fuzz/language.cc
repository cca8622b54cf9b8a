// Any text as what is indexed and asked: its language, terms, sentences and passages lie inside it, and the built-in answerer
// quotes only what is there.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "extraction/extract.h"
#include "index/chunk.h"
#include "knowledge/language.h"
#include "knowledge/retrieve.h"
#include "language/analyse.h"
#include "models/extractive.h"

namespace {

using namespace guildhall;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_terms(std::string_view text, const std::string& language) {
  for (const auto& terms : {knowledge::analyse(text, language), knowledge::analyse_with_stop_words(text, language)})
    for (const auto& term : terms) require(term.begin <= term.end && term.end <= text.size() && !term.text.empty());
  std::uint32_t at = 0;
  for (const auto& span : knowledge::sentences(text, language)) {
    require(span.begin >= at && span.begin <= span.end && span.end <= text.size());
    at = span.end;
  }
}

std::vector<knowledge::Passage> passages_of(const std::string& text, const std::string& language) {
  std::vector<knowledge::Passage> passages;
  for (const auto& chunk : knowledge::chunk_document(knowledge::extract_markdown(text), {256, 20}, language)) {
    require(is_valid_utf8(chunk.text) && chunk.overlap_bytes <= static_cast<std::int64_t>(chunk.text.size()));
    knowledge::Passage passage;
    passage.text = chunk.text;
    passage.heading_path = chunk.heading_path;
    passage.language = language;
    passage.score = 1;
    passages.push_back(std::move(passage));
    if (passages.size() == 5) break;
  }
  return passages;
}

void check_answer(const std::string& question, const std::vector<knowledge::Passage>& passages) {
  const auto answer = models::answer_extractively({question, {}, {}}, passages, {});
  require(answer.confidence >= 0 && answer.confidence <= 1 && is_valid_utf8(answer.text));
  for (const auto& citation : answer.citations) {
    bool is_there = false;
    for (const auto& passage : passages) is_there |= passage.text.find(citation.quote) != std::string::npos;
    require(is_there);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  constexpr const char* kLanguages[] = {"en", "de", "pl", "ar", "hi", "zh", "ja", "th", "vi", "und", "el", "fa"};
  if (size < 2 || size > 8'192) return 0;
  const std::string_view raw(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const std::string language = kLanguages[bytes[0] % std::size(kLanguages)];
  knowledge::detect_language(raw);
  knowledge::text_tokens(raw);
  check_terms(raw, language);
  std::string text;
  try {
    text = knowledge::decoded_text(raw);
  } catch (const knowledge::ExtractionFailure&) {
    return 0;
  }
  require(!knowledge::detect_language(text).empty());
  try {
    check_answer(text.substr(0, text.find('\n')), passages_of(text, language));
  } catch (const knowledge::ExtractionFailure&) {
    // Nothing to index.
  }
  return 0;
}
