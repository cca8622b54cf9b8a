// The stub model server as a program: stub_model [--port N] [--delay-ms N] [--chunks N] [--threads N]. Serves until it is killed.
#include <csignal>
#include <cstdio>
#include <string_view>

#include "base/text.h"
#include "support/stub_model.h"

int main(int count, char** arguments) {
  guildhall::test::StubModelOptions options;
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const auto value = guildhall::parse_integer(arguments[i + 1]);
    if (!value || *value < 0) {
      std::fprintf(stderr, "stub_model: %s needs a number\n", arguments[i]);
      return 2;
    }
    if (name == "--port") options.port = static_cast<std::uint16_t>(*value);
    if (name == "--delay-ms") options.delay_ms = *value;
    if (name == "--chunks") options.chunks = static_cast<std::size_t>(*value);
    if (name == "--threads") options.threads_max = static_cast<std::size_t>(*value);
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const guildhall::test::StubModel stub(options);
  std::printf("stub model ready on %s\n", stub.base_url().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}
