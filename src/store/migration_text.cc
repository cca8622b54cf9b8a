// From the text of a migration file to the statements one database runs.
#include "migration_text.h"

#include <array>
#include <stdexcept>

#include "base/text.h"

namespace guildhall::store {

namespace {

struct TypeWord {
  std::string_view portable;
  std::string_view sqlite;
  std::string_view postgres;
};

constexpr std::array<TypeWord, 6> kTypeWords = {{
    {"UUID", "TEXT", "uuid"},
    {"BYTES", "BLOB", "bytea"},
    {"BOOLEAN", "INTEGER", "boolean"},
    {"TIMESTAMP_US", "INTEGER", "bigint"},
    {"JSON_TEXT", "TEXT", "text"},
    {"BIGINT", "INTEGER", "bigint"},
}};

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

std::string without_other_dialect(std::string_view sql, Dialect dialect) {
  std::string kept;
  bool is_inside = false;
  bool is_kept = true;
  for (const std::string_view line : split(sql, '\n')) {
    const std::string_view words = trimmed(line);
    if (words == "-- only sqlite" || words == "-- only postgres") {
      if (is_inside) throw std::logic_error("a migration opens a block inside a block");
      is_inside = true;
      is_kept = (words == "-- only sqlite") == (dialect == Dialect::sqlite);
    } else if (words == "-- end") {
      if (!is_inside) throw std::logic_error("a migration ends a block that was not opened");
      is_inside = false;
      is_kept = true;
    } else if (is_kept) {
      kept.append(line).push_back('\n');
    }
  }
  if (is_inside) throw std::logic_error("a migration leaves a block open");
  return kept;
}

std::string_view translated(std::string_view word, Dialect dialect) {
  for (const TypeWord& type : kTypeWords) {
    if (word == type.portable) return dialect == Dialect::sqlite ? type.sqlite : type.postgres;
  }
  return word;
}

/// Where the literal, quoted name or comment that starts at `start` ends; `start` itself when none starts there.
std::size_t end_of_opaque(std::string_view sql, std::size_t start) {
  std::size_t close = start;
  if (sql[start] == '\'' || sql[start] == '"') {
    close = sql.find(sql[start], start + 1);
    return close == std::string_view::npos ? sql.size() : close + 1;
  }
  if (sql.substr(start, 2) == "--") {
    close = sql.find('\n', start);
    return close == std::string_view::npos ? sql.size() : close;
  }
  if (sql.substr(start, 2) == "/*") {
    close = sql.find("*/", start + 2);
    return close == std::string_view::npos ? sql.size() : close + 2;
  }
  return start;
}

bool is_at_line_end(std::string_view sql, std::size_t after) {
  while (after < sql.size() && (sql[after] == ' ' || sql[after] == '\t' || sql[after] == '\r')) ++after;
  return after >= sql.size() || sql[after] == '\n' || sql.substr(after, 2) == "--";
}

/// `text` is what is executed, `code` the same without comments.
struct Statement {
  std::string text;
  std::string code;

  void add(std::string_view piece) {
    text += piece;
    code += piece;
  }
};

void finish_statement(Statement& statement, Dialect dialect, std::vector<std::string>& statements) {
  const std::string_view code = trimmed(statement.code);
  if (!code.empty()) {
    const bool is_table = code.starts_with("CREATE TABLE");
    if (is_table && dialect == Dialect::sqlite) {
      statement.text += code.ends_with(")") ? "\nSTRICT" : "\n, STRICT";
    }
    statements.push_back(std::move(statement.text));
  }
  statement = {};
}

}  // namespace

std::vector<std::string> statements_of(std::string_view file, Dialect dialect) {
  const std::string kept = without_other_dialect(file, dialect);
  const std::string_view sql = kept;
  std::vector<std::string> statements;
  Statement statement;
  for (std::size_t at = 0; at < sql.size();) {
    if (const std::size_t end = end_of_opaque(sql, at); end > at) {
      const std::string_view opaque = sql.substr(at, end - at);
      const bool is_comment = opaque.starts_with("--") || opaque.starts_with("/*");
      statement.text += opaque;
      if (!is_comment) statement.code += opaque;
      at = end;
    } else if (is_word_character(sql[at])) {
      std::size_t word_end = at;
      while (word_end < sql.size() && is_word_character(sql[word_end])) ++word_end;
      statement.add(translated(sql.substr(at, word_end - at), dialect));
      at = word_end;
    } else if (sql[at] == ';' && is_at_line_end(sql, at + 1)) {
      finish_statement(statement, dialect, statements);
      ++at;
    } else {
      statement.add(sql.substr(at, 1));
      ++at;
    }
  }
  if (!trimmed(statement.code).empty()) throw std::logic_error("a migration's last statement does not end with ;");
  return statements;
}

}  // namespace guildhall::store
