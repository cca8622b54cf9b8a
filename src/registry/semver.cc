// SemVer 2.0.0.
#include "semver.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "limits.h"

namespace guildhall::registry {
namespace {

bool is_all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool has_leading_zero(std::string_view digits) {
  return digits.size() > 1 && digits.front() == '0';
}

std::optional<std::uint64_t> number(std::string_view text) {
  if (!is_all_digits(text) || has_leading_zero(text)) return std::nullopt;
  std::uint64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  return read.ec == std::errc() ? std::optional(value) : std::nullopt;
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

/// Numbers by value, texts by ASCII, numbers below texts.
std::strong_ordering compare_identifiers(std::string_view a, std::string_view b) {
  const bool a_is_number = is_all_digits(a);
  const bool b_is_number = is_all_digits(b);
  if (a_is_number != b_is_number) return a_is_number ? std::strong_ordering::less : std::strong_ordering::greater;
  if (a_is_number && a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

}  // namespace

std::optional<Semver> parse_semver(std::string_view text) {
  if (text.size() > kVersionBytesMax) return std::nullopt;
  const std::size_t plus = text.find('+');
  if (plus != std::string_view::npos) {
    for (const std::string_view part : split(text.substr(plus + 1), '.')) {
      if (!is_identifier(part)) return std::nullopt;
    }
    text = text.substr(0, plus);
  }
  Semver version;
  const std::size_t dash = text.find('-');
  if (dash != std::string_view::npos) {
    for (const std::string_view part : split(text.substr(dash + 1), '.')) {
      if (!is_identifier(part) || (is_all_digits(part) && has_leading_zero(part))) return std::nullopt;
      version.prerelease.emplace_back(part);
    }
    text = text.substr(0, dash);
  }
  const auto parts = split(text, '.');
  if (parts.size() != 3) return std::nullopt;
  const std::array<std::uint64_t*, 3> targets{&version.major, &version.minor, &version.patch};
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto value = number(parts[i]);
    if (!value) return std::nullopt;
    *targets[i] = *value;
  }
  return version;
}

std::strong_ordering compare(const Semver& a, const Semver& b) {
  if (const auto order = a.major <=> b.major; order != 0) return order;
  if (const auto order = a.minor <=> b.minor; order != 0) return order;
  if (const auto order = a.patch <=> b.patch; order != 0) return order;
  if (a.prerelease.empty() || b.prerelease.empty()) return b.prerelease.size() <=> a.prerelease.size();
  const std::size_t common = std::min(a.prerelease.size(), b.prerelease.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (const auto order = compare_identifiers(a.prerelease[i], b.prerelease[i]); order != 0) return order;
  }
  return a.prerelease.size() <=> b.prerelease.size();
}

std::string_view wire_name(Bump bump) {
  switch (bump) {
    case Bump::fix: return "fix";
    case Bump::feature: return "feature";
    case Bump::breaking: return "breaking";
  }
  return {};
}

std::optional<Bump> parse_bump(std::string_view name) {
  for (const Bump bump : {Bump::fix, Bump::feature, Bump::breaking}) {
    if (wire_name(bump) == name) return bump;
  }
  return std::nullopt;
}

Bump bump_between(const Semver& from, const Semver& to) {
  if (to.major != from.major) return Bump::breaking;
  return to.minor != from.minor ? Bump::feature : Bump::fix;
}

}  // namespace guildhall::registry
