// Reading a request target and who sent it.
#include "target.h"

#include <algorithm>

#include "address.h"
#include "base/errors.h"
#include "base/text.h"
#include "net/limits.h"
#include "percent.h"

namespace guildhall::net {
namespace {

bool has_dot_segment(std::string_view path) {
  for (const auto segment : split(path, '/')) {
    if (segment == "." || segment == "..") return true;
  }
  return false;
}

std::string_view without_authority(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (text.size() < scheme.size() || !equals_ignoring_case(text.substr(0, scheme.size()), scheme)) continue;
    text.remove_prefix(scheme.size());
    const auto end = text.find_first_of("/?");
    if (end == 0 || text.empty()) throw Refusal(Code::invalid_request, "the request target names no host");
    return end == text.npos ? std::string_view("/") : text.substr(end);
  }
  throw Refusal(Code::invalid_request, "the request target is neither a path nor an absolute http address");
}

}  // namespace

Target parse_target(std::string_view text) {
  Target target;
  if (text == "*") {
    target.raw_path = target.path = "*";
    return target;
  }
  if (text.empty() || text.front() != '/') text = without_authority(text);
  if (text.find('#') != text.npos) throw Refusal(Code::invalid_request, "the request target contains a fragment");
  const auto question = text.find('?');
  auto raw = text.substr(0, question);
  if (question != text.npos) target.query_text = text.substr(question + 1);
  while (raw.size() > 1 && raw.back() == '/') raw.remove_suffix(1);
  while (raw.size() > 1 && raw[0] == '/' && raw[1] == '/') raw.remove_prefix(1);
  target.raw_path = raw.empty() ? "/" : std::string(raw);

  auto decoded = percent_decoded(target.raw_path, false);
  if (!decoded) throw Refusal(Code::invalid_request, "the path contains a broken percent escape");
  for (const char c : *decoded) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      throw Refusal(Code::invalid_request, "the path contains a control character");
    }
  }
  if (!is_valid_utf8(*decoded)) throw Refusal(Code::invalid_request, "the path is not valid UTF-8");
  if (has_dot_segment(*decoded)) throw Refusal(Code::invalid_request, "the path contains a dot segment");
  target.path = std::move(*decoded);
  return target;
}

std::string client_address(std::string_view peer, const Headers& headers, const std::vector<std::string>& trusted_proxies) {
  const auto trusted = [&](std::string_view address) {
    return std::find(trusted_proxies.begin(), trusted_proxies.end(), address) != trusted_proxies.end();
  };
  if (trusted_proxies.empty() || !trusted(peer)) return std::string(peer);
  std::vector<std::string_view> hops;
  for (const auto& [field, value] : headers.all()) {
    if (!equals_ignoring_case(field, "X-Forwarded-For")) continue;
    for (const auto hop : split(value, ',')) hops.push_back(trimmed(hop));
  }
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    const auto address = parse_address(*hop);
    if (!address) break;
    if (!trusted(*hop)) return address_text(*address);
  }
  return std::string(peer);
}

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= kRequestIdBytesMax && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace guildhall::net
