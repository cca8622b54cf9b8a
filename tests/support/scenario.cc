// Reading scenario texts, line by line.
#include "scenario.h"

#include <array>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "base/text.h"
#include "scenario_values.h"

namespace guildhall::test {
namespace {

constexpr std::array<std::string_view, 7> kMethods{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

/// The first word of `text`, which loses it; brackets keep a path with spaces together.
std::string next_word(std::string_view& text) {
  text = trimmed(text);
  int depth = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (text[end] == '[') ++depth;
    if (text[end] == ']') --depth;
    if (text[end] == ' ' && depth <= 0) break;
  }
  std::string word(text.substr(0, end));
  text = trimmed(text.substr(end));
  return word;
}

std::vector<std::string_view> columns_of(std::string_view line) {
  std::vector<std::string_view> columns;
  for (auto at = line.find(" | "); at != std::string_view::npos; at = line.find(" | ")) {
    columns.push_back(trimmed(line.substr(0, at)));
    line = line.substr(at + 3);
  }
  columns.push_back(trimmed(line));
  return columns;
}

class Reader {
 public:
  Scenario read(const std::filesystem::path& file) {
    scenario_.name = file.stem().string();
    read_file(file);
    return std::move(scenario_);
  }

 private:
  void read_file(const std::filesystem::path& file) {
    std::ifstream in(file);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    int number = 0;
    for (std::string line; std::getline(in, line);) {
      place_ = file.filename().string() + ":" + std::to_string(++number);
      read_line(trimmed(line), file);
    }
  }

  [[noreturn]] void refuse(const std::string& message) const { throw std::runtime_error(place_ + ": " + message); }

  void read_line(std::string_view line, const std::filesystem::path& file) {
    if (line.empty()) return;
    if (line.front() == '#') {
      title_ = trimmed(line.substr(1));
      return;
    }
    std::string_view rest = line;
    const std::string word = next_word(rest);
    if (std::find(kMethods.begin(), kMethods.end(), word) != kMethods.end()) {
      if (line.find(" | ") != std::string_view::npos) return read_row(line);
      return begin_request(word, rest);
    }
    if (word == "include") return read_file(file.parent_path() / rest);
    if (word == "needs" && rest == "stub_model")
      scenario_.needs_stub_model = true;
    else if (word == "needs" && rest == "stub_site")
      scenario_.needs_stub_site = true;
    else if (!read_step_word(word, rest) && !read_request_word(word, rest))
      refuse("'" + word + "' is no word of the language");
  }

  Step& add(StepKind kind) {
    Step step;
    step.kind = kind;
    step.title = title_;
    step.place = place_;
    scenario_.steps.push_back(std::move(step));
    return scenario_.steps.back();
  }

  void begin_request(const std::string& method, std::string_view rest) {
    Step& step = add(StepKind::request);
    step.request.method = method;
    step.request.path = next_word(rest);
    if (rest.empty()) return;
    if (next_word(rest) != "as") refuse("after the path comes nothing, or `as` and a variable");
    step.credential = rest;
  }

  /// METHOD path | credential, headers | body | status | checks
  void read_row(std::string_view line) {
    const auto columns = columns_of(line);
    if (columns.size() < 4) refuse("a row has four or five columns");
    std::string_view request = columns[0];
    Step& step = add(StepKind::request);
    step.is_row = true;
    step.request.method = next_word(request);
    step.request.path = request;
    for (const std::string_view credential : split(columns[1], ',')) {
      const auto colon = credential.find(':');
      if (colon != std::string_view::npos)
        step.request.headers.emplace_back(trimmed(credential.substr(0, colon)), trimmed(credential.substr(colon + 1)));
      else if (trimmed(credential) != "-")
        step.credential = trimmed(credential);
    }
    std::string_view body = columns[2];
    if (body != "-") {
      step.content_type = "application/json";
      if (body.starts_with('@')) step.content_type = next_word(body).substr(1);
      step.request.body = unescaped(body);
    }
    read_statuses(step, columns[3]);
    if (columns.size() == 4) return;
    std::string_view checks = columns[4];
    while (!checks.empty()) {
      const auto end = checks.find("; ");
      std::string_view check = checks.substr(0, end);
      checks = end == std::string_view::npos ? std::string_view() : checks.substr(end + 2);
      std::string_view rest = check;
      const std::string source = next_word(rest);
      if (source == "header" || source == "text")
        read_check(step, source, rest);
      else
        read_check(step, "body", check);
    }
  }

