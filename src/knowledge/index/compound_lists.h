// Compounds of one field: an entry that holds "Geschenkgutschein" holds "Gutschein", where the field's own words say so.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "index/postings.h"
#include "index/vocabulary.h"

namespace guildhall::knowledge {

/// Found when a term is asked for, for the split of a word depends on how often every other one occurs: kept up to date, one new
/// document would mean splitting the whole vocabulary again. What was found is remembered. Thread-safe.
class CompoundLists {
 public:
  explicit CompoundLists(std::string language) : language_(std::move(language)) {}

  using List = std::shared_ptr<const std::vector<Posting>>;
  /// The postings of the term together with those of the compounds it is part of; null when it is part of none.
  List of(std::string_view term, const Vocabulary& vocabulary, const PostingLists& lists);

 private:
  List find(std::string_view term, const Vocabulary& vocabulary, const PostingLists& lists) const;

  const std::string language_;
  std::mutex mutex_;
  std::map<std::string, List, std::less<>> remembered_;
  std::size_t postings_ = 0;  ///< in what is remembered
};

/// How many entries hold the term as it stands.
std::uint32_t own_frequency(std::string_view term, const Vocabulary& vocabulary, const PostingLists& lists);

}  // namespace guildhall::knowledge
