// Cuts a reply into units, line by line and sentence by sentence.
#include "reply_units.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "code_point.h"
#include "knowledge/language.h"

namespace guildhall::models {
namespace {

constexpr std::size_t kShapeBytes = 8;            // enough to tell what a line is
constexpr std::size_t kSentenceBytesMax = 4'000;  // longer is cut
constexpr std::size_t kLineBytesMax = 16'000;

bool is_digit_byte(char c) {
  return c >= '0' && c <= '9';
}

UnitShape shape_of_line(std::string_view line) {
  line = trimmed(line);
  if (line.starts_with("```") || line.starts_with("~~~")) return UnitShape::code;
  if (line.starts_with('|')) return UnitShape::row;
  if (line.starts_with('#')) return UnitShape::heading;
  for (const std::string_view mark : {"- ", "* ", "+ ", "• ", "> "}) {
    if (line.starts_with(mark)) return UnitShape::item;
  }
  std::size_t digits = 0;
  while (digits < line.size() && digits < 4 && is_digit_byte(line[digits])) ++digits;
  const bool is_numbered =
      digits > 0 && digits + 1 < line.size() && (line[digits] == '.' || line[digits] == ')') && line[digits + 1] == ' ';
  return is_numbered ? UnitShape::item : UnitShape::sentence;
}

bool has_letter(std::string_view text) {
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    const UChar32 c = next_code_point(text, at);
    if (c >= 0 && u_isalpha(c)) return true;
  }
  return false;
}

// Bytes of a character that are there while the rest of it has not come.
std::size_t incomplete_bytes(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0U) == 0x80U) continue;
    const std::size_t wanted = byte >= 0xF0U ? 4 : byte >= 0xE0U ? 3 : byte >= 0xC0U ? 2 : 1;
    return wanted > back ? back : 0;
  }
  return 0;
}

struct Marker {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<std::size_t> numbers;
};

// A marker whose bracket opens at `at`.
std::optional<Marker> marker_at(std::string_view text, std::size_t at) {
  constexpr std::string_view kWideOpen = "【";
  constexpr std::string_view kWideClose = "】";
  const bool is_wide = text.substr(at).starts_with(kWideOpen);
  if (!is_wide && text[at] != '[') return std::nullopt;
  Marker marker{at, at + (is_wide ? kWideOpen.size() : 1), {}};
  if (!is_wide && marker.end < text.size() && text[marker.end] == '^') ++marker.end;
  while (true) {
    std::size_t number = 0;
    const std::size_t begin = marker.end;
    while (marker.end < text.size() && is_digit_byte(text[marker.end]) && marker.end < begin + 4) {
      number = number * 10 + static_cast<std::size_t>(text[marker.end++] - '0');
    }
    if (marker.end == begin) return std::nullopt;
    marker.numbers.push_back(number);
    const std::string_view rest = text.substr(marker.end);
    if (rest.starts_with(is_wide ? kWideClose : "]")) {
      marker.end += is_wide ? kWideClose.size() : 1;
      if (!is_wide && text.substr(marker.end).starts_with('(')) return std::nullopt;
      return marker;
    }
    if (!rest.starts_with(',') && !rest.starts_with(';')) return std::nullopt;
    ++marker.end;
    while (marker.end < text.size() && text[marker.end] == ' ') ++marker.end;
  }
}

std::vector<Marker> markers_in(std::string_view text) {
  std::vector<Marker> markers;
  for (std::size_t at = 0; at < text.size();) {
    const auto marker = marker_at(text, at);
    if (marker) markers.push_back(*marker);
    at = marker ? marker->end : at + 1;
  }
  return markers;
}

}  // namespace

std::vector<knowledge::Span> spaced_sentences(std::string_view text, std::string_view language) {
  std::vector<knowledge::Span> whole;
  bool continues = false;
  for (knowledge::Span span : knowledge::sentences(text, language)) {
    // A bracket that opens after the full stop belongs to what follows.
    while (span.end > span.begin + 1 && text[span.end - 1] == '[') --span.end;
    if (continues) {
      whole.back().end = span.end;
    } else {
      whole.push_back(span);
    }
    const auto last = static_cast<unsigned char>(text[span.end - 1]);
    const bool is_spaced = span.end >= text.size() || std::string_view(" \t\r\n").find(text[span.end]) != std::string_view::npos;
    continues = !is_spaced && last < 0x80 && leading_markers(text.substr(span.end)) == 0;
  }
  return whole;
}

std::size_t leading_markers(std::string_view text) {
  std::size_t taken = 0;
  while (true) {
    std::size_t at = taken;
    while (at < text.size() && text[at] == ' ') ++at;
    const auto marker = at < text.size() ? marker_at(text, at) : std::nullopt;
    if (!marker) return taken;
    taken = marker->end;
  }
}

Unmarked unmarked(std::string_view text) {
  Unmarked result;
  std::size_t at = 0;
  for (const Marker& marker : markers_in(text)) {
    std::string_view before = text.substr(at, marker.begin - at);
    while (before.ends_with(' ')) before.remove_suffix(1);
    result.text += before;
    result.numbers.insert(result.numbers.end(), marker.numbers.begin(), marker.numbers.end());
    at = marker.end;
  }
  result.text += text.substr(at);
  return result;
}

