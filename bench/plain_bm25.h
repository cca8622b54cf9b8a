// What Guildhall's retrieval is measured beside: BM25 over one field with the simple analysers that are common knowledge.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace guildhall::bench {

/// English: words, Porter stems, 33 stop words. Chinese, Japanese and Korean: character pairs. Thai: triples. Others and
/// "": lower-cased words. Runs of the unspaced scripts are cut like this in every language.
std::vector<std::string> plain_terms(std::string_view text, std::string_view language);

/// k1 0.9, b 0.4, as Lucene scores. Documents are numbered in the order they are added.
class PlainBm25 {
 public:
  void add(const std::vector<std::string>& terms);

  struct Hit {
    std::size_t document = 0;
    double score = 0;
  };
  /// Every document that shares a term, best first, ties by number.
  std::vector<Hit> search(const std::vector<std::string>& terms) const;
  /// What a document that held each term of the query endlessly often would score.
  double score_max(const std::vector<std::string>& terms) const;
  double idf(const std::string& term) const;

 private:
  struct Posting {
    std::size_t document = 0;
    double count = 0;
  };
  std::unordered_map<std::string, std::vector<Posting>> postings_;
  std::vector<double> lengths_;
  double length_total_ = 0;
};

}  // namespace guildhall::bench
