// Versions by SemVer 2.0.0: reading and precedence; private to registry.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::registry {

struct Semver {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;
  std::vector<std::string> prerelease;  ///< identifiers; empty: a release
};

/// The whole text by the grammar of semver.org §2; build metadata is read and dropped. At most kVersionBytesMax bytes.
std::optional<Semver> parse_semver(std::string_view text);
/// Precedence, §11.
std::strong_ordering compare(const Semver& a, const Semver& b);

enum class Bump : std::uint8_t { fix, feature, breaking };
std::string_view wire_name(Bump bump);
std::optional<Bump> parse_bump(std::string_view name);
/// What going from one version to a greater one announces.
Bump bump_between(const Semver& from, const Semver& to);

}  // namespace guildhall::registry
