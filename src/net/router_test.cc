// The route table.
#include <doctest/doctest.h>

#include <stdexcept>

#include "net/server.h"

using namespace guildhall::net;

namespace {

Router router_with(const std::vector<std::pair<Method, std::string>>& routes) {
  Router router;
  for (const auto& [method, pattern] : routes) {
    Endpoint endpoint;
    endpoint.method = method;
    endpoint.pattern = pattern;
    router.add(std::move(endpoint));
  }
  return router;
}

std::string found(const Router& router, Method method, std::string_view path) {
  const auto match = router.find(method, path);
  if (match.endpoint == nullptr) {
    std::string allowed = "-";
    for (const auto one : match.allowed) allowed += " " + std::string(name(one));
    return allowed;
  }
  std::string text = match.endpoint->pattern;
  for (const auto& [parameter, value] : match.parameters) text += " " + parameter + "=" + value;
  return text;
}

}  // namespace

TEST_CASE("routes are found by segment, literals before parameters") {
  const auto router = router_with({{Method::get, "/"},
                                   {Method::get, "/agents"},
                                   {Method::post, "/agents"},
                                   {Method::get, "/agents/{agent}"},
                                   {Method::delete_, "/agents/{agent}"},
                                   {Method::get, "/agents/mine"},
                                   {Method::post, "/agents/{id}/chat"},
                                   {Method::get, "/agents/mine/stats"},
                                   {Method::get, "/static/{rest*}"},
                                   {Method::get, "/static/known"}});
  CHECK(found(router, Method::get, "/") == "/");
  CHECK(found(router, Method::get, "/agents") == "/agents");
  CHECK(found(router, Method::get, "/agents/") == "/agents");
  CHECK(found(router, Method::head, "/agents") == "/agents");
  CHECK(found(router, Method::get, "/agents/7") == "/agents/{agent} agent=7");
  CHECK(found(router, Method::get, "/agents/a%2Fb%20c") == "/agents/{agent} agent=a/b c");
  CHECK(found(router, Method::get, "/agents/mine") == "/agents/mine");
  CHECK(found(router, Method::delete_, "/agents/mine") == "/agents/{agent} agent=mine");
  CHECK(found(router, Method::post, "/agents/mine/chat") == "/agents/{id}/chat id=mine");
  CHECK(found(router, Method::get, "/%61gents") == "/agents");
  CHECK(found(router, Method::get, "/static/a/b%2Fc") == "/static/{rest*} rest=a/b/c");
  CHECK(found(router, Method::get, "/static") == "/static/{rest*} rest=");
  CHECK(found(router, Method::get, "/static/known") == "/static/known");
  CHECK(found(router, Method::get, "/static/known/more") == "/static/{rest*} rest=known/more");
}

TEST_CASE("a wrong method names the methods of the path, a wrong path names none") {
  const auto router = router_with({{Method::get, "/a"}, {Method::post, "/a"}, {Method::put, "/b/{x}"}});
  CHECK(found(router, Method::put, "/a") == "- GET HEAD POST");
  CHECK(found(router, Method::head, "/b/1") == "- PUT");
  CHECK(found(router, Method::get, "/b") == "-");
  CHECK(found(router, Method::get, "/b//") == "-");
  CHECK(found(router, Method::get, "/A") == "-");
  CHECK(found(router, Method::get, "") == "-");
  CHECK(found(Router(), Method::get, "/") == "-");
}

TEST_CASE("patterns that are equal or make no sense are a programmer's error") {
  CHECK_THROWS_AS(router_with({{Method::get, "/a/{b}"}, {Method::get, "/a/{c}/"}}), std::logic_error);
  CHECK_THROWS_AS(router_with({{Method::get, "/{r*}"}, {Method::get, "/{q*}"}}), std::logic_error);
  CHECK_NOTHROW(router_with({{Method::get, "/a/{b}"}, {Method::post, "/a/{c}"}}));
  for (const auto* bad : {"", "a", "/a/{b*}/c", "/a/x{b}", "/a//b", "/{}"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(router_with({{Method::get, bad}}), std::logic_error);
  }
}
