// Reading in a sandboxed child: what comes back, what is refused inside, what its death means.
#include "knowledge/extractor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include <unistd.h>

#include "../limits.h"
#include "base/errors.h"
#include "base/text.h"
#include "base/time.h"
#include "extraction/extract.h"
#include "extraction/extracted_wire.h"
#include "extraction/test_files.h"

extern "C" int guildhall_test_child() {
  return guildhall::knowledge::run_extraction_host();
}

namespace guildhall::knowledge {
namespace {

using namespace test;

const Extractor& extractor() {
  static const Extractor shared;
  return shared;
}

/// Processes whose parent is this one.
std::vector<pid_t> children() {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const auto pid = parse_integer(entry.path().filename().string());
    if (!pid) continue;
    std::ifstream file(entry.path() / "stat");
    std::string stat((std::istreambuf_iterator<char>(file)), {});
    const std::size_t end = stat.rfind(')');
    // "pid (name) state parent …"
    const auto fields =
        end == std::string::npos ? std::vector<std::string_view>() : split(std::string_view(stat).substr(end + 2), ' ');
    if (fields.size() > 1 && parse_integer(fields[1]) == getpid()) found.push_back(static_cast<pid_t>(*pid));
  }
  return found;
}

std::string failure_in_child(std::string_view content, std::string_view name) {
  try {
    extractor().extract(content, name);
  } catch (const ExtractionFailure& failure) {
    return failure.code;
  }
  return "none";
}

}  // namespace

TEST_CASE("a document read in the child is the document read in this process") {
  for (const auto& [name, content] : std::vector<std::pair<std::string, std::string>>{
           {"a.md", "# Title\n\nText with *stars*.\n\n| A | B |\n|---|---|\n| 1 | 2 |\n\n```sh\nrun\n```\n"},
           {"a.html", "<html><body><main><h1 id=x>Title</h1><ul><li>One<li>Two</ul></main></body></html>"},
           {"a.txt", "Some words.\n\nMore words.\n"},
           {"a.csv", "question,answer\nWhy?,Because.\n"},
           {"a.docx", docx("<w:p><w:r><w:t>Hello</w:t></w:r></w:p>")}}) {
    INFO(name);
    const Extracted there = extractor().extract(content, name);
    const Extracted here = Extractor::in_process().extract(content, name);
    CHECK(there.title == here.title);
    CHECK(there.headers == here.headers);
    REQUIRE(there.blocks.size() == here.blocks.size());
    for (std::size_t i = 0; i < here.blocks.size(); ++i) {
      CHECK(there.blocks[i].kind == here.blocks[i].kind);
      CHECK(there.blocks[i].level == here.blocks[i].level);
      CHECK(there.blocks[i].text == here.blocks[i].text);
      CHECK(there.blocks[i].anchor == here.blocks[i].anchor);
      CHECK(there.blocks[i].question == here.blocks[i].question);
      CHECK(there.blocks[i].header == here.blocks[i].header);
      CHECK(there.blocks[i].is_passage == here.blocks[i].is_passage);
    }
  }
}

TEST_CASE("a failure inside comes out with its code and a way out") {
  CHECK(failure_in_child("", "a.txt") == "empty");
  CHECK(failure_in_child("gr\xFC\xDF Gott", "a.txt") == "unsupported_encoding");
  CHECK_THROWS_AS(extractor().extract("\x89PNG\r\n", "a.png"), Refusal);
}

TEST_CASE("every layer of the sandbox that this machine has is in place, and what it forbids is refused") {
  const SandboxReport report = extractor().examine();
  REQUIRE(report.layers.size() == 4);
  for (const SandboxLayer& layer : report.layers) {
    if (!layer.is_present) MESSAGE("this machine lacks " << layer.name << ": " << layer.detail);
    if (layer.name == "seccomp") CHECK(layer.is_present);
  }
  CHECK(report.attempts.size() == 31);
  for (const SandboxAttempt& attempt : report.attempts) {
    INFO(attempt.name << ": " << attempt.detail);
    CHECK(attempt.is_refused);
  }
}

