// A scenario: a text that says which requests are sent and what must come back. tests/journeys/README.md has the language.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "scenario_http.h"

namespace guildhall::test {

/// Something an answer must show.
struct Check {
  std::string source;  ///< body, stream, text, header, output
  std::string path;    ///< JSON path, or a header's name
  std::string word;    ///< =, ~, exists, …
  std::string expected;
};

struct Capture {
  std::string variable;
  std::string source;
  std::string path;
};

struct Part {
  std::string name;
  std::string value;
  std::string filename;  ///< empty: a plain field
  std::string type;
};

/// How often a status must come; `times` 0: every time.
struct ExpectedStatus {
  std::size_t times = 0;
  int status = 0;
};

enum class StepKind { request, set, rows_remembered, rows_unchanged, command, restart, log_lacks, storage_lacks };

struct Step {
  StepKind kind = StepKind::request;
  std::string title;    ///< the last comment above it
  std::string place;    ///< file:line
  bool is_row = false;  ///< of a table: its failure does not end the scenario

  HttpRequest request;     ///< variables not yet filled in
  std::string credential;  ///< a variable's name, or empty
  std::string content_type;
  std::vector<Part> parts;
  std::size_t repeat = 1;
  bool is_parallel = false;
  bool is_eventual = false;
  std::vector<ExpectedStatus> statuses;
  std::vector<Check> checks;
  std::vector<Capture> captures;

  std::vector<std::string> words;  ///< of the other kinds
};

struct Scenario {
  std::string name;
  bool needs_stub_model = false;
  bool needs_stub_site = false;
  std::vector<Step> steps;
};

/// std::runtime_error naming the line that cannot be read.
Scenario read_scenario(const std::filesystem::path& file);

}  // namespace guildhall::test
