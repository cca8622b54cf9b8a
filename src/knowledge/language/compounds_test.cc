// Compounds: which words of the index a long word is made of.
#include <doctest/doctest.h>

#include <map>

#include "index/index.h"
#include "language/compounds.h"

namespace guildhall::knowledge {
namespace {

using Words = std::vector<std::string>;

Words parts(std::string_view stem, const std::map<std::string, std::uint32_t, std::less<>>& vocabulary) {
  return compound_parts(stem, "de", [&](std::string_view term) {
    const auto found = vocabulary.find(term);
    return found == vocabulary.end() ? 0 : found->second;
  });
}

IndexEntry german_entry(std::uint8_t number) {
  IndexEntry entry;
  entry.chunk.uuid.bytes[15] = number;
  entry.language = "de";
  return entry;
}

}  // namespace

TEST_CASE("a compound is split into words of the index, with the links between them") {
  CHECK(parts("haushaltsplan", {{"haushalt", 3}, {"plan", 5}}) == Words{"haushalt", "plan"});
  CHECK(parts("geschenkgutschein", {{"geschenk", 1}, {"gutschein", 2}}) == Words{"geschenk", "gutschein"});
  CHECK(parts("blumenvase", {{"blum", 2}, {"vase", 1}}) == Words{"blum", "vase"});
  CHECK(parts("krankenversicherungskarte", {{"krank", 4}, {"versicherung", 3}, {"karte", 2}}) ==
        Words{"krank", "versicherung", "karte"});
}

TEST_CASE("what the index does not hold, a stop word, a short word or a number is no part") {
  CHECK(parts("haushaltsplan", {{"haushalt", 3}}).empty());
  CHECK(parts("unterricht", {{"unter", 9}, {"richt", 2}}).empty());
  CHECK(parts("ostsee", {{"ost", 3}, {"see", 3}}).empty());
  CHECK(parts("2026jahre", {{"2026", 3}, {"jahre", 3}}).empty());
  CHECK(parts(std::string(200, 'a'), {{"aaaa", 3}}).empty());
  CHECK_FALSE(splits_compounds("en"));
}

TEST_CASE("a chunk with a compound is found by its parts, and one with the parts by the compound") {
  static const std::vector<std::string> kNoPath;
  BaseIndex index;
  index.add(german_entry(1), terms_of({"", kNoPath, "", "Der Geschenkgutschein gilt fünf Jahre.", "de"}));
  index.add(german_entry(2), terms_of({"", kNoPath, "", "Ein Gutschein ist ein schönes Geschenk.", "de"}));
  index.add(german_entry(3), terms_of({"", kNoPath, "", "Pakete liefern wir mit der Post.", "de"}));
  index.finish();
  const auto by_part = index.search({"Gutschein", "de", 10});
  REQUIRE(by_part.size() == 2);
  const auto by_whole = index.search({"Geschenkgutscheine", "de", 10});
  REQUIRE(by_whole.size() == 2);
  CHECK(by_whole[0].entry == 0);
  CHECK(by_whole[0].evidence > by_whole[1].evidence);
  CHECK(by_whole[0].evidence <= 1);
}

}  // namespace guildhall::knowledge
