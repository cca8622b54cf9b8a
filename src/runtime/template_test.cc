// Templates: what they print and what they refuse (contracts/runtime.md §2).
#include <doctest/doctest.h>

#include "template.h"

namespace guildhall::runtime {
namespace {

std::string render(std::string_view text, const json::Object& values, TemplateSyntax syntax = TemplateSyntax::braces) {
  try {
    return Template::parse(text, syntax).render([&](std::string_view name) -> std::optional<json::Value> {
      const json::Value* found = values.if_contains(name);
      return found == nullptr ? std::nullopt : std::optional<json::Value>(*found);
    });
  } catch (const TemplateError& error) {
    return "error: " + error.message;
  }
}

}  // namespace

TEST_CASE("a template prints its values") {
  const json::Object values{{"name", "Ada"},
                            {"n", 1234567},
                            {"x", 0.5},
                            {"one", 1.0},
                            {"yes", true},
                            {"none", nullptr},
                            {"row", json::Object{{"a b", json::Array{1, json::Object{{"c", "deep"}}}}}},
                            {"p", 0.1234},
                            {"neg", -5}};
  struct Row {
    const char* text;
    const char* printed;
  };
  for (const Row& row : {Row{"", ""},
                         Row{"plain", "plain"},
                         Row{"Hi {name}!", "Hi Ada!"},
                         Row{"{{name}}", "{name}"},
                         Row{"{{{name}}}", "{Ada}"},
                         Row{"{name}{name}", "AdaAda"},
                         Row{"{n}", "1234567"},
                         Row{"{n:,}", "1,234,567"},
                         Row{"{n:d}", "1234567"},
                         Row{"{x}", "0.5"},
                         Row{"{one}", "1.0"},
                         Row{"{x:.2f}", "0.50"},
                         Row{"{p:.1%}", "12.3%"},
                         Row{"{n:,.1f}", "1,234,567.0"},
                         Row{"{yes} {none}", "True None"},
                         Row{"{row.a b[0]}", "1"},
                         Row{"{row.a b[1].c}", "deep"},
                         Row{"{row}", R"({"a b":[1,{"c":"deep"}]})"},
                         Row{"[{name:6}]", "[Ada   ]"},
                         Row{"[{neg:5}]", "[   -5]"},
                         Row{"[{neg:05}]", "[-0005]"},
                         Row{"é {name} 你", "é Ada 你"}}) {
    CAPTURE(row.text);
    CHECK(render(row.text, values) == row.printed);
  }
}

TEST_CASE("anything else in braces is an error that names it") {
  for (const char* text : {"{", "}", "a { b", "{}", "{ }{", "{name!r}", "{name.__class__}", "{name:>10}", "{name:x}", "{0[}",
                           "{name.}", "{name[a]}", "{a{b}}", "{name.upper()}", "{\"a\": 1}"}) {
    CAPTURE(text);
    const std::string printed = render(text, {{"name", "Ada"}, {" ", "x"}});
    CHECK(printed.starts_with("error: "));
  }
  CHECK(render("{missing}", {}) == "error: The template's variable 'missing' has no value");
  CHECK(render("{row.b}", {{"row", json::Object{{"a", 1}}}}) == "error: The template's variable 'row.b' has no such part");
  CHECK(render("{row[3]}", {{"row", json::Array{1}}}) == "error: The template's variable 'row[3]' has no such part");
  CHECK(render("{name:d}", {{"name", "Ada"}}).starts_with("error: "));
}

TEST_CASE("mustache mode knows names alone") {
  const json::Object values{{"name", "Ada"}};
  CHECK(render("Hi {{name}} and {single}", values, TemplateSyntax::mustache) == "Hi Ada and {single}");
  CHECK(render("{{ name }}", values, TemplateSyntax::mustache) == "Ada");
  for (const char* text :
       {"{{#if}}x{{/if}}", "{{{name}}}", "{{> part}}", "{{^name}}", "{{&name}}", "{{name", "{{}}", "{{a.b}}", "{{!comment}}"}) {
    CAPTURE(text);
    CHECK(render(text, values, TemplateSyntax::mustache).starts_with("error: "));
  }
}

TEST_CASE("variables are told once each, in order") {
  CHECK(Template::parse("{b} {a} {b.c}", TemplateSyntax::braces).variables() == std::vector<std::string>{"b", "a"});
}

}  // namespace guildhall::runtime
