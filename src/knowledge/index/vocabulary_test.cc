// Terms, posting lists and the best few of many.
#include "index/vocabulary.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

#include "index/best.h"
#include "index/postings.h"

namespace guildhall::knowledge {
namespace {

std::vector<Posting> listed(const PostingLists& lists, std::uint32_t term) {
  const auto list = lists.of(term);
  return {list.begin(), list.end()};
}

}  // namespace

TEST_CASE("a vocabulary gives every term one number and finds it again") {
  Vocabulary vocabulary;
  CHECK(vocabulary.find("tent") == Vocabulary::kNone);
  std::mt19937_64 random(1);
  std::map<std::string, std::uint32_t> numbers;
  for (int i = 0; i < 5'000; ++i) {
    const std::string term = "t" + std::to_string(random() % 3'000);
    const std::uint32_t number = vocabulary.add(term);
    CHECK(numbers.emplace(term, number).first->second == number);
  }
  CHECK(vocabulary.size() == numbers.size());
  for (const auto& [term, number] : numbers) {
    CHECK(vocabulary.find(term) == number);
    CHECK(vocabulary[number] == term);
  }
  CHECK(vocabulary.find("t3000") == Vocabulary::kNone);
  CHECK(vocabulary.find("") == Vocabulary::kNone);
}

TEST_CASE("the longer terms that hold a part are found, not what two neighbours make together") {
  Vocabulary vocabulary;
  for (const char* term : {"geschenkgutschein", "gut", "schein", "gutschein", "gutgut", "scheingutschein"}) vocabulary.add(term);
  CHECK(vocabulary.longer_with("gutschein") == std::vector<std::uint32_t>{0, 5});
  CHECK(vocabulary.longer_with("gut") == std::vector<std::uint32_t>{0, 3, 4, 5});
  CHECK(vocabulary.longer_with("").empty());
  CHECK(vocabulary.longer_with("vase").empty());
}

TEST_CASE("posting lists follow the entries to their new numbers, and what is gone leaves") {
  const PostingLists first = PostingLists::merged({}, {}, {{0, {0, 1}}, {1, {0, 2}}, {0, {1, 3}}, {0, {2, 4}}, {2, {2, 5}}}, 3);
  CHECK(listed(first, 0) == std::vector<Posting>{{0, 1}, {1, 3}, {2, 4}});
  // Entry 1 leaves; a new entry comes between 0 and 2 and one behind them.
  const PostingLists second = PostingLists::merged(first, {0, Renumbering::kGone, 2}, {{0, {1, 7}}, {3, {1, 1}}, {0, {3, 9}}}, 4);
  CHECK(listed(second, 0) == std::vector<Posting>{{0, 1}, {1, 7}, {2, 4}, {3, 9}});
  CHECK(listed(second, 1) == std::vector<Posting>{{0, 2}});
  CHECK(listed(second, 2) == std::vector<Posting>{{2, 5}});
  CHECK(listed(second, 3) == std::vector<Posting>{{1, 1}});
  PostingLists third = PostingLists::merged(second, {Renumbering::kGone, 0, Renumbering::kGone, 1}, {}, 4);
  third.keep_terms({0, 3});
  CHECK(third.terms() == 2);
  CHECK(listed(third, 0) == std::vector<Posting>{{0, 7}, {1, 9}});
  CHECK(listed(third, 1) == std::vector<Posting>{{0, 1}});
}

TEST_CASE("a count beyond what a posting holds stays at the largest, and the largest entry fits") {
  const Posting posting(Posting::kEntriesMax - 1, 1'000'000);
  CHECK(posting.entry() == Posting::kEntriesMax - 1);
  CHECK(posting.count() == Posting::kCountMax);
  CHECK(Posting(7, Posting::kCountMax).moved_to(8) == Posting(8, Posting::kCountMax));
}

TEST_CASE("the best few are the same as of a sorted whole, also when there are fewer or none are wanted") {
  std::mt19937_64 random(3);
  const auto better = [](int a, int b) { return a > b; };
  for (const std::size_t limit : std::vector<std::size_t>{0, 1, 10, 100, 1000}) {
    std::vector<int> all;
    Best<int, decltype(better)> best(limit, better);
    for (int i = 0; i < 500; ++i) {
      all.push_back(static_cast<int>(random() % 300));
      best.offer(all.back());
    }
    std::vector<int> found = best.take();
    std::sort(found.begin(), found.end(), better);
    std::sort(all.begin(), all.end(), better);
    all.resize(std::min(limit, all.size()));
    CHECK(found == all);
  }
}

}  // namespace guildhall::knowledge