  bool read_step_word(const std::string& word, std::string_view rest) {
    if (word == "set") {
      Step& step = add(StepKind::set);
      const auto equals = rest.find(" = ");
      if (equals == std::string_view::npos) refuse("set name = value");
      step.words = {std::string(rest.substr(0, equals)), std::string(rest.substr(equals + 3))};
    } else if (word == "rows") {
      const std::string what = next_word(rest);
      if (what != "remembered" && what != "unchanged") refuse("rows remembered, or rows unchanged [except table …]");
      Step& step = add(what == "remembered" ? StepKind::rows_remembered : StepKind::rows_unchanged);
      for (next_word(rest); !rest.empty();) step.words.push_back(next_word(rest));
    } else if (word == "command") {
      Step& step = add(StepKind::command);
      while (!rest.empty()) step.words.push_back(next_word(rest));
    } else if (word == "restart") {
      add(StepKind::restart);
    } else if (word == "log" || word == "storage") {
      if (next_word(rest) != "lacks") refuse(word + " lacks text");
      add(word == "log" ? StepKind::log_lacks : StepKind::storage_lacks).words = {std::string(rest)};
    } else {
      return false;
    }
    return true;
  }

  bool read_request_word(const std::string& word, std::string_view rest) {
    if (scenario_.steps.empty()) return false;
    Step& step = scenario_.steps.back();
    if (word == "send-header") {
      const auto colon = rest.find(':');
      if (colon == std::string_view::npos) refuse("send-header Name: value");
      step.request.headers.emplace_back(trimmed(rest.substr(0, colon)), trimmed(rest.substr(colon + 1)));
    } else if (word == "json") {
      step.content_type = "application/json";
      if (!step.request.body.empty()) step.request.body += "\n";
      step.request.body += rest;
    } else if (word == "form") {
      step.content_type = "application/x-www-form-urlencoded";
      step.request.body = rest;
    } else if (word == "part") {
      read_part(step, rest);
    } else if (word == "repeat" || word == "parallel") {
      step.repeat = static_cast<std::size_t>(parse_integer(rest).value_or(1));
      step.is_parallel = word == "parallel";
    } else if (word == "eventually") {
      step.is_eventual = true;
    } else if (word == "expect") {
      read_statuses(step, rest);
    } else if (word == "body" || word == "stream" || word == "text" || word == "header" || word == "output") {
      read_check(step, word, rest);
    } else if (word == "capture") {
      read_capture(step, rest);
    } else {
      return false;
    }
    return true;
  }

  /// name = text, or name @ text as filename [type content-type]
  void read_part(Step& step, std::string_view rest) const {
    Part part;
    part.name = next_word(rest);
    const std::string kind = next_word(rest);
    part.value = rest;
    if (kind == "@") {
      const auto as = rest.rfind(" as ");
      if (as == std::string_view::npos) refuse("part name @ text as filename");
      part.value = rest.substr(0, as);
      std::string_view names = rest.substr(as + 4);
      part.filename = next_word(names);
      if (next_word(names) == "type") part.type = names;
    } else if (kind != "=") {
      refuse("part name = text, or part name @ text as filename");
    }
    step.parts.push_back(std::move(part));
  }

  /// `200`, or `50 x 200, 150 x 429`
  void read_statuses(Step& step, std::string_view text) const {
    for (std::string_view each : split(text, ',')) {
      each = trimmed(each);
      const auto times = each.find(" x ");
      ExpectedStatus expected;
      if (times != std::string_view::npos)
        expected.times = static_cast<std::size_t>(parse_integer(each.substr(0, times)).value_or(0));
      const auto status = parse_integer(times == std::string_view::npos ? each : each.substr(times + 3));
      if (!status) refuse("no status: " + std::string(each));
      expected.status = static_cast<int>(*status);
      step.statuses.push_back(expected);
    }
  }

  static void read_check(Step& step, const std::string& source, std::string_view rest) {
    Check check;
    check.source = source;
    if (source != "text" && source != "output") check.path = next_word(rest);
    if (check.path == ".") check.path.clear();
    check.word = next_word(rest);
    check.expected = rest;
    step.checks.push_back(std::move(check));
  }

  /// name = path | name = header Name | name = stream path
  void read_capture(Step& step, std::string_view rest) const {
    Capture capture;
    capture.variable = next_word(rest);
    if (next_word(rest) != "=") refuse("capture name = path");
    const std::string first = next_word(rest);
    const bool is_named = first == "header" || first == "stream";
    capture.source = is_named ? first : "body";
    capture.path = is_named ? std::string(rest) : first;
    step.captures.push_back(std::move(capture));
  }

  Scenario scenario_;
  std::string title_;
  std::string place_;
};

}  // namespace

Scenario read_scenario(const std::filesystem::path& file) {
  return Reader().read(file);
}

}  // namespace guildhall::test
