// The walls around a process that reads a document (contracts/identity-and-security.md §15). Everything here acts on the calling
// process, which must have one thread, and cannot be taken back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::knowledge {

enum class SandboxKind : std::uint8_t {
  reader,   ///< our own parsers: no file, no new descriptor, no program
  pdf_text  ///< becomes pdftotext: reads system libraries and its own program, starts nothing else
};

/// Bits of layers that are not there.
enum SandboxLack : std::uint32_t { kLacksNamespaces = 1, kLacksLandlock = 2, kLacksSeccomp = 4, kLacksLimits = 8 };

struct SandboxState {
  std::uint32_t lacks = 0;
  int namespaces_error = 0;  ///< errno of what is lacking
  int landlock_error = 0;
  int seccomp_error = 0;
  int limits_error = 0;
};

/// Namespaces of its own without any network, no capability, no new privileges, no core dump: inherited by every child.
void enter_namespaces(SandboxState& state);

/// Limits on memory, processor time, descriptors and `output_bytes`, then Landlock, then the list of allowed system calls.
/// What the kernel lacks is noted in `state`. `pdf_program` matters to SandboxKind::pdf_text alone.
void enter_sandbox(SandboxKind kind, std::int64_t output_bytes, const std::string& pdf_program, SandboxState& state);

/// Without these no document is read: system calls are filtered, and pdftotext may open the files it needs and no others.
bool is_tight_enough(SandboxKind kind, const SandboxState& state);

struct ForbiddenAct {
  std::string name;
  int error = 0;  ///< errno it met; 0 when it was possible
};
/// Tries what the sandbox the process is in must refuse.
std::vector<ForbiddenAct> try_forbidden_acts(SandboxKind kind);

}  // namespace guildhall::knowledge
