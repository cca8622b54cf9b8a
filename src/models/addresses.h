// Links and addresses in a text: what a model may repeat and never invent (contracts/support-partner.md §2.6).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::models {

struct Addresses {
  std::vector<std::string> targets;  ///< hosts, links and mail addresses, in the form they are compared in
  bool has_image = false;            ///< a picture that would be fetched: Markdown's or HTML's
};

/// Everything a reader could follow: URLs of any scheme, bare hosts, mail addresses, targets of Markdown links and HTML
/// attributes. Invisible characters and letter width do not hide any.
Addresses addresses_in(std::string_view text);

/// The known ones, and the bare hosts of known links.
class KnownAddresses {
 public:
  void add(std::string_view text);
  bool contains(const std::string& target) const { return targets_.contains(target); }

 private:
  std::set<std::string> targets_;
};

/// Without zero-width, directional and tag characters, which hide text from readers and words from searches.
std::string without_invisible(std::string_view text);

}  // namespace guildhall::models
