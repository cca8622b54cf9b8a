// Finds what can be followed in a text.
#include "addresses.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "base/text.h"
#include "code_point.h"

namespace guildhall::models {
namespace {

constexpr std::string_view kSchemes[] = {"javascript:", "vbscript:", "data:", "mailto:", "tel:", "sms:", "file:", "blob:"};
constexpr std::string_view kAttributes[] = {"href=", "src=", "action=", "srcset=", "poster=", "formaction="};
constexpr std::string_view kEnds = " \t\r\n<>\"'`()[]{}|\\^";

bool is_invisible(UChar32 c) {
  return c == 0x00AD || c == 0x034F || c == 0x061C || (c >= 0x115F && c <= 0x1160) || c == 0x180E ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xE0000 && c <= 0xE0FFF);
}

bool is_wide_punctuation(UChar32 c) {
  return c == 0x3001 || c == 0x3002 || (c >= 0x3008 && c <= 0x3011) || c == 0xFF0C || c == 0xFF01 || c == 0xFF1F || c == 0xFF1B;
}

// Cut at white space, brackets, quotes and the punctuation of East Asian texts.
std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  std::size_t begin = 0;
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    const auto here = static_cast<std::size_t>(at);
    const UChar32 c = next_code_point(text, at);
    const bool ends =
        c < 0 || u_isUWhiteSpace(c) || is_wide_punctuation(c) || (c < 128 && kEnds.find(static_cast<char>(c)) != kEnds.npos);
    if (!ends) continue;
    if (here > begin) tokens.push_back(text.substr(begin, here - begin));
    begin = static_cast<std::size_t>(at);
  }
  if (begin < text.size()) tokens.push_back(text.substr(begin));
  return tokens;
}

bool is_host_letter(UChar32 c) {
  if (c == '-' || u_isdigit(c)) return true;
  if (c < 128) return u_isalpha(c);
  // Letters without spaces between words stand right before a host and are no part of it.
  return u_isalpha(c) && u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH) != U_EA_WIDE;
}

// The end of the longest run of host characters and dots that begins at `begin`.
std::size_t end_of_host(std::string_view text, std::size_t begin) {
  const auto size = static_cast<std::int32_t>(text.size());
  auto at = static_cast<std::int32_t>(begin);
  while (at < size) {
    const std::int32_t here = at;
    const UChar32 c = next_code_point(text, at);
    if (c != '.' && !is_host_letter(c)) return static_cast<std::size_t>(here);
  }
  return text.size();
}

// "shop.example", but no number, "e.g" or the end of a sentence whose space was forgotten ("store.We").
bool looks_like_host(std::string_view host, bool has_path) {
  const auto dot = host.rfind('.');
  if (dot == host.npos || dot == 0) return false;
  const std::string_view last = host.substr(dot + 1);
  if (code_points(last) < 2 || host.find("..") != host.npos) return false;
  std::size_t lower = 0;
  std::size_t letters = 0;
  UChar32 first = 0;
  for (std::int32_t at = 0; at < static_cast<std::int32_t>(last.size());) {
    const UChar32 c = next_code_point(last, at);
    if (first == 0) first = c;
    if (!u_isalpha(c)) return false;
    ++letters;
    lower += u_islower(c) ? 1 : 0;
  }
  const bool is_next_sentence = u_isupper(first) && lower + 1 == letters;
  return has_path || !is_next_sentence;
}

// How two spellings of one target compare: no scheme of the web, no "www.", no sign of the sentence around it.
std::string compared(std::string_view target) {
  std::string text = folded(target);
  std::string_view rest = text;
  for (const std::string_view prefix : {"https://", "http://", "mailto:", "//", "www."}) {
    if (rest.starts_with(prefix)) rest.remove_prefix(prefix.size());
  }
  while (!rest.empty() && std::string_view(".,;:!?*_~/").find(rest.back()) != std::string_view::npos) rest.remove_suffix(1);
  return std::string(rest);
}

void add(std::vector<std::string>& targets, std::string_view target) {
  std::string text = compared(target);
  if (!text.empty() && std::find(targets.begin(), targets.end(), text) == targets.end()) targets.push_back(std::move(text));
}