TEST_CASE("a document as large as may be uploaded is read within the child's memory") {
  std::string paragraph;
  for (int i = 0; i < 10; ++i) paragraph += "A sentence of a very long text, again. ";
  std::string text;
  while (text.size() < static_cast<std::size_t>(kDocumentBytesMax) - 1'000) text += paragraph + "\n\n";
  ExtractionCost cost;
  const Extracted extracted = extractor().extract(text, "long.txt", &cost);
  CHECK(extracted.blocks.size() > 100'000);
  if (!kIsSanitized) CHECK(cost.memory_peak_kib < 300'000);
}

TEST_CASE("threads read at the same time, each in a child of its own") {
  std::vector<std::string> titles(4);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < titles.size(); ++i) {
      threads.emplace_back([&titles, i] {
        for (int round = 0; round < 5; ++round) {
          titles[i] = extractor().extract("# Title " + std::to_string(i) + "\n\ntext\n", "a.md").title;
        }
      });
    }
  }
  for (std::size_t i = 0; i < titles.size(); ++i) CHECK(titles[i] == "Title " + std::to_string(i));
}

TEST_CASE("a program that cannot be started, or is not ours, is an error of the server and not of the document") {
  CHECK_THROWS_AS(Extractor({.program = "/nonexistent/guildhall"}).extract("text", "a.txt"), std::runtime_error);
  CHECK_THROWS_AS(Extractor({.program = "/bin/true"}).extract("text", "a.txt"), std::runtime_error);
}

TEST_CASE("a child that does not answer is killed at its deadline, and the document fails for it") {
  const std::vector<pid_t> before = children();
  const Extractor silent({.program = "/usr/bin/yes", .wall_ms_max = 100});
  const std::int64_t began_us = monotonic_us();
  std::string code;
  try {
    silent.extract("text", "a.txt");
  } catch (const ExtractionFailure& failure) {
    code = failure.code;
  }
  CHECK(code == "too_complex");
  CHECK(monotonic_us() - began_us < 5'000'000);
  const auto left = children();
  CHECK(std::none_of(left.begin(), left.end(),
                     [&](pid_t child) { return std::find(before.begin(), before.end(), child) == before.end(); }));
}

TEST_CASE("a child that died while idle costs no document") {
  const Extractor own;
  const std::vector<pid_t> before = children();
  CHECK(own.extract("# One\n\ntext\n", "a.md").title == "One");
  for (const pid_t child : children()) {
    if (std::find(before.begin(), before.end(), child) == before.end()) kill(child, SIGKILL);
  }
  CHECK(own.extract("# Two\n\ntext\n", "a.md").title == "Two");
}

TEST_CASE("without a program for PDF the failure names the operator's part") {
  const Extractor without({.pdf_program = "/nonexistent/pdftotext"});
  std::string code;
  try {
    without.extract(pdf({{PdfText{"words"}}}), "a.pdf");
  } catch (const ExtractionFailure& failure) {
    code = failure.code;
  }
  CHECK(code == "pdf_unavailable");
}

TEST_CASE("what leaves the child is checked field by field") {
  std::string good;
  write_extracted(extract_markdown("# T\n\n| A |\n|---|\n| 1 |\n\ntext\n"), [&](std::string_view piece) { good += piece; });
  REQUIRE(parse_extracted(good).is_well_formed);
  for (std::size_t size = 0; size < good.size(); ++size) CHECK_FALSE(parse_extracted(good.substr(0, size)).is_well_formed);
  CHECK_FALSE(parse_extracted(good + "x").is_well_formed);
  // Any byte may be changed: what is still in the form has only values in range.
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char byte : {'\0', '\x07', '\x7F', '\xFF'}) {
      std::string changed = good;
      changed[at] = byte;
      const WireResult parsed = parse_extracted(changed);
      if (!parsed.is_well_formed) continue;
      const auto& extracted = std::get<Extracted>(parsed.result);
      for (const Block& block : extracted.blocks) {
        CHECK(block.header < static_cast<int>(extracted.headers.size()));
        CHECK(static_cast<int>(block.kind) <= static_cast<int>(BlockKind::code));
      }
    }
  }
  std::string failure;
  write_failure({"empty", "nothing in it"}, [&](std::string_view piece) { failure += piece; });
  CHECK(std::get<ExtractionFailure>(parse_extracted(failure).result).code == "empty");
}

}  // namespace guildhall::knowledge
