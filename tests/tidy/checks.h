// The rules that look at a whole file or at the whole tree: sizes, first lines, headers, layers, SQL, tests.
#pragma once

#include <string>
#include <vector>

#include "rules.h"
#include "source_tree.h"

namespace guildhall::tidy {

constexpr int kFileLinesMax = 600;
constexpr int kFunctionLinesMax = 70;
constexpr int kSocketFilesMax = 10;

using Files = std::vector<SourceFile>;

/// A file is one thing: at most kFileLinesMax lines.
std::vector<Finding> check_file_sizes(const Files& files);
/// A function fits a screen: at most kFunctionLinesMax lines.
std::vector<Finding> check_function_sizes(const Files& files);
/// The first line of every C++ file is a comment that says what the file is.
std::vector<Finding> check_first_lines(const Files& files);
/// Public headers include the standard library and headers of the house.
std::vector<Finding> check_public_headers(const Files& files);
/// A room includes rooms above it in the list of cmake/modules.cmake; a dialect does not include another dialect.
std::vector<Finding> check_layers(const Files& files);
/// Sockets, curl, SQLite and PostgreSQL are each one room's business, and Asio costs compile time.
std::vector<Finding> check_libraries(const Files& files);
/// SQL is joined from constants of the program and numbered placeholders only.
std::vector<Finding> check_sql(const Files& files);
/// Names in anonymous namespaces are unique in their room: the release compiles a room as one unit.
std::vector<Finding> check_unity_names(const Files& files);
/// Every parser declared in a header is in tests/fuzz/parsers.txt, with a fuzz program that exists or a reason.
std::vector<Finding> check_parsers(const Files& files);
/// A test that depends on something outside the repository says so when it is skipped.
std::vector<Finding> check_skips(const Files& files);

}  // namespace guildhall::tidy