// A URL, an address or a host in a piece of text without spaces.
void scan_token(std::string_view token, std::vector<std::string>& targets) {
  if (const auto at = token.find("://"); at != token.npos) {
    std::size_t begin = at;
    while (begin > 0 && (u_isalnum(static_cast<unsigned char>(token[begin - 1])) || token[begin - 1] == '+')) --begin;
    return add(targets, token.substr(begin));
  }
  const std::string lower = ascii_lower(token);
  for (const std::string_view scheme : kSchemes) {
    if (const auto at = lower.find(scheme); at != lower.npos && at + scheme.size() < lower.size())
      return add(targets, token.substr(at));
  }
  if (token.starts_with("//")) return add(targets, token);
  for (std::size_t at = 0; at < token.size();) {
    const std::size_t end = end_of_host(token, at);
    if (end == at) {
      ++at;
      while (at < token.size() && (static_cast<unsigned char>(token[at]) & 0xC0U) == 0x80U) ++at;
      continue;
    }
    std::string_view host = token.substr(at, end - at);
    const bool is_mail = at > 0 && token[at - 1] == '@';
    while (host.ends_with('.')) host.remove_suffix(1);
    const bool has_path = end < token.size() && (token[end] == '/' || token[end] == '?' || token[end] == '#');
    if (is_mail && host.find('.') != host.npos) {
      std::size_t begin = at - 1;
      while (begin > 0 && std::string_view(",;:/=").find(token[begin - 1]) == std::string_view::npos) --begin;
      add(targets, token.substr(begin, at + host.size() - begin));
    } else if (!is_mail && (end >= token.size() || token[end] != '@') && looks_like_host(host, has_path)) {
      add(targets, has_path ? token.substr(at) : host);
      if (has_path) return;
    }
    at = end;
  }
}

void scan_markdown(std::string_view text, std::vector<std::string>& targets) {
  for (auto at = text.find("]("); at != text.npos; at = text.find("](", at + 2)) {
    std::string_view target = trimmed(text.substr(at + 2));
    if (target.starts_with('<')) target.remove_prefix(1);
    add(targets, target.substr(0, target.find_first_of(" \t\n)>")));
  }
}

void scan_attributes(std::string_view text, std::vector<std::string>& targets) {
  const std::string lower = ascii_lower(text);
  if (lower.find('<') == lower.npos) return;
  for (const std::string_view name : kAttributes) {
    for (auto at = lower.find(name); at != lower.npos; at = lower.find(name, at + name.size())) {
      std::string_view value = text.substr(at + name.size());
      if (value.starts_with('"') || value.starts_with('\'')) value.remove_prefix(1);
      add(targets, value.substr(0, value.find_first_of("\"'> \t\n")));
    }
  }
}

}  // namespace

std::string without_invisible(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    const auto begin = static_cast<std::size_t>(at);
    const UChar32 c = next_code_point(text, at);
    if (!is_invisible(c)) out += text.substr(begin, static_cast<std::size_t>(at) - begin);
  }
  return out;
}

Addresses addresses_in(std::string_view text) {
  Addresses found;
  const std::string seen = without_invisible(text);
  for (const std::string_view token : tokens_of(seen)) scan_token(token, found.targets);
  // Letters of full width are those of the host they stand for.
  if (const std::string narrow = folded(seen); narrow != ascii_lower(seen)) {
    for (const std::string_view token : tokens_of(narrow)) scan_token(token, found.targets);
  }
  scan_markdown(seen, found.targets);
  scan_attributes(seen, found.targets);
  const std::string lower = ascii_lower(seen);
  found.has_image = seen.find("![") != seen.npos || lower.find("<img") != lower.npos || lower.find("<iframe") != lower.npos ||
                    lower.find("<svg") != lower.npos || lower.find("<object") != lower.npos || lower.find("<embed") != lower.npos;
  return found;
}

void KnownAddresses::add(std::string_view text) {
  for (const std::string& target : addresses_in(text).targets) {
    if (target.find('@') == target.npos) targets_.insert(target.substr(0, target.find_first_of("/?#")));
    targets_.insert(target);
  }
}

}  // namespace guildhall::models
