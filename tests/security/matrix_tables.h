// What the access matrix knows about routes: bodies for those that write, and the few that answer strangers, each with its
// reason.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::test {

/// Names of things of the victims; bodies and paths hold them as `<name>`.
using Facts = std::map<std::string, std::string>;

/// The body of "METHOD /pattern", with its facts not yet filled in; null for a route nobody wrote one for.
const std::string* body_of(const std::string& route);
/// The fact that fills a path parameter; empty when none is known.
std::string fact_of_parameter(std::string_view pattern, std::string_view parameter);
std::string filled(std::string text, const Facts& facts);

struct Reasoned {
  std::string route;
  std::string reason;
};
/// Exactly the routes that accept anyone.
const std::vector<Reasoned>& open_routes();
/// Routes that answer a stranger about the stranger's own things, or about what every account may see.
const std::vector<Reasoned>& own_routes();

/// Routes whose refusal to the owner looks like one to a stranger, for the state the victims' thing is in.
const std::vector<Reasoned>& refused_to_owners();

/// A role that may do what the route's right alone would not say.
struct RoleMay {
  std::string role;
  std::string route;
  std::string reason;
};
const std::vector<RoleMay>& role_exceptions();

}  // namespace guildhall::test
