// Files a command is given: flows, and folders of documents to answer from.
#pragma once

#include <filesystem>
#include <string>

#include "base/ids.h"
#include "identity/scope.h"
#include "knowledge/extractor.h"
#include "store/database.h"

namespace guildhall::app {

/// Refusal(not_found) naming the path.
std::string read_file(const std::filesystem::path& path);

/// Indexes every readable file below the folder into a base of its own; what is of another type is skipped and named on
/// standard error.
KnowledgeBaseId learn(store::Database& database, const knowledge::Extractor& extractor, const Scope& scope,
                      const std::filesystem::path& folder);

}  // namespace guildhall::app
