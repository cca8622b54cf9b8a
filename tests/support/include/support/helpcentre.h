// The repository's sample help centre in a knowledge base, and the questions it answers.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "base/text.h"
#include "identity/scope.h"
#include "knowledge/documents.h"
#include "knowledge/extractor.h"
#include "knowledge/retrieve.h"
#include "store/database.h"

namespace guildhall::test {

inline std::filesystem::path source_folder() {
  const char* folder = std::getenv("GUILDHALL_SOURCE_DIR");
  return folder == nullptr ? std::filesystem::current_path() : std::filesystem::path(folder);
}

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct HelpcentreQuestion {
  std::string language;
  std::string question;
  std::string file;
  std::string expected;  ///< words the right passage contains
};

inline std::vector<HelpcentreQuestion> helpcentre_questions() {
  std::vector<HelpcentreQuestion> questions;
  const std::string content = file_text(source_folder() / "examples" / "questions" / "visitors.tsv");
  for (const std::string_view line : split(content, '\n')) {
    const auto columns = split(line, '\t');
    if (columns.size() != 4 || columns[0] == "language") continue;
    questions.push_back({std::string(columns[0]), std::string(columns[1]), std::string(columns[2]), std::string(columns[3])});
  }
  return questions;
}

/// Adds and indexes every document of the languages.
inline KnowledgeBaseId helpcentre_base(store::Database& database, const Scope& scope, const std::vector<std::string>& languages) {
  const KnowledgeBaseId base = database.write([&](store::Tx& tx) { return knowledge::base_named(scope, tx, "helpcentre"); });
  for (const std::string& language : languages) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(source_folder() / "examples" / "helpcentre" / language))
      files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const std::filesystem::path& file : files) {
      const knowledge::Document document = database.write([&](store::Tx& tx) {
        knowledge::NewDocument wanted;
        wanted.filename = file.filename().string();
        wanted.content = file_text(file);
        return knowledge::add_document(scope, tx, base, wanted);
      });
      knowledge::index_document(database, knowledge::Extractor::in_process(), scope.organization, document.id);
    }
  }
  return base;
}

}  // namespace guildhall::test
