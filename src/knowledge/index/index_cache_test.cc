// The cache of indexes: who waits for whom.
#include <doctest/doctest.h>

#include <future>
#include <thread>

#include "index/index_cache.h"

namespace guildhall::knowledge {
namespace {

using Built = std::shared_ptr<const BaseIndex>;

Built empty_index(const Built&) {
  auto index = std::make_shared<BaseIndex>();
  index->finish();
  return index;
}

}  // namespace

TEST_CASE("while a new snapshot's index is built, the one before answers") {
  Indexes indexes;
  const OrganizationId organization = OrganizationId::random();
  const KnowledgeBaseId base = KnowledgeBaseId::random();
  const auto first = indexes.state().get(organization, base, 1, empty_index);
  CHECK(first.snapshot == 1);
  std::promise<void> begun;
  std::promise<void> may_end;
  std::thread builder([&] {
    const auto built = indexes.state().get(organization, base, 2, [&](const Built& before) {
      CHECK(before == first.index);
      begun.set_value();
      may_end.get_future().wait();
      return empty_index(before);
    });
    CHECK(built.snapshot == 2);
  });
  begun.get_future().wait();
  const auto meanwhile = indexes.state().get(organization, base, 2, empty_index, 0);
  CHECK(meanwhile.snapshot == 1);
  CHECK(meanwhile.index == first.index);
  may_end.set_value();
  builder.join();
  CHECK(indexes.state().get(organization, base, 2, empty_index, 0).snapshot == 2);
}

TEST_CASE("a build that fails leaves the index before, and the next question builds again") {
  Indexes indexes;
  const OrganizationId organization = OrganizationId::random();
  const KnowledgeBaseId base = KnowledgeBaseId::random();
  indexes.state().get(organization, base, 1, empty_index);
  const auto failing = [](const Built&) -> Built { throw std::runtime_error("no rows"); };
  CHECK_THROWS(indexes.state().get(organization, base, 2, failing));
  CHECK(indexes.state().get(organization, base, 2, empty_index).snapshot == 2);
}

}  // namespace guildhall::knowledge
