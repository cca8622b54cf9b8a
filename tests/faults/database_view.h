// What stands in the server's database, read from outside while it runs.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/time.h"
#include "store/database.h"

namespace guildhall::test {

/// Where a server keeps its data: a fresh SQLite folder, or a fresh schema of the PostgreSQL server under test.
struct Place {
  std::filesystem::path data;
  std::string database_url;  ///< empty: the SQLite file in `data`
  std::string url() const { return database_url.empty() ? "sqlite:" + (data / "guildhall.db").string() : database_url; }
  bool is_sqlite() const { return database_url.empty(); }
};

/// Calls body(place) on SQLite, and on PostgreSQL where GUILDHALL_TEST_POSTGRES is set; the latter is skipped by name.
void for_each_place(const std::function<void(const Place&)>& body);

void for_postgres(const std::function<void(const Place&)>& body);

std::unique_ptr<store::Database> open_view(const Place& place);

struct TableView {
  std::string name;
  std::vector<std::string> columns;
};
std::vector<TableView> tables_of(store::Database& database);

/// table → one line per row of these organizations; of tables without organization_id every row.
using RowsByTable = std::map<std::string, std::vector<std::string>>;
struct DumpWish {
  std::vector<std::string> organizations;
  std::set<std::string> without_tables;
  std::set<std::string> without_columns;          ///< `table.column`
  std::map<std::string, std::string> conditions;  ///< further condition on a table's rows, as SQL
};
RowsByTable dump_rows(store::Database& database, const std::vector<TableView>& tables, const DumpWish& wish);
/// What differs, one line each; empty when nothing does.
std::vector<std::string> differences(const RowsByTable& before, const RowsByTable& after);

std::int64_t count_rows(store::Database& database, const std::string& sql);

}  // namespace guildhall::test
