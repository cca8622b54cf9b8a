// How documents are read: each in a sandboxed child process (contracts/identity-and-security.md §15).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::knowledge {

struct Extracted;

/// A program that calls run_extraction_host() when its first argument is kExtractionArgument.
struct ExtractorCommand {
  std::string program = "/proc/self/exe";
  std::string pdf_program = "/usr/bin/pdftotext";
  std::int64_t wall_ms_max = 60'000;  ///< a child that has not answered by then is killed
};
inline constexpr std::string_view kExtractionArgument = "extract-documents";

/// The life of the child that reads documents, started by an Extractor with a socket as standard input: for every request it
/// forks a process that enters the sandbox, reads one document and ends. Returns when the socket closes.
int run_extraction_host();

/// One layer of the sandbox, as it is on this machine.
struct SandboxLayer {
  std::string name;  ///< "namespaces", "landlock", "seccomp", "limits"
  bool is_present = false;
  std::string detail;  ///< why it is not there
};

/// Something a document's reader must not be able to do, tried inside the sandbox.
struct SandboxAttempt {
  std::string name;  ///< e.g. "open a file", "fork"
  bool is_refused = false;
  std::string detail;  ///< the error it met
};

struct SandboxReport {
  std::vector<SandboxLayer> layers;
  std::vector<SandboxAttempt> attempts;  ///< of the reader of documents, then of pdftotext's sandbox
  bool has_pdf_program = false;
};

/// What reading one document took, for tests and benchmarks.
struct ExtractionCost {
  std::int64_t cpu_ms = 0;
  std::int64_t memory_peak_kib = 0;  ///< the larger of its processes
};

/// Reads documents; used by any number of threads at once. Keeps as many idle children as were ever busy together; they end
/// with it. A child that dies takes one document with it.
class Extractor {
 public:
  explicit Extractor(ExtractorCommand command = {});
  /// Reads in the calling process, without a sandbox and without PDF: for tests of what comes after.
  static Extractor in_process();
  ~Extractor();
  Extractor(Extractor&&) noexcept;
  Extractor& operator=(Extractor&&) noexcept;

  /// The document's text in blocks. Throws the room's ExtractionFailure for what is wrong with the document, Refusal
  /// (unsupported_media_type) for a type that is not read, and std::runtime_error when no child can be started.
  Extracted extract(std::string_view content, std::string_view filename, ExtractionCost* cost = nullptr) const;

  /// An HTML page with what it says to crawlers. Failures as of extract(), but none for a page without text.
  Extracted read_page(std::string_view html) const;

  /// Enters the sandbox and tries what it forbids.
  SandboxReport examine() const;

  struct State;

 private:
  explicit Extractor(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace guildhall::knowledge
