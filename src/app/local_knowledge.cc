// Reads what commands are given.
#include "local_knowledge.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/errors.h"
#include "knowledge/documents.h"
#include "knowledge/retrieve.h"

namespace guildhall::app {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Refusal(Code::not_found, "cannot read " + path.string());
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

KnowledgeBaseId learn(store::Database& database, const knowledge::Extractor& extractor, const Scope& scope,
                      const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) throw Refusal(Code::not_found, folder.string() + " is not a folder");
  const auto base = database.write([&](store::Tx& tx) { return knowledge::base_named(scope, tx, "command line"); });
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    try {
      const auto document = database.write([&](store::Tx& tx) {
        return knowledge::add_document(scope, tx, base,
                                       {.filename = std::filesystem::relative(path, folder).string(),
                                        .content = read_file(path),
                                        .source = knowledge::SourceKind::file,
                                        .url = {}});
      });
      knowledge::index_document(database, extractor, scope.organization, document.id);
      const auto indexed = database.read([&](store::Tx& tx) { return knowledge::get_document(scope, tx, base, document.id); });
      if (!indexed.error_message.empty()) std::fprintf(stderr, "%s: %s\n", path.c_str(), indexed.error_message.c_str());
    } catch (const Refusal& refusal) {
      std::fprintf(stderr, "skipped %s: %s\n", path.c_str(), refusal.what());
    }
  }
  return base;
}

}  // namespace guildhall::app
