// The route table: a trie of path segments.
#include <array>
#include <map>
#include <stdexcept>

#include "base/text.h"
#include "net/server.h"
#include "percent.h"

namespace guildhall::net {

// Not file-local: the type of Router::Node, which a public header names, is made of them.
constexpr std::size_t kMethods = 7;

struct RouteLeaf {
  Endpoint endpoint;
  std::vector<std::string> names;  ///< of the parameters, in path order
};

using RouteLeaves = std::array<std::unique_ptr<RouteLeaf>, kMethods>;

namespace {

bool is_empty_leaves(const RouteLeaves& leaves) {
  for (const auto& leaf : leaves) {
    if (leaf) return false;
  }
  return true;
}

}  // namespace

struct Router::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> parameter;
  RouteLeaves here;  ///< endpoints whose pattern ends at this node
  RouteLeaves rest;  ///< endpoints whose pattern ends with `{rest*}` below this node
};

namespace {

/// One look-up: walks the trie depth first, literals before parameters, and remembers the first path that lacked the method.
template <class Node>
struct RouteSearch {
  Method method;
  std::vector<std::string_view> segments;  ///< still encoded
  std::vector<std::string> values = {};
  const RouteLeaf* found = nullptr;
  const RouteLeaves* other_methods = nullptr;

  bool take(const RouteLeaves& leaves) {
    found = leaves[static_cast<std::size_t>(method)].get();
    if (found == nullptr && method == Method::head) found = leaves[static_cast<std::size_t>(Method::get)].get();
    if (found == nullptr && other_methods == nullptr && !is_empty_leaves(leaves)) other_methods = &leaves;
    return found != nullptr;
  }

  bool walk(const Node& node, std::size_t depth) {
    if (depth == segments.size()) {
      if (take(node.here)) return true;
    } else {
      auto decoded = percent_decoded(segments[depth], false);
      if (!decoded) return false;
      const auto literal = node.literals.find(*decoded);
      if (literal != node.literals.end() && walk(*literal->second, depth + 1)) return true;
      if (node.parameter && !decoded->empty()) {
        values.push_back(std::move(*decoded));
        if (walk(*node.parameter, depth + 1)) return true;
        values.pop_back();
      }
    }
    if (is_empty_leaves(node.rest)) return false;
    std::string rest;
    for (std::size_t i = depth; i < segments.size(); ++i) {
      const auto decoded = percent_decoded(segments[i], false);
      if (!decoded) return false;
      if (i > depth) rest.push_back('/');
      rest += *decoded;
    }
    if (!take(node.rest)) return false;
    values.push_back(std::move(rest));
    return true;
  }
};

std::vector<std::string_view> route_segments(std::string_view path) {
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (path.empty()) return {};
  if (path.front() == '/') path.remove_prefix(1);
  return split(path, '/');
}

}  // namespace

void Router::add(Endpoint endpoint) {
  if (!root_) root_ = std::make_shared<Node>();
  if (endpoint.pattern.empty() || endpoint.pattern.front() != '/') {
    throw std::logic_error("route " + endpoint.pattern + ": a pattern starts with a slash");
  }
  Node* node = root_.get();
  std::vector<std::string> names;
  bool takes_rest = false;
  for (const auto segment : route_segments(endpoint.pattern)) {
    if (takes_rest) throw std::logic_error("route " + endpoint.pattern + ": nothing may follow {rest*}");
    const bool is_parameter = segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
    if (!is_parameter) {
      if (segment.empty() || segment.find_first_of("{}") != segment.npos) {
        throw std::logic_error("route " + endpoint.pattern + ": a segment is a literal or one {parameter}");
      }
      auto& child = node->literals[std::string(segment)];
      if (!child) child = std::make_unique<Node>();
      node = child.get();
      continue;
    }
    auto parameter = segment.substr(1, segment.size() - 2);
    if (parameter.back() == '*') {
      parameter.remove_suffix(1);
      takes_rest = true;
    } else {
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
    }
    names.emplace_back(parameter);
  }
  auto& leaf = (takes_rest ? node->rest : node->here)[static_cast<std::size_t>(endpoint.method)];
  if (leaf) throw std::logic_error("route " + endpoint.pattern + " equals " + leaf->endpoint.pattern);
  leaf = std::make_unique<RouteLeaf>(RouteLeaf{std::move(endpoint), std::move(names)});
}

Router::Match Router::find(Method method, std::string_view path) const {
  Match match;
  if (!root_ || path.empty() || path.front() != '/') return match;
  RouteSearch<Node> search{method, route_segments(path)};
  if (search.walk(*root_, 0)) {
    match.endpoint = &search.found->endpoint;
    for (std::size_t i = 0; i < search.values.size(); ++i) {
      match.parameters.emplace_back(search.found->names[i], std::move(search.values[i]));
    }
  } else if (search.other_methods != nullptr) {
    for (std::size_t i = 0; i < kMethods; ++i) {
      const auto allowed = static_cast<Method>(i);
      const bool has_get = (*search.other_methods)[static_cast<std::size_t>(Method::get)] != nullptr;
      if ((*search.other_methods)[i] || (allowed == Method::head && has_get)) match.allowed.push_back(allowed);
    }
  }
  return match;
}

}  // namespace guildhall::net
