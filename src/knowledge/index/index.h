// The inverted index of one snapshot of one knowledge base: built once, then only read, by any number of threads.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
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

/// A document whose chunks are in an index, and the snapshot that brought them.
struct DocumentVersion {
  DocumentId document;
  std::int64_t chunks_snapshot = 0;
  auto operator<=>(const DocumentVersion&) const = default;
};

/// Where the memory of an index goes.
struct IndexBytes {
  std::size_t entries = 0;
  std::size_t own_fields = 0;  ///< of every language together
  std::size_t universal_field = 0;
  std::size_t total() const { return entries + own_fields + universal_field; }
};

/// Equal contents make equal indexes, however they came together: what an index answers depends on the entries it holds alone.
class BaseIndex {
 public:
  BaseIndex() = default;
  /// To hold `documents`, ascending: the entries of those `before` has in the same version are taken over from it, with no more
  /// work than copying. `before` may be null, and of a newer snapshot.
  BaseIndex(std::shared_ptr<const BaseIndex> before, std::vector<DocumentVersion> documents);

  /// The documents whose entries are still to be added.
  const std::vector<DocumentId>& missing() const { return missing_; }
  /// The entries of a document follow each other; ascending by document and ordinal where there is an index before.
  void add(IndexEntry entry, const ChunkTerms& terms);
  void finish();

  /// Best first; a question–answer pair stands before others of equal score, then the older chunk id decides.
  std::vector<Hit> search(const LexicalQuery& query) const;
  const IndexEntry& entry(std::uint32_t i) const { return entries_[i]; }
  std::size_t size() const { return entries_.size(); }
  const std::vector<DocumentVersion>& documents() const { return documents_; }
  IndexBytes bytes_by_part() const;
  std::size_t bytes() const { return bytes_by_part().total(); }

 private:
  /// What a search asks of every entry it touches, kept close together.
  struct Trait {
    std::uint16_t language = 0;           ///< its place in language_names_
    std::uint16_t document_language = 0;  ///< of most of its document's entries
    std::uint32_t span = 0;               ///< its document's place in spans_
    bool is_question_answer = false;
  };
  /// What a field was asked.
  struct AskedField {
    const LexicalField* field = nullptr;
    std::vector<QueryTerm> terms;
    float share = 0;  ///< 1 ÷ what the query could score at most
  };
  /// The entries of one document.
  struct DocumentSpan {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    float length = 1;  ///< as a share of the average document
  };

  double score_languages(LexicalQuery& query, Accumulator& entries, std::vector<AskedField>& asked) const;
  std::vector<double> document_shares(const std::vector<AskedField>& asked, const std::vector<Hit>& hits) const;
  void set_spans();

  LexicalField& field_of(const std::string& language);
  Renumbering merge_entries();
  void set_traits();

  std::vector<DocumentVersion> documents_;
  std::vector<IndexEntry> entries_;
  std::vector<Trait> traits_;
  std::vector<std::string> language_names_;
  std::vector<DocumentSpan> spans_;
  std::map<std::string, LexicalField, std::less<>> languages_;
  LexicalField universal_;

  // Until finish().
  std::shared_ptr<const BaseIndex> before_;
  std::vector<DocumentId> missing_;
  std::vector<IndexEntry> added_;
};

}  // namespace guildhall::knowledge
