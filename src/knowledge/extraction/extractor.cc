// Documents read in children: which child, what its end means, what its output says.
#include "knowledge/extractor.h"

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <stdexcept>

#include "../limits.h"
#include "base/errors.h"
#include "base/log.h"
#include "base/text.h"
#include "extraction/extract.h"
#include "extraction/extracted_wire.h"
#include "extraction/extraction_child.h"

namespace guildhall::knowledge {

struct Extractor::State {
  ExtractorCommand command;
  bool is_in_process = false;
  std::mutex mutex;
  std::vector<std::unique_ptr<ExtractionChild>> idle;
  std::atomic<std::uint32_t> reported_lacks = 0;
};

namespace {

struct LackName {
  std::uint32_t bit;
  const char* layer;
  int SandboxState::* error;
};
constexpr LackName kLackNames[] = {
    {kLacksNamespaces, "namespaces", &SandboxState::namespaces_error},
    {kLacksLandlock, "landlock", &SandboxState::landlock_error},
    {kLacksSeccomp, "seccomp", &SandboxState::seccomp_error},
    {kLacksLimits, "limits", &SandboxState::limits_error},
};

/// A layer that is not there is told once in the life of the program.
void report_lacks(Extractor::State& state, const SandboxState& sandbox);

ExtractionRequest request_for(ExtractionTask task, ContentType type, std::string_view filename, const std::string& pdf_program) {
  ExtractionRequest request;
  request.task = task;
  request.type = type;
  const std::string_view name = prefix_bytes(filename, sizeof request.filename - 1);
  std::copy(name.begin(), name.end(), request.filename);
  if (pdf_program.size() >= sizeof request.pdf_program) throw std::runtime_error("the path of the PDF program is too long");
  std::copy(pdf_program.begin(), pdf_program.end(), request.pdf_program);
  return request;
}

[[noreturn]] void fail_too_long() {
  throw ExtractionFailure("too_complex", "reading the document took longer than " + std::to_string(kSandboxCpuSMax) +
                                             " seconds; split it, or save it in a simpler form such as plain text");
}

[[noreturn]] void fail_too_large() {
  throw ExtractionFailure("too_large", "the document grows beyond what can be read at once; split it into smaller documents");
}

/// What an end other than a clean one means. A reader that crashed was led there by its document.
void check_end(const ExtractionReply& reply) {
  const int status = reply.wait_status;
  if (WIFSIGNALED(status)) {
    if (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL) fail_too_long();
    if (WTERMSIG(status) == SIGXFSZ) fail_too_large();
    throw ExtractionFailure("damaged", "the document breaks its reader; open it in its program, save it again and upload that");
  }
  if (WEXITSTATUS(status) == kExitNoMemory) fail_too_large();
  if (WEXITSTATUS(status) == kExitNotTight) {
    throw ExtractionFailure("sandbox_unavailable",
                            "this server cannot read such files safely; ask its operator to run `guildhall doctor`");
  }
}

/// pdftotext ends with 1 for what it cannot open and says why on standard error.
void check_pdf_end(const ExtractionReply& reply, std::string_view diagnostics) {
  check_end(reply);
  const int status = WEXITSTATUS(reply.wait_status);
  if (status == 0) return;
  if (diagnostics.find("Incorrect password") != std::string_view::npos) {
    throw ExtractionFailure("encrypted", "the PDF is protected by a password; remove the password and upload it again");
  }
  if (diagnostics.find("Out of memory") != std::string_view::npos) fail_too_large();
  if (status == 1) {
    throw ExtractionFailure("damaged", "the PDF is damaged; open it in a viewer, print it to PDF again and upload that");
  }
  const std::string said(prefix_bytes(diagnostics, 200));
  log::info("knowledge.pdf_program_failed", {{"status", std::int64_t{status}}, {"said", std::string_view(said)}});
  throw ExtractionFailure("damaged", "the PDF cannot be read; open it in a viewer, print it to PDF again and upload that");
}

/// Runs one request in an idle child or a new one. An idle child may have died since, so the first death is no answer.
ExtractionReply run_in_child(Extractor::State& state, const ExtractionRequest& request, const MemoryFile& input,
                             const MemoryFile& output, const MemoryFile& diagnostics) {
  for (int attempt = 0; attempt < 2; ++attempt) {
    std::unique_ptr<ExtractionChild> child;
    if (const std::lock_guard lock(state.mutex); attempt == 0 && !state.idle.empty()) {
      child = std::move(state.idle.back());
      state.idle.pop_back();
    }
    if (child == nullptr) child = std::make_unique<ExtractionChild>(state.command.program);
    ExtractionReply reply;
    const auto end = child->run(request, input, output, diagnostics, state.command.wall_ms_max, reply);
    if (end == ExtractionChild::End::timed_out) fail_too_long();
    if (end == ExtractionChild::End::died) {
      output.clear();
      diagnostics.clear();
      continue;
    }
    report_lacks(state, reply.sandbox);
    const std::lock_guard lock(state.mutex);
    state.idle.push_back(std::move(child));
    return reply;
  }
  throw std::runtime_error("the reader of documents ends as soon as it is started");
}

void add_cost(ExtractionCost* cost, const ExtractionReply& reply) {
  if (cost == nullptr) return;
  cost->cpu_ms += reply.cpu_ms;
  cost->memory_peak_kib = std::max(cost->memory_peak_kib, reply.memory_peak_kib);
}

Extracted read_in_child(Extractor::State& state, const ExtractionRequest& request, const MemoryFile& input,
                        ExtractionCost* cost) {
  MemoryFile output;
  MemoryFile diagnostics;
  const ExtractionReply reply = run_in_child(state, request, input, output, diagnostics);
  add_cost(cost, reply);
  check_end(reply);
  WireResult parsed = parse_extracted(output.content());
  if (!parsed.is_well_formed) {
    const std::string said(prefix_bytes(diagnostics.content(), 200));
    log::warning("knowledge.reader_broke", {{"status", std::int64_t{reply.wait_status}}, {"said", std::string_view(said)}});
    throw ExtractionFailure("damaged", "the document breaks its reader; open it in its program, save it again and upload that");
  }
  if (const auto* failure = std::get_if<ExtractionFailure>(&parsed.result)) throw *failure;
  return std::get<Extracted>(std::move(parsed.result));
}

/// The PDF's layout, as pdftotext wrote it.
void write_pdf_layout(Extractor::State& state, std::string_view content, const MemoryFile& layout, ExtractionCost* cost) {
  const std::string& program = state.command.pdf_program;
  if (access(program.c_str(), X_OK) != 0) {
    throw ExtractionFailure("pdf_unavailable",
                            "this server has no program to read PDF; ask its operator to install poppler-utils, or upload DOCX");
  }
  const MemoryFile input(content);
  MemoryFile diagnostics;
  const auto request = request_for(ExtractionTask::pdf_to_layout, ContentType::pdf, {}, program);
  const ExtractionReply reply = run_in_child(state, request, input, layout, diagnostics);
  add_cost(cost, reply);
  check_pdf_end(reply, diagnostics.content());
}

void add_attempts(Extractor::State& state, ExtractionTask task, const char* where, SandboxReport& report, SandboxState& sandbox) {
  const MemoryFile input("");
  MemoryFile output;
  MemoryFile diagnostics;
  const auto request = request_for(task, ContentType::text, {}, state.command.pdf_program);
  const ExtractionReply reply = run_in_child(state, request, input, output, diagnostics);
  sandbox = reply.sandbox;
  for (const std::string_view line : split(output.content(), '\n')) {
    const std::size_t tab = line.find('\t');
    const auto error = tab == std::string_view::npos ? std::nullopt : parse_integer(line.substr(tab + 1));
    if (!error) continue;
    report.attempts.push_back({std::string(line.substr(0, tab)) + where, *error != 0,
                               *error != 0 ? std::strerror(static_cast<int>(*error)) : "was possible"});
  }
}

void report_lacks(Extractor::State& state, const SandboxState& sandbox) {
  const std::uint32_t before = state.reported_lacks.fetch_or(sandbox.lacks);
  for (const LackName& lack : kLackNames) {
    if ((sandbox.lacks & lack.bit) == 0 || (before & lack.bit) != 0) continue;
    log::warning("knowledge.sandbox_layer_missing",
                 {{"layer", std::string_view(lack.layer)}, {"why", std::string_view(std::strerror(sandbox.*lack.error))}});
  }
}

}  // namespace

Extractor::Extractor(ExtractorCommand command) : state_(std::make_unique<State>()) {
  state_->command = std::move(command);
}

Extractor::Extractor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Extractor::~Extractor() = default;
Extractor::Extractor(Extractor&&) noexcept = default;
Extractor& Extractor::operator=(Extractor&&) noexcept = default;

Extractor Extractor::in_process() {
  auto state = std::make_unique<State>();
  state->is_in_process = true;
  return Extractor(std::move(state));
}

Extracted Extractor::extract(std::string_view content, std::string_view filename, ExtractionCost* cost) const {
  const ContentType type = sniff(content, filename);
  if (state_->is_in_process) {
    if (type == ContentType::pdf) throw ExtractionFailure("pdf_unavailable", "PDF is read in a child process only");
    return knowledge::extract(content, type, filename);
  }
  const auto request = request_for(ExtractionTask::read, type, filename, state_->command.pdf_program);
  if (type != ContentType::pdf) return read_in_child(*state_, request, MemoryFile(content), cost);
  const MemoryFile layout;
  write_pdf_layout(*state_, content, layout, cost);
  return read_in_child(*state_, request, layout, cost);
}

Extracted Extractor::read_page(std::string_view html) const {
  if (state_->is_in_process) return extract_page(decoded_text(html));
  const auto request = request_for(ExtractionTask::read_page, ContentType::html, {}, state_->command.pdf_program);
  return read_in_child(*state_, request, MemoryFile(html), nullptr);
}

SandboxReport Extractor::examine() const {
  SandboxReport report;
  SandboxState sandbox;
  SandboxState pdf_sandbox;
  add_attempts(*state_, ExtractionTask::examine_reader, "", report, sandbox);
  add_attempts(*state_, ExtractionTask::examine_pdf_text, " from pdftotext", report, pdf_sandbox);
  for (const LackName& lack : kLackNames) {
    const SandboxState& where = (pdf_sandbox.lacks & lack.bit) != 0 ? pdf_sandbox : sandbox;
    const bool is_present = ((sandbox.lacks | pdf_sandbox.lacks) & lack.bit) == 0;
    report.layers.push_back({lack.layer, is_present, is_present ? "" : std::strerror(where.*lack.error)});
  }
  report.has_pdf_program = access(state_->command.pdf_program.c_str(), X_OK) == 0;
  return report;
}

}  // namespace guildhall::knowledge
