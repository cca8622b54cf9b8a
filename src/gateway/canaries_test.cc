// When a canary fails (contracts/registry.md §4).
#include "gateway/canaries.h"

#include <doctest/doctest.h>

namespace guildhall::gateway {
namespace {

TEST_CASE("a canary fails after fifty runs with more than five points of errors above the stable version") {
  struct Row {
    RunCount canary;
    RunCount stable;
    bool fails;
  };
  for (const Row& row : {Row{{0, 0}, {0, 0}, false}, Row{{49, 49}, {1000, 0}, false}, Row{{50, 50}, {1000, 0}, true},
                         Row{{50, 50}, {0, 0}, true}, Row{{50, 2}, {0, 0}, false}, Row{{50, 3}, {0, 0}, true},
                         Row{{100, 5}, {100, 0}, false}, Row{{100, 6}, {100, 0}, true}, Row{{100, 15}, {100, 10}, false},
                         Row{{100, 16}, {100, 10}, true}, Row{{1000, 150}, {10, 1}, false}, Row{{1000, 151}, {10, 1}, true},
                         Row{{100, 100}, {100, 95}, false}, Row{{100, 100}, {100, 94}, true}, Row{{100, 0}, {100, 100}, false}}) {
    CAPTURE(row.canary.runs);
    CAPTURE(row.canary.failed);
    CAPTURE(row.stable.runs);
    CAPTURE(row.stable.failed);
    CHECK(is_failing(row.canary, row.stable) == row.fails);
  }
}

}  // namespace
}  // namespace guildhall::gateway
