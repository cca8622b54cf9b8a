// Knowledge bases as components use them: found by name, filled from records, searched.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "vertex.h"

namespace guildhall::runtime {

/// The base a name stands for in the run's organization, made on first use.
KnowledgeBaseId collection_named(const Vertex& vertex, const std::string& name);

/// Adds each record's text as a document and indexes it at once; texts that are already there are left out unless
/// `allow_duplicates`. The number added.
std::size_t ingest_records(const Vertex& vertex, KnowledgeBaseId base, const std::vector<Record>& records, bool allow_duplicates);

/// Searches and remembers what was found, so that answers can cite it.
std::vector<knowledge::Passage> search_bases(const Vertex& vertex, const std::vector<KnowledgeBaseId>& bases,
                                             const std::string& query, std::size_t top_k);

/// The same in what is attached to the run.
std::vector<knowledge::Passage> search_attached(const Vertex& vertex, const std::string& query, std::size_t top_k);

/// What a passage says about itself besides its text.
json::Object passage_metadata(const knowledge::Passage& passage);

}  // namespace guildhall::runtime
