// A question in, cited passages out: search, collapse, merge, and the texts of exactly the snapshot that was searched.
#include "knowledge/retrieve.h"

#include <algorithm>
#include <map>
#include <set>

#include "../limits.h"
#include "base/errors.h"
#include "base/text.h"
#include "index/build_index.h"
#include "index/dense_candidates.h"
#include "index/fusion.h"
#include "index/index_cache.h"
#include "knowledge/candidates.h"
#include "knowledge/documents.h"
#include "knowledge/language.h"

namespace guildhall::knowledge {
namespace {

constexpr double kNearDuplicateOverlap = 0.9;
/// A question–answer pair wins a tie of fused scores, and nothing better.
constexpr double kPairEdge = 1.0001;

/// Neighbouring chunks of one section that are shown as one passage.
struct Group {
  std::size_t base = 0;  ///< which of the request's bases
  std::uint32_t best = 0;
  std::vector<std::uint32_t> entries;  ///< ascending by ordinal
  std::int64_t tokens = 0;
  double score = 0;
  double evidence = 0;
};

struct SearchedBase {
  KnowledgeBaseId id;
  std::shared_ptr<const BaseIndex> index;
  std::vector<Hit> hits;
  std::int64_t snapshot = 0;
  std::optional<DenseCandidates> dense;  ///< where the base is searched by vectors too
};

void check_request(const RetrieveRequest& request) {
  if (request.top_k < 1 || request.top_k > kTopKMax) throw invalid_field("top_k", "must be 1 to " + std::to_string(kTopKMax));
  if (!is_valid_utf8(request.query)) throw invalid_field("query", "must be valid UTF-8");
}

bool continues(const IndexEntry& a, const IndexEntry& b) {
  return a.document == b.document && a.section == b.section && a.ordinal + 1 == b.ordinal;
}

/// Joins the hit to a group it stands next to, when the whole stays short enough.
bool join_neighbour(const SearchedBase& base, std::size_t number, const Hit& hit, std::vector<Group>& groups) {
  const IndexEntry& entry = base.index->entry(hit.entry);
  for (Group& group : groups) {
    if (group.base != number || group.tokens + entry.tokens > kMergedTokensMax) continue;
    const bool after = continues(base.index->entry(group.entries.back()), entry);
    const bool before = continues(entry, base.index->entry(group.entries.front()));
    if (!after && !before) continue;
    group.entries.insert(after ? group.entries.end() : group.entries.begin(), hit.entry);
    group.tokens += entry.tokens;
    return true;
  }
  return false;
}

/// A text that says nearly the same as one before is dropped; the newer of the two is shown.
bool collapse_duplicate(const std::vector<SearchedBase>& bases, std::size_t number, const Hit& hit, std::vector<Group>& groups) {
  const IndexEntry& entry = bases[number].index->entry(hit.entry);
  for (Group& group : groups) {
    const IndexEntry& other = bases[group.base].index->entry(group.best);
    if (overlap(entry.sketch, other.sketch) < kNearDuplicateOverlap) continue;
    if (entry.uploaded_at > other.uploaded_at && group.entries.size() == 1 &&
        entry.is_question_answer == other.is_question_answer) {
      group.base = number;
      group.best = hit.entry;
      group.entries = {hit.entry};
      group.tokens = entry.tokens;
    }
    return true;
  }
  return false;
}

std::vector<Group> best_groups(const std::vector<SearchedBase>& bases, std::size_t top_k) {
  struct Candidate {
    std::size_t base;
    Hit hit;
  };
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < bases.size(); ++i) {
    for (const Hit& hit : bases[i].hits) candidates.push_back({i, hit});
  }
  std::sort(candidates.begin(), candidates.end(), [&](const Candidate& a, const Candidate& b) {
    if (a.hit.score != b.hit.score) return a.hit.score > b.hit.score;
    return bases[a.base].index->entry(a.hit.entry).chunk < bases[b.base].index->entry(b.hit.entry).chunk;
  });
  std::vector<Group> groups;
  for (const Candidate& candidate : candidates) {
    if (collapse_duplicate(bases, candidate.base, candidate.hit, groups)) continue;
    if (join_neighbour(bases[candidate.base], candidate.base, candidate.hit, groups)) continue;
    if (groups.size() == top_k) break;
    const IndexEntry& entry = bases[candidate.base].index->entry(candidate.hit.entry);
    groups.push_back(
        {candidate.base, candidate.hit.entry, {candidate.hit.entry}, entry.tokens, candidate.hit.score, candidate.hit.evidence});
  }
  return groups;
}

struct StoredChunk {
  Passage passage;
  std::int64_t overlap_bytes = 0;
};

StoredChunk stored_chunk(const store::Row& row) {
  StoredChunk stored;
  Passage& passage = stored.passage;
  passage.chunk = row.id<ChunkId>(0);
  passage.document = row.id<DocumentId>(1);
  passage.title = row.text(2);
  passage.url = row.text(3);
  const json::Value path = row.json(4);
  for (const json::Value& heading : path.as_array()) passage.heading_path.emplace_back(json::view(heading.as_string()));
  passage.anchor = row.text(5);
  passage.page = row.optional_integer(6);
  passage.language = row.text(7);
  const auto questions = split(row.text(8), '\n');
  passage.question = std::string(questions.front());
  passage.alternative_questions.assign(questions.begin() + 1, questions.end());
  passage.text = row.text(9);
  stored.overlap_bytes = row.integer(10);
  return stored;
}

std::map<ChunkId, StoredChunk> chunks_by_id(store::Tx& tx, OrganizationId organization, const std::vector<ChunkId>& ids) {
  std::map<ChunkId, StoredChunk> chunks;
  if (ids.empty()) return chunks;
  std::vector<store::Param> params = {organization};
  std::string places;
  for (const ChunkId& id : ids) {
    params.emplace_back(id);
    places += (places.empty() ? "$" : ", $") + std::to_string(params.size());
  }
  const std::string sql =
      "SELECT id, document_id, title, url, heading_path, anchor, page, language, question, text, overlap_bytes "
      "FROM knowledge_chunk WHERE organization_id = $1 AND id IN (" +
      places + ")";
  for (const store::Row& row : tx.query(sql, params)) chunks.emplace(row.id<ChunkId>(0), stored_chunk(row));
  return chunks;
}

/// The texts of a group as one, without what a chunk repeats of the one before.
std::string merged_text(const Group& group, const BaseIndex& index, const std::map<ChunkId, StoredChunk>& chunks) {
  std::string text;
  for (const std::uint32_t entry : group.entries) {
    const StoredChunk& chunk = chunks.at(index.entry(entry).chunk);
    std::string_view part = chunk.passage.text;
    if (!text.empty()) {
      part = trimmed(part.substr(std::min(static_cast<std::size_t>(chunk.overlap_bytes), part.size())));
      text += part.starts_with("|") && text.ends_with("|") ? "\n" : "\n\n";
    }
    text += part;
  }
  return text;
}

std::optional<double> cosine_of(const SearchedBase& base, std::uint32_t entry) {
  if (!base.dense) return std::nullopt;
  const auto found = base.dense->cosines.find(entry);
  return found == base.dense->cosines.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Passage> passages_of(store::Tx& tx, OrganizationId organization, const std::vector<SearchedBase>& bases,
                                 const std::vector<Group>& groups) {
  std::vector<ChunkId> ids;
  for (const Group& group : groups) {
    for (const std::uint32_t entry : group.entries) ids.push_back(bases[group.base].index->entry(entry).chunk);
  }
  const std::map<ChunkId, StoredChunk> chunks = chunks_by_id(tx, organization, ids);
  std::vector<Passage> passages;
  for (const Group& group : groups) {
    const BaseIndex& index = *bases[group.base].index;
    Passage passage = chunks.at(index.entry(group.best).chunk).passage;
    passage.text = merged_text(group, index, chunks);
    passage.score = group.score;
    passage.evidence = group.evidence;
    passage.base_chunks = static_cast<std::int64_t>(index.size());
    passage.cosine = cosine_of(bases[group.base], group.best);
    passages.push_back(std::move(passage));
  }
  return passages;
}

/// A filter comes before the candidates are counted off, so it costs no recall.
void keep_documents(const BaseIndex& index, const std::vector<DocumentId>& documents, std::vector<Hit>& hits) {
  std::erase_if(hits, [&](const Hit& hit) {
    return !std::binary_search(documents.begin(), documents.end(), index.entry(hit.entry).document);
  });
  if (hits.size() > kCandidatesMax) hits.resize(kCandidatesMax);
}

/// An index of the snapshot before may name chunks that were deleted or replaced since; a chunk's id stands for its content,
/// so what remains is that snapshot without what is gone.
void keep_stored(store::Tx& tx, OrganizationId organization, SearchedBase& searched) {
  std::vector<ChunkId> ids;
  for (const Hit& hit : searched.hits) ids.push_back(searched.index->entry(hit.entry).chunk);
  const std::map<ChunkId, StoredChunk> stored = chunks_by_id(tx, organization, ids);
  std::erase_if(searched.hits, [&](const Hit& hit) { return !stored.contains(searched.index->entry(hit.entry).chunk); });
}

std::string query_language(std::string_view query, std::string_view prior) {
  std::string language = detect_language(query, prior);
  if (language == "und" && !prior.empty()) language = prior;
  return language;
}

/// Candidates that words did not find, with a score of zero, which no word gives.
void add_dense_candidates(SearchedBase& searched) {
  std::set<std::uint32_t> found;
  for (const Hit& hit : searched.hits) found.insert(hit.entry);
  for (const auto& [entry, cosine] : searched.dense->cosines)
    if (!found.contains(entry)) searched.hits.push_back({entry, 0, 0});
}

/// Replaces scores by fused ones where a base is searched by vectors; false where none is.
bool fuse_candidates(std::vector<SearchedBase>& bases) {
  const auto dense = std::find_if(bases.begin(), bases.end(), [](const SearchedBase& base) { return base.dense.has_value(); });
  if (dense == bases.end()) return false;
  std::vector<FusionEntry> entries;
  for (const SearchedBase& base : bases) {
    for (const Hit& hit : base.hits)
      entries.push_back({hit.score > 0 ? std::optional(hit.score) : std::nullopt, cosine_of(base, hit.entry),
                         base.dense ? std::optional(base.dense->weight) : std::nullopt});
  }
  const std::vector<double> fused = fused_scores(entries, dense->dense->fusion);
  auto score = fused.begin();
  for (SearchedBase& base : bases) {
    for (Hit& hit : base.hits) hit.score = *score++ * (base.index->entry(hit.entry).is_question_answer ? kPairEdge : 1);
  }
  return true;
}

SearchedBase search_base(const Scope& scope, store::Tx& tx, Indexes& indexes, KnowledgeBaseId base,
                         const std::optional<std::vector<DocumentId>>& documents, LexicalQuery query,
                         const std::optional<DenseQuery>& dense = std::nullopt) {
  require_base(scope, tx, base);
  const std::int64_t snapshot =
      tx.first("SELECT snapshot FROM knowledge_base WHERE organization_id = $1 AND id = $2", {scope.organization, base})
          ->integer(0);
  auto found = indexes.state().get(scope.organization, base, snapshot, [&](const std::shared_ptr<const BaseIndex>& other) {
    return build_index(tx, scope.organization, base, other);
  });
  SearchedBase searched{base, std::move(found.index), {}, found.snapshot, {}};
  if (documents) query.limit = searched.index->size();
  searched.hits = searched.index->search(query);
  if (documents) keep_documents(*searched.index, *documents, searched.hits);
  if (dense)
    searched.dense = dense_candidates(tx, indexes, scope.organization, base, snapshot, searched.index, *dense, documents);
  if (searched.dense) add_dense_candidates(searched);
  if (found.snapshot != snapshot) keep_stored(tx, scope.organization, searched);
  return searched;
}

}  // namespace

Retrieved retrieve(const Scope& scope, store::Database& database, Indexes& indexes, const std::vector<KnowledgeBaseId>& bases,
                   const RetrieveRequest& request) {
  check_request(request);
  const std::string_view query = prefix_bytes(request.query, kQueryBytesMax);
  Retrieved retrieved;
  retrieved.language = query_language(query, request.language);
  // One read transaction sees the snapshot number and the chunks of that snapshot, whatever is written meanwhile.
  database.read([&](store::Tx& tx) {
    std::vector<SearchedBase> searched;
    for (const KnowledgeBaseId& base : bases) {
      searched.push_back(
          search_base(scope, tx, indexes, base, request.documents, {query, retrieved.language, kCandidatesMax}, request.dense));
      if (searched.size() == 1) retrieved.snapshot = searched.front().snapshot;
      if (searched.back().dense && searched.back().dense->is_of_other_size) {
        searched.back().dense.reset();
        retrieved.is_degraded = true;
      }
    }
    retrieved.is_hybrid = fuse_candidates(searched);
    retrieved.passages = passages_of(tx, scope.organization, searched, best_groups(searched, request.top_k));
  });
  return retrieved;
}

std::vector<Candidate> lexical_candidates(const Scope& scope, store::Database& database, Indexes& indexes, KnowledgeBaseId base,
                                          std::string_view query, std::string_view language) {
  if (!is_valid_utf8(query)) throw invalid_field("query", "must be valid UTF-8");
  query = prefix_bytes(query, kQueryBytesMax);
  const LexicalQuery asked{query, query_language(query, language), kCandidatesMax};
  const SearchedBase searched =
      database.read([&](store::Tx& tx) { return search_base(scope, tx, indexes, base, std::nullopt, asked); });
  std::vector<Candidate> candidates;
  for (const Hit& hit : searched.hits) {
    const IndexEntry& entry = searched.index->entry(hit.entry);
    candidates.push_back({entry.chunk, entry.document, hit.score});
  }
  return candidates;
}

}  // namespace guildhall::knowledge
