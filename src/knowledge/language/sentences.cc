// Sentences by UAX #29, with lines that are units of their own kept whole.
#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include <map>
#include <memory>
#include <stdexcept>

#include "base/text.h"
#include "knowledge/language.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

/// Break iterators are costly to make and not shareable, so each thread keeps one per language.
icu::BreakIterator& sentence_iterator(const std::string& language) {
  thread_local std::map<std::string, std::unique_ptr<icu::BreakIterator>> iterators;
  std::unique_ptr<icu::BreakIterator>& made = iterators[language];
  if (made == nullptr) {
    UErrorCode status = U_ZERO_ERROR;
    made.reset(icu::BreakIterator::createSentenceInstance(icu::Locale(language.c_str()), status));
    if (U_FAILURE(status) || made == nullptr) throw std::runtime_error("ICU has no sentence rules");
  }
  return *made;
}

void add_trimmed(std::vector<Span>& out, std::string_view text, std::size_t begin, std::size_t end) {
  const std::string_view part = text.substr(begin, end - begin);
  const std::string_view inner = trimmed(part);
  if (inner.empty()) return;
  const auto offset = static_cast<std::size_t>(inner.data() - text.data());
  out.push_back({static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(offset + inner.size())});
}

void add_prose(std::vector<Span>& out, std::string_view text, std::size_t begin, std::size_t end, const std::string& language) {
  if (trimmed(text.substr(begin, end - begin)).empty()) return;
  UErrorCode status = U_ZERO_ERROR;
  UText* prose = utext_openUTF8(nullptr, text.data() + begin, static_cast<std::int64_t>(end - begin), &status);
  icu::BreakIterator& iterator = sentence_iterator(language);
  iterator.setText(prose, status);
  if (U_SUCCESS(status)) {
    std::int32_t from = iterator.first();
    for (std::int32_t to = iterator.next(); to != icu::BreakIterator::DONE; from = to, to = iterator.next()) {
      add_trimmed(out, text, begin + static_cast<std::size_t>(from), begin + static_cast<std::size_t>(to));
    }
  } else {
    add_trimmed(out, text, begin, end);
  }
  utext_close(prose);
}

bool is_list_line(std::string_view line) {
  if (line.starts_with("- ") || line.starts_with("* ") || line.starts_with("• ")) return true;
  std::size_t digits = 0;
  while (digits < line.size() && digits < 4 && line[digits] >= '0' && line[digits] <= '9') ++digits;
  return digits > 0 && digits + 1 < line.size() && (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ';
}

}  // namespace

std::vector<Span> sentences(std::string_view text, std::string_view language) {
  std::vector<Span> out;
  std::string locale = primary_language(language);
  if (locale == "und" || locale.size() > 3) locale.clear();
  std::size_t prose_begin = 0;
  std::size_t fence_begin = std::string_view::npos;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trimmed(text.substr(at, end - at));
    const bool is_fence = line.starts_with("```");
    const std::size_t next = std::min(end + 1, text.size());
    if (fence_begin != std::string_view::npos) {
      if (is_fence) {
        add_trimmed(out, text, fence_begin, end);
        fence_begin = std::string_view::npos;
        prose_begin = next;
      }
    } else if (is_fence) {
      add_prose(out, text, prose_begin, at, locale);
      fence_begin = at;
    } else if (line.empty() || line.starts_with("|") || is_list_line(line)) {
      add_prose(out, text, prose_begin, at, locale);
      add_trimmed(out, text, at, end);
      prose_begin = next;
    }
    at = next;
  }
  if (fence_begin != std::string_view::npos) {
    add_trimmed(out, text, fence_begin, text.size());
  } else {
    add_prose(out, text, prose_begin, text.size(), locale);
  }
  return out;
}

}  // namespace guildhall::knowledge
