// Counting failed sign-ins per name and address prefix; nothing is locked for longer than its window.
#include "guards.h"

#include <array>
#include <cstdint>
#include <vector>

#include "base/ids.h"
#include "base/text.h"
#include "base/time.h"
#include "limits.h"

namespace guildhall::identity {
namespace {

/// The 16-bit groups before `::` or the end, at most eight.
std::vector<std::string_view> groups_of(std::string_view text) {
  return text.empty() ? std::vector<std::string_view>{} : split(text, ':');
}

std::string prefix_of_ipv6(std::string_view address) {
  const std::size_t gap = address.find("::");
  std::vector<std::string_view> groups;
  if (gap == std::string_view::npos) {
    groups = groups_of(address);
  } else {
    groups = groups_of(address.substr(0, gap));
    const auto tail = groups_of(address.substr(gap + 2));
    while (groups.size() + tail.size() < 8) groups.emplace_back("0");
    groups.insert(groups.end(), tail.begin(), tail.end());
  }
  if (groups.size() < 4) return std::string(address);
  std::string prefix;
  for (std::size_t i = 0; i < 4; ++i) {
    std::string group(4 - std::min<std::size_t>(4, groups[i].size()), '0');
    group += ascii_lower(groups[i]);
    if (i == 3) group.replace(2, std::string::npos, "00");
    prefix += group + ":";
  }
  return prefix + ":/56";
}

}  // namespace

std::string prefix_of(std::string_view address) {
  std::string_view bare = address.substr(0, address.find('%'));
  if (bare.size() > 7 && ascii_lower(bare.substr(0, 7)) == "::ffff:" && bare.find('.') != std::string_view::npos)
    bare.remove_prefix(7);
  if (bare.find(':') != std::string_view::npos) return prefix_of_ipv6(bare);
  const std::size_t dot = bare.rfind('.');
  if (dot != std::string_view::npos && split(bare, '.').size() == 4) return std::string(bare.substr(0, dot)) + ".0/24";
  return std::string(prefix_bytes(address, 64));
}

bool is_guarded(store::Tx& tx, const Guarded& who) {
  const Timestamp window = tx.now() - seconds(kFailureWindow_s);
  const auto by_both =
      tx.first("SELECT count(*) FROM sign_in_failure WHERE name_digest = $1 AND address_prefix = $2 AND occurred_at > $3",
               {who.name_digest, who.address_prefix, window});
  if (by_both->integer(0) >= kFailuresPerAddressMax) return true;
  const auto by_name =
      tx.first("SELECT count(*) FROM sign_in_failure WHERE name_digest = $1 AND occurred_at > $2", {who.name_digest, window});
  if (by_name->integer(0) >= kFailuresPerAccountMax) return true;
  const auto by_prefix = tx.first("SELECT count(*) FROM sign_in_failure WHERE address_prefix = $1 AND occurred_at > $2",
                                  {who.address_prefix, tx.now() - seconds(kFailurePrefixWindow_s)});
  return by_prefix->integer(0) >= kFailuresOfPrefixMax;
}

void count_failure(store::Tx& tx, const Guarded& who) {
  tx.execute("DELETE FROM sign_in_failure WHERE occurred_at <= $1", {tx.now() - seconds(kFailurePrefixWindow_s)});
  tx.execute("INSERT INTO sign_in_failure (failure_id, name_digest, address_prefix, occurred_at) VALUES ($1, $2, $3, $4)",
             {Id<struct FailureTag>::random(), who.name_digest, who.address_prefix, tx.now()});
}

void forget_failures(store::Tx& tx, const Guarded& who) {
  tx.execute("DELETE FROM sign_in_failure WHERE name_digest = $1 AND address_prefix = $2", {who.name_digest, who.address_prefix});
}

}  // namespace guildhall::identity
