// The repository lints itself: every rule over the whole tree. What each rule finds is proven in planted_test.cc.
#include <doctest/doctest.h>

#include <cstdlib>

#include "checks.h"
#include "rules.h"
#include "source_tree.h"

namespace guildhall::tidy {
namespace {

const Files& tree() {
  static const Files files = [] {
    const char* root = std::getenv("GUILDHALL_SOURCE_DIR");
    return read_tree(root ? root : ".");
  }();
  return files;
}

void expect_none(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings)
    ADD_FAIL_CHECK_AT(finding.path.c_str(), finding.line, "[" << finding.rule << "] " << finding.message);
}

TEST_CASE("the tree is the repository") {
  REQUIRE(tree().size() > 300);
  CHECK(std::string(tree().front().path) != "");
}

TEST_CASE("no banned word or call") {
  for (const LineRule& rule : line_rules()) {
    CAPTURE(rule.name);
    expect_none(check_lines(rule, tree()));
  }
}

TEST_CASE("a file is one thing and says which in its first line") {
  expect_none(check_file_sizes(tree()));
  expect_none(check_first_lines(tree()));
}

TEST_CASE("a function fits a screen") {
  expect_none(check_function_sizes(tree()));
}

TEST_CASE("public headers name no library") {
  expect_none(check_public_headers(tree()));
}

TEST_CASE("lower never knows upper, and a dialect knows no other") {
  expect_none(check_layers(tree()));
}

TEST_CASE("each library is one room's business, and Asio is in at most ten files") {
  expect_none(check_libraries(tree()));
}

TEST_CASE("SQL is constant but for numbered placeholders") {
  expect_none(check_sql(tree()));
}

TEST_CASE("file-local names are unique in their room") {
  expect_none(check_unity_names(tree()));
}

TEST_CASE("every parser has a fuzz program or a written reason") {
  expect_none(check_parsers(tree()));
}

TEST_CASE("tests are skipped by name") {
  expect_none(check_skips(tree()));
}

}  // namespace
}  // namespace guildhall::tidy
