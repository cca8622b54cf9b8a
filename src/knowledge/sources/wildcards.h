// Patterns with wildcards, matched in a time that no pattern can blow up: robots.txt rules and the globs of a source.
#pragma once

#include <string_view>

namespace guildhall::knowledge {

/// RFC 9309 §2.2.3: `*` is any run of characters, `$` at the end the end; otherwise the rule is a prefix of the target.
bool robots_rule_matches(std::string_view rule, std::string_view target);

/// A glob of a source: `*` within a path segment, `**` across segments, `?` one character but '/'. A glob with "://" is
/// compared with the whole URL, any other with its path, and with path and query. A comparison that takes more than
/// kGlobStepsMax steps, which no sensible glob does, ends without a match.
bool glob_matches(std::string_view glob, std::string_view url);

}  // namespace guildhall::knowledge
