// The program: reads its command line and runs one command.
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "app/commands.h"
#include "base/errors.h"
#include "knowledge/extractor.h"

extern char** environ;

int main(int argc, char** argv) {
  // The child that reads documents; no command of a person, so no table names it.
  if (argc == 2 && argv[1] == guildhall::knowledge::kExtractionArgument) return guildhall::knowledge::run_extraction_host();
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  std::map<std::string, std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (const char* equals = std::strchr(*entry, '='))
      environment.emplace(std::string(*entry, static_cast<std::size_t>(equals - *entry)), equals + 1);
  try {
    return guildhall::app::run_command(guildhall::read_command_line(arguments, environment));
  } catch (const guildhall::Refusal& refusal) {
    std::fprintf(stderr, "guildhall: %s\n", refusal.what());
    return 2;
  }
}
