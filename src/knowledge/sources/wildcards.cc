// Matching with one or two places to go back to, so never more steps than pattern times text.
#include "sources/wildcards.h"

#include <algorithm>
#include <string>

#include "../limits.h"

namespace guildhall::knowledge {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

/// Where a wildcard stands and how far its text goes so far.
struct WildcardMark {
  std::size_t after = kNowhere;  ///< of the pattern
  std::size_t text = 0;
};

bool matches_whole_glob(std::string_view glob, std::string_view text) {
  WildcardMark segment;
  WildcardMark deep;
  std::size_t g = 0;
  std::size_t t = 0;
  for (std::size_t steps = 0; t < text.size(); ++steps) {
    if (steps == kGlobStepsMax) return false;
    if (glob.substr(std::min(g, glob.size())).starts_with("**")) {
      g += 2;
      deep = {g, t};
      segment = {};
      continue;
    }
    if (g < glob.size() && glob[g] == '*') {
      segment = {++g, t};
      continue;
    }
    if (g < glob.size() && (glob[g] == text[t] || (glob[g] == '?' && text[t] != '/'))) {
      ++g;
      ++t;
      continue;
    }
    if (segment.after != kNowhere && text[segment.text] != '/') {
      g = segment.after;
      t = ++segment.text;
      continue;
    }
    if (deep.after == kNowhere) return false;
    segment = {};
    g = deep.after;
    t = ++deep.text;
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

}  // namespace

bool robots_rule_matches(std::string_view rule, std::string_view target) {
  const bool is_anchored = rule.ends_with('$');
  if (is_anchored) rule.remove_suffix(1);
  WildcardMark star;
  std::size_t r = 0;
  std::size_t t = 0;
  for (;;) {
    if (r == rule.size() && (!is_anchored || t == target.size())) return true;
    if (r < rule.size() && rule[r] == '*') {
      star = {++r, t};
    } else if (r < rule.size() && t < target.size() && rule[r] == target[t]) {
      ++r;
      ++t;
    } else if (star.after != kNowhere && star.text < target.size()) {
      r = star.after;
      t = ++star.text;
    } else {
      return false;
    }
  }
}

bool glob_matches(std::string_view glob, std::string_view url) {
  if (glob.find("://") != kNowhere) return matches_whole_glob(glob, url);
  const std::size_t authority = url.find("://");
  const std::size_t path = authority == kNowhere ? 0 : url.find('/', authority + 3);
  const std::string_view target = path == kNowhere ? std::string_view("/") : url.substr(path);
  const std::string rooted = glob.starts_with('/') || glob.starts_with("**") ? std::string(glob) : "/" + std::string(glob);
  return matches_whole_glob(rooted, target) || matches_whole_glob(rooted, target.substr(0, target.find('?')));
}

}  // namespace guildhall::knowledge
