// Judges the units of a reply and releases what the passages support.
#include "models/grounding.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <set>

#include "addresses.h"
#include "base/text.h"
#include "citations.h"
#include "knowledge/language.h"
#include "machine_orders.h"
#include "reply_units.h"
#include "support.h"

namespace guildhall::models {
namespace {

enum class Verdict {
  supported,
  neutral,  ///< claims nothing: goes with what stands beside it
  leading,  ///< claims nothing and introduces: goes with what follows
  unsupported,
  foreign,  ///< holds a link, an address or an image from nowhere
};

struct Judged {
  Verdict verdict = Verdict::unsupported;
  std::vector<std::size_t> sources;  ///< indices of evidence
};

// The words of a unit: no markers, emphasis, list numbers, or signs of headings, quotes and tables.
std::string bare(const ReplyUnit& unit, std::string_view text) {
  std::string_view rest = trimmed(text);
  if (unit.shape == UnitShape::item || unit.shape == UnitShape::heading) {
    std::size_t begin = rest.find_first_not_of("#-*+> \t");
    if (rest.starts_with("•")) begin = std::string_view("•").size();
    rest.remove_prefix(std::min(begin, rest.size()));
    std::size_t digits = 0;
    while (digits < rest.size() && digits < 4 && rest[digits] >= '0' && rest[digits] <= '9') ++digits;
    const bool is_number =
        unit.shape == UnitShape::item && digits > 0 && digits < rest.size() && (rest[digits] == '.' || rest[digits] == ')');
    if (is_number) rest.remove_prefix(digits + 1);
  }
  std::string words;
  for (const char c : rest) {
    if (c == '*' || c == '`' || c == '~') continue;
    words += c == '|' ? ' ' : c;
  }
  return std::string(trimmed(words));
}

bool leads_over(const ReplyUnit& unit) {
  const std::string_view text = trimmed(unit.text);
  return unit.shape == UnitShape::heading || unit.shape == UnitShape::row || text.ends_with(':') || text.ends_with("：") ||
         text.ends_with(":**");
}

std::string subtag_of(std::string_view language) {
  return ascii_lower(language.substr(0, language.find_first_of("-_")));
}

// The white space with more line breaks, else the unit's own: a paragraph stays one when the sentence before it goes.
std::string wider(const std::string& gap, const std::string& own) {
  return std::count(gap.begin(), gap.end(), '\n') > std::count(own.begin(), own.end(), '\n') ? gap : own;
}

// Every row of six words.
std::vector<std::string> word_rows(std::string_view text) {
  constexpr std::ptrdiff_t kWords = 6;
  std::vector<std::string> words;
  for (const knowledge::Term& term : knowledge::analyse(text, "und")) words.push_back(term.text);
  std::vector<std::string> rows;
  for (auto first = words.begin(); words.end() - first >= kWords; ++first)
    rows.push_back(join(std::vector<std::string>(first, first + kWords), " "));
  return rows;
}

}  // namespace

struct GroundedReply::State {
  State(std::vector<knowledge::Passage> given, GroundingRules with)
      : passages(std::move(given)), rules(std::move(with)), units(rules.visitor_language) {
    for (const knowledge::Passage& passage : passages) evidence.emplace_back(passage);
    for (const std::string& text : rules.trusted_texts) known.add(text);
    for (const std::string& text : rules.private_texts) {
      for (std::string& row : word_rows(text)) private_rows.insert(std::move(row));
    }
    for (const knowledge::Passage& passage : passages) know_addresses_of(passage);
  }

  const std::vector<knowledge::Passage> passages;
  const GroundingRules rules;
  ReplyUnits units;
  std::deque<Evidence> evidence;
  KnownAddresses known;
  std::set<std::string> private_rows;
  std::vector<Citation> citations;
  std::vector<std::size_t> cited;  ///< evidence of each citation
  std::int64_t removed = 0;

  std::vector<ReplyUnit> held;  ///< neutral, until what follows is known
  std::string gap;              ///< white space before what was removed since the last release
  bool has_released = false;
  bool follows_release = false;

  // Links of a document are repeated only from sentences that speak to its reader.
  void know_addresses_of(const knowledge::Passage& passage) {
    known.add(passage.url);
    if (gives_orders(passage.text)) return;
    for (const std::string* part : {&passage.title, &passage.question}) {
      if (!speaks_to_machine(*part)) known.add(*part);
    }
    for (const knowledge::Span span : spaced_sentences(passage.text, passage.language)) {
      const std::string_view said = std::string_view(passage.text).substr(span.begin, span.end - span.begin);
      if (!speaks_to_machine(said)) known.add(said);
    }
  }

  bool is_foreign(std::string_view text) const {
    const Addresses found = addresses_in(text);
    return found.has_image || !std::all_of(found.targets.begin(), found.targets.end(),
                                           [&](const std::string& target) { return known.contains(target); });
  }

  // Says a row of words of what is private.
  bool betrays(std::string_view text) const {
    const std::vector<std::string> rows = word_rows(text);
    return std::any_of(rows.begin(), rows.end(), [&](const std::string& row) { return private_rows.contains(row); });
  }

  std::vector<const Evidence*> evidence_of(const std::vector<std::size_t>& sources) const {
    std::vector<const Evidence*> all;
    for (const std::size_t source : sources) all.push_back(&evidence[source]);
    return all;
  }

  // The passages the markers name, each once; those that do not exist are left out.
  std::vector<std::size_t> named_sources(const std::vector<std::size_t>& numbers) const {
    std::vector<std::size_t> sources;
    for (const std::size_t number : numbers) {
      if (number < 1 || number > evidence.size()) continue;
      if (std::find(sources.begin(), sources.end(), number - 1) == sources.end()) sources.push_back(number - 1);
    }
    return sources;
  }

