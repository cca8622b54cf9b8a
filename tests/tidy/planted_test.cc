// Each rule finds a violation planted for it, leaves its neighbour alone, and tells the reason.
#include <doctest/doctest.h>

#include <map>

#include "checks.h"
#include "functions.h"
#include "rules.h"

namespace guildhall::tidy {
namespace {

struct Planted {
  std::string_view rule;
  std::string_view path;
  std::string_view wrong;
  std::string_view right;
};

constexpr Planted kPlanted[] = {
    {"leftover-marker", "docs/a.md", "TODO: write this", "Todos los santos"},
    {"leftover-marker", "src/market/a.cc", "// HACK for now", "auto name = \"guildhall-XXXXXX\";"},
    {"machine-path", "docs/a.md", "see /work/shared/DESIGN.md", "the queue called network/work"},
    {"machine-path", "dev", "cd /tmp/g", "cd /tmp/guildhall"},
    {"registry-host", "web/package-lock.json", "https://registry.npmjs.org/react", "\"react\": \"19\""},
    {"std-regex", "src/flow/a.cc", "std::regex pattern(text);", "// std::regex is banned"},
    {"std-format", "src/flow/a.cc", "return std::format(\"{}\", 1);", "return fmt::format(\"{}\", 1);"},
    {"coroutine", "src/net/a.cc", "co_await socket.read();", "auto co_awaited = 1;"},
    {"child-process", "src/knowledge/a.cc", "std::system(command.c_str());", "operating_system();"},
    {"child-process", "tests/a.cc", "FILE* out = popen(\"ls\", \"r\");", "reopen(file);"},
    {"weak-random", "src/base/a.cc", "return rand() % 6;", "return brand();"},
    {"sleep", "src/billing/a.cc", "std::this_thread::sleep_for(delay);", "condition.wait_for(lock, delay);"},
    {"unsafe-c", "src/base/a.cc", "std::localtime(&seconds);", "localtime_r(&seconds, &parts);"},
    {"atoi", "src/net/a.cc", "const int port = std::stoi(text);", "std::from_chars(begin, end, port);"},
    {"detached-thread", "src/delivery/a.cc", "std::thread(run).detach();", "threads.at(0).join();"},
    {"stdout", "src/runtime/a.cc", "std::cout << answer;", "log.say(\"std::cout\");"},
    {"environment", "src/models/a.cc", "std::getenv(\"KEY\");", "settings.text(\"key\");"},
    {"domain-clock", "src/billing/a.cc", "auto t = std::chrono::system_clock::now();", "auto t = tx.now();"},
    {"domain-clock", "src/market/a.cc", "std::thread worker([] {});", "std::thread::hardware_concurrency();"},
    {"float-money", "src/market/a.cc", "double plan_price = 0;", "Decimal plan_price;"},
    {"swallowed-error", "src/gateway/a.cc", "try { run(); } catch (const std::exception&) {}",
     "catch (const Refusal&) { return false; }"},
    {"poor-name", "src/market/a.h", "class OrderManager {", "class Orders {"},
    {"web-any", "web/apps/widget/src/a.ts", "const reply: any = 1;", "const company: string = 'any';"},
    {"web-any", "web/apps/widget/src/a.ts", "node.innerHTML = text;", "node.textContent = text;"},
    {"banner", "src/base/a.h", "// ------------", "// - a point"},
};

/// The rule without its allowances, which name files of the real tree.
LineRule bare_rule(std::string_view name) {
  for (LineRule rule : line_rules())
    if (rule.name == name) {
      rule.allowed.clear();
      return rule;
    }
  throw std::logic_error("no rule " + std::string(name));
}

SourceFile planted(std::string_view path, std::string_view text) {
  return make_source(std::string(path), std::string(text));
}

const SourceFile kHouse = make_source("cmake/modules.cmake", "set(GUILDHALL_ROOMS\n  base net store market api app)\n");

TEST_CASE("each word and call rule finds its planted violation and nothing beside it") {
  for (const Planted& each : kPlanted) {
    CAPTURE(each.wrong);
    const LineRule rule = bare_rule(each.rule);
    CHECK(check_lines(rule, {planted(each.path, each.wrong)}).size() == 1);
    CHECK(check_lines(rule, {planted(each.path, each.right)}).empty());
  }
}

TEST_CASE("every word and call rule has a planted violation and says why") {
  for (const LineRule& rule : line_rules()) {
    CAPTURE(rule.name);
    bool has_case = false;
    for (const Planted& each : kPlanted) has_case = has_case || each.rule == rule.name;
    CHECK(has_case);
    CHECK(rule.why.size() > 20);
    for (const Allowance& allowance : rule.allowed) CHECK(allowance.reason.size() > 10);
  }
}

TEST_CASE("an allowance excuses its file, and is a finding when it excuses nothing") {
  LineRule rule = bare_rule("sleep");
  rule.allowed = {{"src/net/a.cc", "for this test"}};
  CHECK(check_lines(rule, {planted("src/net/a.cc", "sleep_for(delay);")}).empty());
  const auto stale = check_lines(rule, {planted("src/net/a.cc", "wait();")});
  REQUIRE(stale.size() == 1);
  CHECK(stale[0].message.find("take the allowance out") != std::string::npos);
}

TEST_CASE("comments and literals are not code, and lines keep their numbers") {
  const auto file =
      planted("src/base/a.cc",
              "/* std::regex\n*/ auto a = \"rand()\"; // rand()\nauto b = R\"x(rand())\")x\"; auto c = 1'000; rand();\n");
  CHECK(check_lines(bare_rule("std-regex"), {file}).empty());
  const auto found = check_lines(bare_rule("weak-random"), {file});
  REQUIRE(found.size() == 1);
  CHECK(found[0].line == 3);
}

TEST_CASE("a file has at most 600 lines") {
  std::string text;
  for (int i = 0; i < kFileLinesMax; ++i) text += "int a;\n";
  CHECK(check_file_sizes({planted("src/base/a.cc", text)}).empty());
  CHECK(check_file_sizes({planted("src/base/a.cc", text + "int a;\n")}).size() == 1);
  CHECK(check_file_sizes({planted("docs/a.md", text + text)}).empty());
}

std::string function_of(std::string_view head, int lines) {
  std::string text = std::string(head) + " {\n";
  for (int i = 2; i < lines; ++i) text += "  step(\"}\");\n";
  return text + "}\n";
}

TEST_CASE("a function has at most 70 lines") {
  for (const std::string_view head :
       {"void run(int a)", "TEST_CASE(\"a rule\")", "Room::Room(int a)\n    : a_{a}, b_(1)", "bool operator==(A a, A b)"}) {
    CAPTURE(head);
    const int extra = head.find('\n') == std::string_view::npos ? 0 : 1;
    const std::string fits = "namespace a {\n" + function_of(head, kFunctionLinesMax - extra) + "}\n";
    const std::string tall = "namespace a {\n" + function_of(head, kFunctionLinesMax + 1 - extra) + "}\n";
    CHECK(check_function_sizes({planted("src/base/a.cc", fits)}).empty());
    const auto found = check_function_sizes({planted("src/base/a.cc", tall)});
    REQUIRE(found.size() == 1);
    CHECK(found[0].line == 2);
  }
}

TEST_CASE("the rows of a constant table inside a function are not counted") {
  std::string rows;
  for (int i = 0; i < 100; ++i) rows += "      {1, 2},\n";
  const std::string text = "const Rows& rows() {\n  static const Rows kRows = {\n" + rows + "  };\n  return kRows;\n}\n";
  const auto functions = functions_of(planted("src/base/a.cc", text));
  REQUIRE(functions.size() == 1);
  CHECK(functions[0].line_count == 4);
}

TEST_CASE("tables, types and namespaces are not functions; functions of a class are") {
  std::string rows;
  for (int i = 0; i < 100; ++i) rows += "    {1, \"(\"},\n";
  const std::string text = "namespace a {\nconst Row kRows[] = {\n" + rows +
                           "};\nstruct S {\n  int one() const {\n    return 1;\n  }\n" + std::string(100, '\n') +
                           "};\n}  // namespace a\n";
  CHECK(check_function_sizes({planted("src/base/a.cc", text)}).empty());
  const auto functions = functions_of(planted("src/base/a.cc", text));
  REQUIRE(functions.size() == 1);
  CHECK(functions[0].line_count == 3);
}

TEST_CASE("the first line of a C++ file is a comment") {
  CHECK(check_first_lines({planted("src/base/a.h", "#pragma once\n")}).size() == 1);
  CHECK(check_first_lines({planted("src/base/a.h", "// Instants.\n#pragma once\n")}).empty());
  CHECK(check_first_lines({planted("dev", "#!/usr/bin/env bash\n")}).empty());
}

TEST_CASE("a public header that includes a library is found, a private one is not") {
  CHECK(check_public_headers({planted("src/net/include/net/a.h", "#include <curl/curl.h>\n")}).size() == 1);
  CHECK(check_public_headers({planted("src/net/include/net/a.h", "#include <string_view>\n#include \"base/time.h\"\n")}).empty());
  CHECK(check_public_headers({planted("src/net/a.h", "#include <curl/curl.h>\n")}).empty());
}

TEST_CASE("a room that includes a room above itself is found") {
  CHECK(check_layers({kHouse, planted("src/store/a.cc", "#include \"market/order.h\"\n")}).size() == 1);
  CHECK(check_layers({kHouse, planted("src/market/a.cc", "#include \"store/tx.h\"\n#include \"rows.h\"\n")}).empty());
  CHECK(check_layers({kHouse, planted("src/garage/a.cc", "")}).size() == 1);
  const auto databases = planted("tests/support/include/app/databases.h", "");
  CHECK(check_layers({kHouse, databases, planted("src/store/a_test.cc", "#include \"app/databases.h\"\n")}).empty());
}

TEST_CASE("a dialect that includes another dialect is found; the edge is for all") {
  const auto shapes = planted("src/api/waldur/shapes.h", "");
  CHECK(check_layers({kHouse, shapes, planted("src/api/openai/a.cc", "#include \"waldur/shapes.h\"\n")}).size() == 1);
  CHECK(check_layers({kHouse, shapes, planted("src/api/waldur/a.cc", "#include \"waldur/shapes.h\"\n#include \"edge/call.h\"\n")})
            .empty());
}

TEST_CASE("a library outside its room is found, and an eleventh file with Asio") {
  CHECK(check_libraries({planted("src/market/a.cc", "#include <sqlite3.h>\n")}).size() == 1);
  CHECK(check_libraries({planted("src/store/a.cc", "#include <sqlite3.h>\n")}).empty());
  Files files;
  for (char name = 'a'; name < 'a' + kSocketFilesMax; ++name)
    files.push_back(planted("src/net/" + std::string(1, name) + ".cc", "#include <boost/asio/post.hpp>\n"));
  CHECK(check_libraries(files).empty());
  files.push_back(planted("src/net/z.cc", "#include <boost/beast/http/verb.hpp>\n"));
  CHECK(check_libraries(files).size() == 1);
}

TEST_CASE("SQL joined with a value is found, with a constant it is not") {
  CHECK(check_sql({planted("src/market/a.cc", "tx.query(\"SELECT 1 FROM plan WHERE name = '\" + name + \"'\");\n")}).size() == 1);
  CHECK(check_sql({planted("src/market/a.cc", "tx.query(\"SELECT \" +\n  id.text() + \" FROM plan\");\n")}).size() == 1);
  CHECK(check_sql({planted("src/market/a.cc", "tx.query(\"SELECT \" + std::string(kPlanColumns) + \" FROM plan\");\n")}).empty());
  CHECK(check_sql({planted("src/market/a.cc", "tx.query(\"SELECT id FROM plan WHERE id IN (\" + placeholders(1, 3) + \")\");\n")})
            .empty());
}

TEST_CASE("two file-local names that meet in one unit are found") {
  const auto local = [](std::string_view path, std::string_view space, std::string_view body) {
    return planted(path, "namespace " + std::string(space) + " {\nnamespace {\n" + std::string(body) + "\n}  // namespace\n}\n");
  };
  const auto usage = local("src/api/a.cc", "api", "json::Object usage(Call& call) {\n  return {};\n}");
  CHECK(check_unity_names({usage, local("src/api/b.cc", "api", "void usage(Call& call) {\n}")}).size() == 1);
  CHECK(check_unity_names({usage, local("src/api/b.cc", "api", "void usage(Call& call, int a) {\n}")}).empty());
  CHECK(check_unity_names({usage, local("src/api/b.cc", "api::waldur", "void usage(Call& call) {\n}")}).empty());
  CHECK(check_unity_names({usage, local("src/app/b.cc", "api", "void usage(Call& call) {\n}")}).empty());
  CHECK(check_unity_names({usage, planted("src/api/b.cc", "namespace api {\nvoid usage(Call& call) {\n}\n}\n")}).empty());
  const auto row = local("src/api/a.cc", "api", "struct Row {\n};\nconstexpr int kMax = 1;");
  CHECK(check_unity_names({row, local("src/api/b.cc", "api", "struct Row {\n};\nconstexpr long kMax = 2;")}).size() == 2);
}

TEST_CASE("a parser without a fuzz program or a reason is found, and a line without a parser") {
  const auto header = planted("src/net/a.h", "std::optional<Range> parse_range(std::string_view text);\n");
  const auto program = planted("tests/fuzz/http.cc", "");
  const auto list = [](std::string_view text) { return planted("tests/fuzz/parsers.txt", text); };
  CHECK(check_parsers({header, program, list("")}).size() == 1);
  CHECK(check_parsers({header, program, list("parse_range: http\n")}).empty());
  CHECK(check_parsers({header, program, list("parse_range: smtp\n")}).size() == 1);
  CHECK(check_parsers({header, program, list("parse_range: - only the operator writes ranges\n")}).empty());
  CHECK(check_parsers({program, list("parse_range: http\n")}).size() == 1);
}

TEST_CASE("a test that can be absent in silence is found") {
  CHECK(check_skips({planted("src/flow/a_test.cc", "std::getenv(GUILDHALL_FIXTURES);\n")}).size() == 1);
  CHECK(check_skips({planted("src/flow/a_test.cc", "std::getenv(GUILDHALL_FIXTURES); std::puts(\"skipped: exports\");\n")})
            .empty());
  CHECK(check_skips({planted("src/flow/a_test.cc", "TEST_CASE(\"a\" * doctest::skip()) {}\n")}).size() == 1);
  CHECK(check_skips({planted("src/flow/a_test.cc", "TEST_CASE(\"speed of parsing\" * doctest::skip()) {}\n")}).empty());
  CHECK(check_skips({planted("web/apps/widget/src/a.test.ts", "it.skip('a', () => {});\n")}).size() == 1);
}

}  // namespace
}  // namespace guildhall::tidy
