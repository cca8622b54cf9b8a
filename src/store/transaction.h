// What the transactions of both databases share: the instant, the effects, the listener, and the rule against nesting.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "store/database.h"

namespace guildhall::store {

/// 503 for a database that cannot be reached or written; `detail` goes to the log only.
Refusal database_unavailable(std::string detail);

/// The first part of a statement, for logs. Statements hold no values, so they may be logged.
std::string excerpt(std::string_view sql);

/// Text that PostgreSQL would refuse (a NUL character, invalid UTF-8) is refused on SQLite as well: invalid_request.
void check_text(std::string_view text);

using Effects = std::vector<std::function<void()>>;

/// Runs them in order. One that throws is logged; the others still run.
void run_effects(Effects& effects);

enum class Access { read, write };

class Transaction : public Tx {
 public:
  Transaction(Access access, Timestamp now, const Database::Listener& listener)
      : access_(access), now_(now), listener_(listener) {}

  Rows query(std::string_view sql, Params params) final { return rows(sql, {params.begin(), params.size()}); }
  Rows query(std::string_view sql, const std::vector<Param>& params) final { return rows(sql, params); }
  std::int64_t execute(std::string_view sql, Params params) final { return changes(sql, {params.begin(), params.size()}); }
  std::int64_t execute(std::string_view sql, const std::vector<Param>& params) final { return changes(sql, params); }

  Timestamp now() const final { return now_; }
  void after_commit(std::function<void()> effect) final;
  void tell(std::string_view topic, const json::Value& payload) final;

  Effects& effects() { return effects_; }
  /// Throws std::logic_error when a statement of it failed and body went on as if it had not.
  void check_usable() const;

 protected:
  virtual Rows run_query(std::string_view sql, std::span<const Param> params) = 0;
  virtual std::int64_t run_execute(std::string_view sql, std::span<const Param> params) = 0;

  Access access() const { return access_; }

 private:
  Rows rows(std::string_view sql, std::span<const Param> params);
  std::int64_t changes(std::string_view sql, std::span<const Param> params);

  Access access_;
  Timestamp now_;
  const Database::Listener& listener_;
  Effects effects_;
  bool has_failed_ = false;
};

/// Marks this thread as being inside a call of `database` while it lives. Throws std::logic_error when it already is: a
/// nested call would wait for the writer, or for the last connection, which the outer call holds.
class OpenCall {
 public:
  explicit OpenCall(const Database& database);
  ~OpenCall();
  OpenCall(const OpenCall&) = delete;
  OpenCall& operator=(const OpenCall&) = delete;

  /// Throws std::logic_error when this thread is inside a call of `database`.
  static void check_none(const Database& database);

 private:
  const Database* database_;
  const OpenCall* outer_;
};

}  // namespace guildhall::store
