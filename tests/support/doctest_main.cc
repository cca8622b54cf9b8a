// The main() of every test program.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <string_view>

/// Defined by a test program that starts itself as a child; answers with the child's exit status.
extern "C" int guildhall_test_child() __attribute__((weak));

int main(int count, char** arguments) {
  // An extractor of documents starts the program it is in. A test program that is none must not run its tests again for that.
  if (count == 2 && std::string_view(arguments[1]) == "extract-documents") {
    return guildhall_test_child == nullptr ? 3 : guildhall_test_child();
  }
  return doctest::Context(count, arguments).run();
}
