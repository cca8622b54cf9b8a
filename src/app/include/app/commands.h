// The commands of the program, each a function from its command line to an exit status.
#pragma once

#include "base/settings.h"

namespace guildhall::app {

int serve(const CommandLine& line);
int migrate(const CommandLine& line);
int flow_run(const CommandLine& line);
int flow_check(const CommandLine& line);
int evaluate(const CommandLine& line);
int backup(const CommandLine& line);
int restore(const CommandLine& line);
int reconcile(const CommandLine& line);
int audit_verify(const CommandLine& line);
int rotate_master_key(const CommandLine& line);
int doctor(const CommandLine& line);
int version(const CommandLine& line);

/// Finds the command and runs it; prints usage for none or an unknown one. Refusals become one line on standard error and
/// status 1.
int run_command(const CommandLine& line);

inline constexpr const char* kVersion = "0.1.0";

}  // namespace guildhall::app
