// robots.txt line by line.
#include "sources/robots.h"

#include <algorithm>

#include "../limits.h"
#include "base/text.h"
#include "sources/web_url.h"
#include "sources/wildcards.h"

namespace guildhall::knowledge {
namespace {

/// The product token of a user-agent line: the letters before a version or a comment.
std::string agent_token(std::string_view value) {
  if (value == "*") return "*";
  const std::string lower = ascii_lower(value);
  return lower.substr(0, lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz-_"));
}

}  // namespace

Robots parse_robots(std::string_view text) {
  text = text.substr(0, kRobotsBytesMax);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Robots own;
  std::vector<Robots::Rule> for_all;
  bool names_us = false;
  bool group_is_ours = false;
  bool group_is_for_all = false;
  bool is_in_rules = true;
  const std::string lines = replaced(text, "\r", "\n");
  for (std::string_view line : split(lines, '\n')) {
    line = trimmed(line.substr(0, line.find('#')));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string field = ascii_lower(trimmed(line.substr(0, colon)));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (field == "sitemap") {
      if (own.sitemaps_.size() < kSitemapsMax) own.sitemaps_.emplace_back(value);
    } else if (field == "user-agent") {
      if (is_in_rules) group_is_ours = group_is_for_all = false;
      is_in_rules = false;
      const std::string token = agent_token(value);
      group_is_ours = group_is_ours || token == kCrawlerToken;
      group_is_for_all = group_is_for_all || token == "*";
      names_us = names_us || group_is_ours;
    } else if (field == "allow" || field == "disallow") {
      is_in_rules = true;
      if (value.empty() || value.size() > kUrlBytesMax) continue;
      Robots::Rule rule{normalised_octets(value), field == "allow"};
      if (group_is_ours) own.rules_.push_back(rule);
      if (group_is_for_all) for_all.push_back(std::move(rule));
    }
  }
  if (!names_us) own.rules_ = std::move(for_all);
  return own;
}

bool Robots::allows(std::string_view target) const {
  if (target == "/robots.txt") return true;
  const Rule* best = nullptr;
  for (const Rule& rule : rules_) {
    if (best != nullptr && (rule.path.size() < best->path.size() ||
                            (rule.path.size() == best->path.size() && (best->is_allowed || !rule.is_allowed)))) {
      continue;
    }
    if (robots_rule_matches(rule.path, target)) best = &rule;
  }
  return best == nullptr || best->is_allowed;
}

}  // namespace guildhall::knowledge
