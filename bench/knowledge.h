// `./dev bench knowledge`: retrieval, answers and speed of the knowledge room, beside plain BM25 (contracts/support-partner.md
// §9). Each part fills a section of docs/benchmarks-knowledge.md and adds its bars to the report.
#pragma once

#include <string>

#include "scenarios.h"

namespace guildhall::bench {

/// Markdown that grows part by part.
struct KnowledgePage {
  std::string text;
};

void measure_retrieval(Report& report, KnowledgePage& page);
void measure_answers(Report& report, KnowledgePage& page);
void measure_refusal(Report& report, KnowledgePage& page);
void measure_questions(Report& report, KnowledgePage& page);
void measure_speed(const Bench& bench, Report& report, KnowledgePage& page);
void measure_vectors(const Bench& bench, Report& report, KnowledgePage& page);

}  // namespace guildhall::bench
