// What an Extractor and its children say to each other over their socket: one request with three descriptors (input, output,
// diagnostics), one reply when the process that read the document has ended.
#pragma once

#include <sys/types.h>

#include <cerrno>
#include <cstdint>

#include "extraction/extract.h"
#include "extraction/sandbox.h"

namespace guildhall::knowledge {

enum class ExtractionTask : std::uint8_t {
  read,             ///< parse the input, write the extracted document
  read_page,        ///< the same for an HTML page, with what it says to crawlers
  pdf_to_layout,    ///< become pdftotext
  examine_reader,   ///< try what the sandbox of `read` forbids, write what happened
  examine_pdf_text  ///< the same in the sandbox of `pdf_to_layout`
};

struct ExtractionRequest {
  ExtractionTask task = ExtractionTask::read;
  ContentType type = ContentType::text;
  char filename[256] = {};
  char pdf_program[256] = {};
};

struct ExtractionReply {
  int wait_status = 0;
  std::int64_t cpu_ms = 0;
  std::int64_t memory_peak_kib = 0;
  SandboxState sandbox;
};

constexpr int kExtractionDescriptors = 3;
/// Ends of a reader that are no fault of its document's form.
constexpr int kExitNotTight = 90;
constexpr int kExitNoMemory = 91;
constexpr int kExitBroken = 92;

/// The call again for as long as a signal cuts it short.
template <class Call>
auto uninterrupted(Call&& call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace guildhall::knowledge
