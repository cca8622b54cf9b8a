// Cuts loose text into passages and ranks them for one question.
#include "document_passages.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "knowledge/language.h"

namespace guildhall::runtime {
namespace {

constexpr std::size_t kPieceBytes = 1'500;
constexpr std::size_t kPassagesKept = 12;

struct Piece {
  std::string heading;
  std::string text;
};

std::string_view heading_in(std::string_view line) {
  const std::size_t marks = std::min(line.find_first_not_of('#'), line.size());
  return marks > 0 && marks <= 6 && marks < line.size() && line[marks] == ' ' ? trimmed(line.substr(marks)) : std::string_view();
}

void close_piece(std::vector<Piece>& pieces, Piece& open) {
  open.text = trimmed(open.text);
  if (!open.text.empty()) pieces.push_back(open);
  open.text.clear();
}

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  Piece open;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    const std::string_view heading = heading_in(line);
    if (!heading.empty()) {
      close_piece(pieces, open);
      open.heading = heading;
      continue;
    }
    const bool is_break = trimmed(line).empty();
    if (open.text.size() >= kPieceBytes || (is_break && open.text.size() >= kPieceBytes / 2)) close_piece(pieces, open);
    open.text += line;
    open.text += '\n';
  }
  close_piece(pieces, open);
  return pieces;
}

std::set<std::string> term_set(std::string_view text, std::string_view language) {
  std::set<std::string> terms;
  for (knowledge::Term& term : knowledge::analyse(text, language)) terms.insert(std::move(term.text));
  return terms;
}

}  // namespace

std::vector<knowledge::Passage> passages_in(std::string_view text, std::string_view title, std::string_view query) {
  const std::string language = knowledge::detect_language(prefix_bytes(text, 8'000));
  const std::set<std::string> wanted = term_set(query, language);
  std::vector<knowledge::Passage> passages;
  std::vector<std::set<std::string>> terms;
  std::map<std::string, std::size_t> frequency;
  for (Piece& piece : pieces_of(text)) {
    knowledge::Passage passage;
    passage.title = title;
    if (!piece.heading.empty()) passage.heading_path = {piece.heading};
    passage.language = language;
    passage.text = std::move(piece.text);
    terms.push_back(term_set(piece.heading + "\n" + passage.text, language));
    for (const std::string& term : wanted) frequency[term] += terms.back().contains(term) ? 1 : 0;
    passages.push_back(std::move(passage));
  }
  const auto count = static_cast<double>(passages.size());
  for (std::size_t i = 0; i < passages.size(); ++i) {
    for (const std::string& term : wanted) {
      if (terms[i].contains(term)) passages[i].score += std::log(1 + count / static_cast<double>(frequency[term]));
    }
  }
  std::vector<std::size_t> order(passages.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return passages[a].score != passages[b].score ? passages[a].score > passages[b].score : a < b;
  });
  std::vector<knowledge::Passage> best;
  for (const std::size_t i : order) {
    if (best.size() == kPassagesKept) break;
    best.push_back(std::move(passages[i]));
  }
  return best;
}

}  // namespace guildhall::runtime
