// robots.txt: what a site asks crawlers to leave alone (RFC 9309). Written by the site that is crawled.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace guildhall::knowledge {

/// The product token of the User-Agent, in lower case: what groups of robots.txt and meta elements may name.
inline constexpr std::string_view kCrawlerToken = "guildhallbot";

class Robots {
 public:
  /// True when the path and query of a URL may be fetched: the longest matching rule decides, an allow before a disallow.
  bool allows(std::string_view target) const;
  const std::vector<std::string>& sitemaps() const { return sitemaps_; }

 private:
  friend Robots parse_robots(std::string_view text);
  struct Rule {
    std::string path;
    bool is_allowed = false;
  };
  std::vector<Rule> rules_;
  std::vector<std::string> sitemaps_;
};

/// The rules for this crawler: the groups that name it, all of them together, else those for `*`. Never fails; lines that say
/// nothing known are passed over, and what follows the first 500 KiB.
Robots parse_robots(std::string_view text);

}  // namespace guildhall::knowledge
