// The files of the repository as the rules see them: their text, and C++ with comments and literals blanked out.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::tidy {

struct SourceFile {
  std::string path;         ///< below the root, with forward slashes
  std::string text;         ///< as it is on disk
  std::string uncommented;  ///< C++ only: comments are spaces, lines keep their numbers
  std::string code;         ///< C++ only: comments and the insides of literals are spaces

  bool is_cpp() const { return path.ends_with(".cc") || path.ends_with(".h"); }
  bool is_test() const;
  /// "market" for src/market/…, empty elsewhere.
  std::string_view room() const;
};

/// A file as the rules see it; planted violations are made this way.
SourceFile make_source(std::string path, std::string text);

/// Every text file below the root but build results, fetched packages, version control and binary files.
std::vector<SourceFile> read_tree(const std::filesystem::path& root);

std::vector<std::string_view> lines_of(std::string_view text);

/// 1 for the first line.
int line_at(std::string_view text, std::size_t offset);

}  // namespace guildhall::tidy
