// Reading the server's database from outside.
#include "database_view.h"

#include <algorithm>
#include <filesystem>

#include "support/databases.h"
#include "support/server_process.h"

namespace guildhall::test {
namespace {

const SystemClock& wall_clock() {
  static const SystemClock clock;
  return clock;
}

std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string result;
  for (const auto& part : parts) result += (result.empty() ? "" : between) + part;
  return result;
}

std::string row_line(const store::Row& row, std::size_t columns) {
  std::string line;
  for (std::size_t i = 0; i < columns; ++i) line += row.optional_text(i).value_or("\\N") + "\x1f";
  return line;
}

}  // namespace

void for_each_place(const std::function<void(const Place&)>& body) {
  {
    const ScratchPath folder;
    body({.data = folder.path() / "data", .database_url = {}});
  }
  for_postgres(body);
}

void for_postgres(const std::function<void(const Place&)>& body) {
  if (postgres_url() == nullptr) return;
  const PostgresSchema schema(postgres_url());
  const ScratchPath folder;
  body({.data = folder.path() / "data", .database_url = schema.url()});
}

std::unique_ptr<store::Database> open_view(const Place& place) {
  return store::open_database({.url = place.url(), .clock = &wall_clock(), .connections_max = 4});
}

std::vector<TableView> tables_of(store::Database& database) {
  return database.read([&](store::Tx& tx) {
    std::vector<TableView> tables;
    const bool is_sqlite = tx.dialect() == store::Dialect::sqlite;
    const auto names = tx.query(
        is_sqlite ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
                  : "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name");
    for (const auto& name : names) {
      TableView table{name.text(0), {}};
      const auto columns = tx.query(
          is_sqlite
              ? "SELECT name FROM pragma_table_info($1) ORDER BY cid"
              : "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1"
                " ORDER BY ordinal_position",
          {table.name});
      for (const auto& column : columns) table.columns.push_back(column.text(0));
      tables.push_back(std::move(table));
    }
    return tables;
  });
}

RowsByTable dump_rows(store::Database& database, const std::vector<TableView>& tables, const DumpWish& wish) {
  return database.read([&](store::Tx& tx) {
    RowsByTable rows;
    for (const auto& table : tables) {
      if (wish.without_tables.contains(table.name)) continue;
      std::vector<std::string> columns;
      for (const auto& column : table.columns)
        if (!wish.without_columns.contains(table.name + "." + column)) columns.push_back("CAST(" + column + " AS TEXT)");
      std::string where;
      std::vector<store::Param> params;
      if (std::find(table.columns.begin(), table.columns.end(), "organization_id") != table.columns.end()) {
        for (const auto& organization : wish.organizations) {
          where += (where.empty() ? " WHERE organization_id IN ($" : ", $") + std::to_string(params.size() + 1);
          params.emplace_back(OrganizationId::parse(organization).value());
        }
        where += ")";
      } else if (const auto condition = wish.conditions.find(table.name); condition != wish.conditions.end()) {
        where = " WHERE " + condition->second;
      }
      auto& lines = rows[table.name];
      for (const auto& row : tx.query("SELECT " + joined(columns, ", ") + " FROM " + table.name + where, params))
        lines.push_back(row_line(row, columns.size()));
      std::sort(lines.begin(), lines.end());
    }
    return rows;
  });
}

std::vector<std::string> differences(const RowsByTable& before, const RowsByTable& after) {
  std::vector<std::string> result;
  for (const auto& [table, rows] : after) {
    const auto& old = before.at(table);
    std::vector<std::string> gone;
    std::vector<std::string> come;
    std::set_difference(old.begin(), old.end(), rows.begin(), rows.end(), std::back_inserter(gone));
    std::set_difference(rows.begin(), rows.end(), old.begin(), old.end(), std::back_inserter(come));
    for (const auto& row : gone) result.push_back(table + " lost " + row);
    for (const auto& row : come) result.push_back(table + " gained " + row);
  }
  return result;
}

std::int64_t count_rows(store::Database& database, const std::string& sql) {
  return database.read([&](store::Tx& tx) { return tx.first(sql).value().integer(0); });
}

}  // namespace guildhall::test
