// Reading the tree, and the small scanner that tells C++ code from its comments and literals.
#include "source_tree.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <sstream>

namespace guildhall::tidy {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Blanks a range but keeps its line ends, so that every view has the same line numbers.
void blank(std::string& view, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to && i < view.size(); ++i)
    if (view[i] != '\n') view[i] = ' ';
}

std::size_t end_of_quoted(std::string_view text, std::size_t from, char quote) {
  std::size_t i = from + 1;
  while (i < text.size() && text[i] != quote && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

std::size_t end_of_raw_string(std::string_view text, std::size_t quote) {
  const std::size_t open = text.find('(', quote);
  if (open == std::string_view::npos) return text.size();
  const std::string close = ")" + std::string(text.substr(quote + 1, open - quote - 1)) + "\"";
  const std::size_t end = text.find(close, open);
  return end == std::string_view::npos ? text.size() : end + close.size();
}

void scan(SourceFile& file) {
  const std::string& text = file.text;
  file.uncommented = file.code = text;
  std::size_t i = 0;
  while (i < text.size()) {
    std::size_t end = i + 1;
    if (text.compare(i, 2, "//") == 0) {
      end = std::min(text.find('\n', i), text.size());
      blank(file.uncommented, i, end);
      blank(file.code, i, end);
    } else if (text.compare(i, 2, "/*") == 0) {
      const std::size_t close = text.find("*/", i + 2);
      end = close == std::string::npos ? text.size() : close + 2;
      blank(file.uncommented, i, end);
      blank(file.code, i, end);
    } else if (text[i] == '"') {
      const bool is_raw = i > 0 && text[i - 1] == 'R';
      end = is_raw ? end_of_raw_string(text, i) : end_of_quoted(text, i, '"');
      blank(file.code, i + 1, end - 1);
    } else if (text[i] == '\'' && (i == 0 || !is_word(text[i - 1]))) {
      end = end_of_quoted(text, i, '\'');
      blank(file.code, i + 1, end - 1);
    }
    i = end;
  }
}

bool is_skipped_folder(const std::string& name) {
  return name.starts_with("build") || name == ".git" || name == "node_modules" || name == "dist" || name == ".cache" ||
         name == "data";
}

}  // namespace

bool SourceFile::is_test() const {
  return path.starts_with("tests/") || path.starts_with("bench/") || path.ends_with("_test.cc") ||
         path.find(".test.ts") != std::string::npos || path.find("/test_") != std::string::npos || path.ends_with("/loopback.h");
}

std::string_view SourceFile::room() const {
  const std::string_view view = path;
  if (!view.starts_with("src/")) return {};
  const std::size_t end = view.find('/', 4);
  return end == std::string_view::npos ? std::string_view() : view.substr(4, end - 4);
}

SourceFile make_source(std::string path, std::string text) {
  SourceFile file;
  file.path = std::move(path);
  file.text = std::move(text);
  if (file.is_cpp()) scan(file);
  return file;
}

std::vector<SourceFile> read_tree(const std::filesystem::path& root) {
  std::vector<SourceFile> files;
  for (auto entry = std::filesystem::recursive_directory_iterator(root); entry != std::filesystem::recursive_directory_iterator();
       ++entry) {
    const std::string name = entry->path().filename().string();
    if (entry->is_directory()) {
      if (is_skipped_folder(name)) entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file() || name == ".git" || name.ends_with(".log")) continue;
    std::ifstream in(entry->path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (text.str().find('\0') != std::string::npos) continue;
    files.push_back(make_source(std::filesystem::relative(entry->path(), root).generic_string(), text.str()));
  }
  std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

int line_at(std::string_view text, std::size_t offset) {
  return 1 + static_cast<int>(
                 std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text.size())), '\n'));
}

}  // namespace guildhall::tidy
