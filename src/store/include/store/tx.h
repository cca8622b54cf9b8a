// A transaction: what every domain function takes. SQL is the same on SQLite and PostgreSQL.
//
// Column types used in migrations and how they travel: UUID (dashed text), TEXT, BIGINT, BOOLEAN, BYTES (blob / bytea),
// TIMESTAMP_US (BIGINT microseconds), JSON_TEXT (TEXT). Parameters are `$1`, `$2`, … and may repeat.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"

namespace guildhall::store {

/// A value bound to a placeholder. Text and bytes are copied.
class Param {
 public:
  struct Bytes {
    std::string value;
  };
  using Value = std::variant<std::monostate, std::int64_t, bool, std::string, Bytes>;

  // NOLINTBEGIN(google-explicit-constructor): parameters are written as plain values.
  Param(std::nullopt_t) {}
  Param(std::int64_t value) : value_(value) {}
  Param(int value) : value_(std::int64_t{value}) {}
  Param(bool value) : value_(value) {}
  Param(std::string value) : value_(std::move(value)) {}
  Param(std::string_view value) : value_(std::string(value)) {}
  Param(const char* value) : value_(std::string(value)) {}
  Param(Timestamp value) : value_(value.us) {}
  Param(const Cycle& value) : value_(value.text()) {}
  Param(const Date& value) : value_(text(value)) {}
  Param(const Decimal& value) : value_(value.text()) {}
  Param(Bytes value) : value_(std::move(value)) {}
  template <class Tag>
  Param(const Id<Tag>& value) : value_(value.text()) {}
  template <class T>
  Param(const std::optional<T>& value) {
    if (value) value_ = Param(*value).value_;
  }
  // NOLINTEND(google-explicit-constructor)

  const Value& value() const { return value_; }

 private:
  Value value_;
};

/// One row of a result. Columns are read by position; reading another type than was selected throws std::logic_error.
class Row {
 public:
  explicit Row(std::vector<std::optional<std::string>> columns) : columns_(std::move(columns)) {}

  bool is_null(std::size_t i) const { return !columns_.at(i).has_value(); }
  const std::string& text(std::size_t i) const;
  std::int64_t integer(std::size_t i) const;
  bool boolean(std::size_t i) const;
  const std::string& bytes(std::size_t i) const { return text(i); }
  Timestamp timestamp(std::size_t i) const { return {integer(i)}; }
  Decimal decimal(std::size_t i) const;
  Cycle cycle(std::size_t i) const;
  json::Value json(std::size_t i) const;
  template <class IdType>
  IdType id(std::size_t i) const {
    return IdType{uuid(i)};
  }

  std::optional<std::string> optional_text(std::size_t i) const { return columns_.at(i); }
  std::optional<std::int64_t> optional_integer(std::size_t i) const;
  std::optional<Timestamp> optional_timestamp(std::size_t i) const;
  std::optional<Decimal> optional_decimal(std::size_t i) const;
  template <class IdType>
  std::optional<IdType> optional_id(std::size_t i) const {
    return is_null(i) ? std::nullopt : std::optional<IdType>(id<IdType>(i));
  }

 private:
  Uuid uuid(std::size_t i) const;
  std::vector<std::optional<std::string>> columns_;
};

using Rows = std::vector<Row>;
using Params = std::initializer_list<Param>;

/// Thrown when a UNIQUE or PRIMARY KEY rule refuses a row. Inside write() the transaction can no longer be used for other
/// statements on PostgreSQL, so check first, or use ON CONFLICT.
class UniqueViolation : public std::exception {
 public:
  explicit UniqueViolation(std::string constraint) : constraint_(std::move(constraint)) {}
  const char* what() const noexcept override { return constraint_.c_str(); }

 private:
  std::string constraint_;
};

enum class Dialect { sqlite, postgres };

/// Lives for one call of Database::write or Database::read; never kept, never shared between threads.
class Tx {
 public:
  virtual ~Tx() = default;

  virtual Rows query(std::string_view sql, Params params = {}) = 0;
  /// As query, for parameter lists built at run time (IN lists, list filters).
  virtual Rows query(std::string_view sql, const std::vector<Param>& params) = 0;
  /// Rows inserted, updated or deleted.
  virtual std::int64_t execute(std::string_view sql, Params params = {}) = 0;
  virtual std::int64_t execute(std::string_view sql, const std::vector<Param>& params) = 0;

  /// The first row, or nullopt.
  std::optional<Row> first(std::string_view sql, Params params = {});

  /// For the few statements that cannot be the same on both.
  virtual Dialect dialect() const = 0;

  /// The instant of this transaction: the same at every call.
  virtual Timestamp now() const = 0;

  /// Runs after this transaction is durable, on the thread that committed, before write() returns. Dropped on rollback.
  /// Only for what can be lost in a crash (dropping a cache entry, waking a worker). Must be short and must not throw.
  virtual void after_commit(std::function<void()> effect) = 0;

  /// Tells the listener installed with Database::set_listener, inside this transaction. Used by `delivery` alone.
  virtual void tell(std::string_view topic, const json::Value& payload) = 0;
};

}  // namespace guildhall::store
