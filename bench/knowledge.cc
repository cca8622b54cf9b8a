// knowledge: runs the parts that are asked for and writes their page.
#include "knowledge.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "base/log.h"

namespace guildhall::bench {
namespace {

/// Hundreds of databases are made; what they log would hide the figures.
KnowledgePage quiet_page(Report& report) {
  log::set_level(log::Level::error);
  report.set_in_process();
  return {};
}

/// GUILDHALL_BENCH_KNOWLEDGE names the file the page goes to.
void write_page(const KnowledgePage& page) {
  std::printf("\n%s\n", page.text.c_str());
  if (const char* path = std::getenv("GUILDHALL_BENCH_KNOWLEDGE"); path != nullptr)
    std::ofstream(path, std::ios::app) << page.text;
}

}  // namespace

void knowledge_retrieval(const Bench&, Report& report) {
  KnowledgePage page = quiet_page(report);
  measure_retrieval(report, page);
  write_page(page);
}

void knowledge_answers(const Bench&, Report& report) {
  KnowledgePage page = quiet_page(report);
  measure_answers(report, page);
  write_page(page);
}

void knowledge_refusal(const Bench&, Report& report) {
  KnowledgePage page = quiet_page(report);
  measure_refusal(report, page);
  write_page(page);
}

void knowledge_questions(const Bench&, Report& report) {
  KnowledgePage page = quiet_page(report);
  measure_questions(report, page);
  write_page(page);
}

void knowledge_speed(const Bench& bench, Report& report) {
  KnowledgePage page = quiet_page(report);
  measure_speed(bench, report, page);
  write_page(page);
}

void knowledge_vectors(const Bench& bench, Report& report) {
  KnowledgePage page = quiet_page(report);
  measure_vectors(bench, report, page);
  write_page(page);
}

}  // namespace guildhall::bench