  // A question in one language about passages in another.
  bool is_translated(const Claim& claim, const Evidence& source) const {
    const std::string visitor = subtag_of(rules.visitor_language);
    if (visitor.empty() || visitor == "und" || source.language.empty() || source.language == "und") return false;
    if (visitor == source.language || source.languages.contains(visitor)) return false;
    const std::string said_in = subtag_of(knowledge::detect_language(claim.text, visitor));
    return said_in == visitor || said_in == "und";
  }

  std::vector<std::size_t> supporting(const Claim& claim, const std::vector<std::size_t>& named) const {
    for (const std::size_t source : named) {
      if (support(claim, {&evidence[source]}) > 0) {
        std::vector<std::size_t> sources;
        for (const std::size_t each : named) {
          if (support(claim, {&evidence[each]}) > 0) sources.push_back(each);
        }
        return sources;
      }
    }
    if (named.size() > 1 && support(claim, evidence_of(named)) > 0) return named;
    std::optional<std::size_t> best;
    double share = 0;
    for (std::size_t i = 0; i < evidence.size(); ++i) {
      const double found = support(claim, {&evidence[i]});
      if (found > share) {
        share = found;
        best = i;
      }
    }
    if (best) return {*best};
    std::vector<std::size_t> translated;
    for (const std::size_t source : named) {
      if (is_translated(claim, evidence[source]) && agrees(claim, evidence[source])) translated.push_back(source);
    }
    return translated;
  }

  Judged judge(const ReplyUnit& unit) const {
    if (is_foreign(unit.text) || (rules.is_strict && betrays(unit.text))) return {Verdict::foreign, {}};
    const Unmarked said = unit.shape == UnitShape::code ? Unmarked{unit.text, {}} : unmarked(unit.text);
    const Claim claim = claim_of(bare(unit, said.text), rules.visitor_language);
    const bool is_empty = claims_nothing(claim);
    std::vector<std::size_t> sources;
    if (!gives_orders(claim.text)) sources = supporting(claim, named_sources(said.numbers));
    std::erase_if(sources, [&](std::size_t source) { return best_quote(claim, evidence[source]) == nullptr; });
    // A heading that is also a phrase of the passage is no answer by itself.
    if (!sources.empty() && !(is_empty && leads_over(unit))) return {Verdict::supported, sources};
    if (is_empty) return {leads_over(unit) ? Verdict::leading : Verdict::neutral, {}};
    return {Verdict::unsupported, {}};
  }

  std::int64_t number_of(std::size_t source, const Claim& claim) {
    const auto known_at = std::find(cited.begin(), cited.end(), source);
    if (known_at != cited.end()) return (known_at - cited.begin()) + 1;
    const Evidence::Quotable* quote = best_quote(claim, evidence[source]);
    if (quote == nullptr) return 0;
    const auto number = static_cast<std::int64_t>(citations.size()) + 1;
    const knowledge::Passage& passage = passages[source];
    citations.push_back(citation_of(passage, quote->unit.text_in(passage), number, quote->unit.heading_in(passage)));
    cited.push_back(source);
    return number;
  }

  void release(const ReplyUnit& unit, const std::vector<std::int64_t>& numbers, std::string& out) {
    const std::string separator = wider(gap, unit.separator);
    gap.clear();
    if (has_released) out += separator;
    out += unit.shape == UnitShape::code ? unit.text : remarked(unit.text, numbers);
    has_released = true;
    follows_release = true;
  }

  void release_held(std::string& out) {
    for (const ReplyUnit& unit : held) release(unit, {}, out);
    held.clear();
  }

  void drop(const ReplyUnit& unit) {
    gap = wider(gap, unit.separator);
    ++removed;
    follows_release = false;
  }

  void drop_held() {
    for (const ReplyUnit& unit : held) drop(unit);
    held.clear();
  }

  void take(const ReplyUnit& unit, std::string& out) {
    const Judged judged = judge(unit);
    if (judged.verdict == Verdict::supported) {
      release_held(out);
      const Claim claim = claim_of(bare(unit, unmarked(unit.text).text), rules.visitor_language);
      std::vector<std::int64_t> numbers;
      for (const std::size_t source : judged.sources) {
        if (const std::int64_t number = number_of(source, claim); number > 0) numbers.push_back(number);
      }
      return release(unit, numbers, out);
    }
    if (judged.verdict != Verdict::foreign && !rules.is_strict) {
      release_held(out);
      return release(unit, {}, out);
    }
    if (judged.verdict == Verdict::leading) {
      held.push_back(unit);
      return;
    }
    if (judged.verdict == Verdict::neutral) {
      if (follows_release && held.empty()) return release(unit, {}, out);
      held.push_back(unit);
      return;
    }
    drop_held();
    drop(unit);
  }

  std::string take_all(const std::vector<ReplyUnit>& complete) {
    std::string out;
    for (const ReplyUnit& unit : complete) take(unit, out);
    return out;
  }
};

GroundedReply::GroundedReply(std::vector<knowledge::Passage> passages, GroundingRules rules)
    : state_(std::make_unique<State>(std::move(passages), std::move(rules))) {}

GroundedReply::~GroundedReply() = default;

std::string GroundedReply::feed(std::string_view chunk) {
  return state_->take_all(state_->units.feed(chunk));
}

std::string GroundedReply::finish() {
  std::string out = state_->take_all(state_->units.finish());
  state_->drop_held();
  return out;
}

const std::vector<Citation>& GroundedReply::citations() const {
  return state_->citations;
}

std::int64_t GroundedReply::removed_sentences() const {
  return state_->removed;
}

}  // namespace guildhall::models