std::string remarked(std::string_view text, const std::vector<std::int64_t>& numbers) {
  std::string result;
  std::size_t at = 0;
  bool is_written = false;
  for (const Marker& marker : markers_in(text)) {
    std::string_view before = text.substr(at, marker.begin - at);
    const bool writes = !is_written && !numbers.empty();
    if (!writes) {
      while (before.ends_with(' ')) before.remove_suffix(1);
    }
    result += before;
    if (writes) {
      for (const std::int64_t number : numbers) result += "[" + std::to_string(number) + "]";
      is_written = true;
    }
    at = marker.end;
  }
  result += text.substr(at);
  return result;
}

std::vector<ReplyUnit> ReplyUnits::feed(std::string_view chunk) {
  std::vector<ReplyUnit> out;
  buffer_ += chunk;
  take_lines(out, false);
  return out;
}

std::vector<ReplyUnit> ReplyUnits::finish() {
  std::vector<ReplyUnit> out;
  take_lines(out, true);
  if (!code_.empty()) {
    const std::string code = std::move(code_);
    code_.clear();
    is_in_code_ = false;
    add(out, code, UnitShape::code);
  }
  return out;
}

void ReplyUnits::take_lines(std::vector<ReplyUnit>& out, bool is_end) {
  while (!buffer_.empty()) {
    const std::size_t line_end = buffer_.find('\n', searched_);
    const bool is_whole = line_end != std::string::npos || is_end;
    std::string_view line = std::string_view(buffer_).substr(0, line_end);
    if (!is_whole) {
      searched_ = buffer_.size();
      line.remove_suffix(incomplete_bytes(line));
    }
    const std::string kept(line);
    const std::size_t taken = take_line(out, kept, is_whole);
    if (!is_whole) {
      buffer_.erase(0, taken);
      searched_ -= taken;
      return;
    }
    buffer_.erase(0, line_end == std::string::npos ? buffer_.size() : line_end + 1);
    searched_ = 0;
    is_line_begin_ = true;
    if (line_end != std::string::npos) (is_in_code_ ? code_ : separator_) += '\n';
  }
}

std::size_t ReplyUnits::take_line(std::vector<ReplyUnit>& out, std::string_view line, bool is_whole) {
  if (is_in_code_) {
    if (!is_whole) return 0;
    code_ += line;
    const bool closes = trimmed(line).starts_with("```") || trimmed(line).starts_with("~~~");
    if (!closes) return line.size();
    const std::string code = std::move(code_);
    code_.clear();
    is_in_code_ = false;
    add(out, code, UnitShape::code);
    return line.size();
  }
  if (!is_line_begin_) return take_sentences(out, line, is_whole);
  const std::size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
  if (!is_whole && line.size() < indent + kShapeBytes) return 0;
  const UnitShape shape = shape_of_line(line);
  if (shape == UnitShape::sentence) {
    const std::size_t taken = take_sentences(out, line, is_whole);
    if (taken > 0) is_line_begin_ = false;
    return taken;
  }
  if (shape == UnitShape::code) {
    if (!is_whole) return 0;
    is_in_code_ = true;
    code_ = line;
    return line.size();
  }
  if (line.size() > kLineBytesMax) {
    const std::string_view front = prefix_bytes(line, kLineBytesMax);
    add(out, front, shape);
    is_line_begin_ = false;
    return front.size() + (is_whole ? take_sentences(out, line.substr(front.size()), true) : 0);
  }
  if (!is_whole) return 0;
  add(out, line, shape);
  return line.size();
}

std::size_t ReplyUnits::take_sentences(std::vector<ReplyUnit>& out, std::string_view line, bool is_whole) {
  std::size_t taken = 0;
  while (taken < line.size()) {
    const std::string_view rest = line.substr(taken);
    const std::string_view seen = prefix_bytes(rest, kSentenceBytesMax);
    const bool is_all = seen.size() < rest.size() || is_whole;
    const std::vector<knowledge::Span> spans = spaced_sentences(seen, language_);
    if (spans.empty()) {
      if (is_whole) separator_ += rest;
      return is_whole ? line.size() : taken;
    }
    std::size_t end = spans.size() > 1 ? spans.front().end : seen.size();
    if (!is_all && !has_letter(seen.substr(end))) return taken;
    end += leading_markers(seen.substr(end));
    add(out, rest.substr(0, end), UnitShape::sentence);
    taken += end;
  }
  return taken;
}

void ReplyUnits::add(std::vector<ReplyUnit>& out, std::string_view text, UnitShape shape) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r"), text.size());
  separator_ += text.substr(0, begin);
  std::string_view kept = text.substr(begin);
  std::string after;
  while (!kept.empty() && (kept.back() == ' ' || kept.back() == '\t' || kept.back() == '\r')) {
    after.insert(after.begin(), kept.back());
    kept.remove_suffix(1);
  }
  if (!kept.empty()) {
    out.push_back({std::move(separator_), std::string(kept), shape});
    separator_ = std::move(after);
  } else {
    separator_ += after;
  }
}

}  // namespace guildhall::models
