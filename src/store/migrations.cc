// Brings a database to the state this binary expects.
#include "store/migrations.h"

#include <map>
#include <string>

#include "applied_migrations.h"
#include "base/errors.h"
#include "base/hash.h"
#include "base/log.h"
#include "embedded_migrations.h"
#include "migration_text.h"

namespace guildhall::store {

namespace {

struct AppliedMigration {
  std::string name;
  std::string sha256;
};

/// "guildhal" as a number: one lock for the migrations of a PostgreSQL database.
constexpr std::int64_t kMigrationLock = 0x6775696c6468616c;

void create_bookkeeping(Tx& tx) {
  if (tx.dialect() == Dialect::postgres) tx.query("SELECT pg_advisory_xact_lock($1)", {kMigrationLock});
  for (const std::string& statement : statements_of("CREATE TABLE IF NOT EXISTS schema_migrations (\n"
                                                    "  number BIGINT PRIMARY KEY,\n"
                                                    "  name TEXT NOT NULL,\n"
                                                    "  sha256 TEXT NOT NULL,\n"
                                                    "  applied_at TIMESTAMP_US NOT NULL\n);",
                                                    tx.dialect())) {
    tx.execute(statement);
  }
}

std::string hash_of(const Migration& migration) {
  return to_hex(bytes_of(sha256(migration.sql)));
}

/// LOCK TABLE comes before the first query, because that fixes the snapshot; so the check sees what another process did.
void lock_bookkeeping(Tx& tx) {
  if (tx.dialect() != Dialect::postgres) return;
  tx.execute("SET LOCAL statement_timeout = 0");
  tx.execute("LOCK TABLE schema_migrations IN SHARE ROW EXCLUSIVE MODE");
}

void check_applied(Tx& tx, const std::vector<Migration>& migrations) {
  std::map<std::int64_t, const Migration*> known;
  for (const Migration& migration : migrations) known.emplace(migration.number, &migration);
  for (const Row& row : tx.query("SELECT number, name, sha256 FROM schema_migrations ORDER BY number")) {
    const auto found = known.find(row.integer(0));
    const std::string label = std::to_string(row.integer(0)) + " (" + row.text(1) + ")";
    if (found == known.end()) {
      throw Refusal(Code::database_unavailable, "the database has migration " + label +
                                                    ", which this program does not know: it is newer; start the newer program");
    }
    if (row.text(2) != hash_of(*found->second)) {
      throw Refusal(Code::database_unavailable, "migration " + label +
                                                    " was applied to the database from another file than this program has; "
                                                    "start the program that made the database");
    }
  }
}

bool apply(Tx& tx, const Migration& migration) {
  lock_bookkeeping(tx);
  if (tx.first("SELECT 1 FROM schema_migrations WHERE number = $1", {migration.number})) return false;
  for (const std::string& statement : statements_of(migration.sql, tx.dialect())) tx.execute(statement);
  tx.execute("INSERT INTO schema_migrations (number, name, sha256, applied_at) VALUES ($1, $2, $3, $4)",
             {migration.number, migration.name, hash_of(migration), tx.now()});
  return true;
}

}  // namespace

const std::vector<Migration>& all_migrations() {
  return embedded_migrations();
}

std::vector<int> migrate(Database& database) {
  return apply_migrations(database, all_migrations());
}

std::vector<int> apply_migrations(Database& database, const std::vector<Migration>& migrations) {
  database.write([](Tx& tx) { create_bookkeeping(tx); });
  database.write([&](Tx& tx) {
    lock_bookkeeping(tx);
    check_applied(tx, migrations);
  });
  std::vector<int> applied;
  for (const Migration& migration : migrations) {
    if (!database.write([&](Tx& tx) { return apply(tx, migration); })) continue;
    applied.push_back(migration.number);
    log::info("store.migrated", {{"number", std::int64_t{migration.number}}, {"name", migration.name}});
  }
  return applied;
}

}  // namespace guildhall::store
