// The inverted index of one snapshot of one knowledge base: built once, then only read, by any number of threads.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "index/chunk_terms.h"
#include "index/lexical_field.h"

namespace guildhall::knowledge {

struct IndexEntry {
  ChunkId chunk;
  DocumentId document;
  std::int64_t ordinal = 0;  ///< position in the document
  std::int64_t section = 0;
  std::int64_t tokens = 0;
  Timestamp uploaded_at;
  std::string language;  ///< primary subtag
  bool is_question_answer = false;
  Sketch sketch{};
};

struct Hit {
  std::uint32_t entry = 0;
  double score = 0;     ///< what ranks it: its own share, and half that of its document
  double evidence = 0;  ///< its share of what the query could score at most, 0–1, whatever its language
};

struct LexicalQuery {
  std::string_view text;
  std::string language;  ///< "und" when unknown
  std::size_t limit = 100;
};

class BaseIndex {
 public:
  /// The entries of a document follow each other.
  void add(IndexEntry entry, const ChunkTerms& terms);
  void finish();

  /// Best first; a question–answer pair stands before others of equal score, then the older chunk id decides.
  std::vector<Hit> search(const LexicalQuery& query) const;
  const IndexEntry& entry(std::uint32_t i) const { return entries_[i]; }
  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const;

 private:
  /// What a field was asked.
  struct AskedField {
    const LexicalField* field = nullptr;
    std::vector<QueryTerm> terms;
    float share = 0;  ///< 1 ÷ what the query could score at most
  };
  struct DocumentSpan {
    std::uint32_t begin = 0;  ///< of its entries
    std::uint32_t end = 0;
    float length = 1;      ///< as a share of the average document
    std::string language;  ///< of most of its entries
  };

  double score_languages(LexicalQuery& query, Accumulator& entries, std::vector<AskedField>& asked) const;
  std::vector<double> document_shares(const std::vector<AskedField>& asked, const std::vector<Hit>& hits) const;
  void set_documents();

  std::vector<IndexEntry> entries_;
  std::vector<DocumentSpan> documents_;
  std::vector<std::uint32_t> document_of_;  ///< by entry
  std::map<std::string, LexicalField, std::less<>> languages_;
  LexicalField universal_;
};

}  // namespace guildhall::knowledge
