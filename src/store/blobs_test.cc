// Blobs: once per organization, and only for it.
#include "store/blobs.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "limits.h"
#include "support/databases.h"

namespace guildhall::store {
namespace {

TEST_CASE("the same bytes are stored once per organization and seen by it alone") {
  test::for_each_database([](Database& database, ManualClock&) {
    const auto mine = OrganizationId::random();
    const auto theirs = OrganizationId::random();
    const std::string bytes("a\0b\xff", 4);
    database.write([&](Tx& tx) {
      const std::string hash = put_blob(tx, mine, bytes);
      CHECK(put_blob(tx, mine, bytes) == hash);
      CHECK(hash.size() == 64);
      CHECK(tx.first("SELECT COUNT(*) FROM blob")->integer(0) == 1);
      CHECK((get_blob(tx, mine, hash) == bytes));
      CHECK_FALSE(get_blob(tx, theirs, hash));
      CHECK(put_blob(tx, theirs, bytes) == hash);
      delete_blob(tx, mine, hash);
      CHECK_FALSE(get_blob(tx, mine, hash));
      CHECK((get_blob(tx, theirs, hash) == bytes));
    });
  });
}

TEST_CASE("an empty blob is a blob, and one over the limit is refused") {
  test::for_each_database([](Database& database, ManualClock&) {
    const auto organization = OrganizationId::random();
    database.write([&](Tx& tx) { CHECK(get_blob(tx, organization, put_blob(tx, organization, "")) == ""); });
    const std::string large(kBlobBytesMax + 1, 'x');
    CHECK_THROWS_AS(database.write([&](Tx& tx) { put_blob(tx, organization, large); }), Refusal);
  });
}

}  // namespace
}  // namespace guildhall::store
