// One page of a list: which parameter filters which column comes from a table, and only values come from outside.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/tx.h"

namespace guildhall::market {

/// `condition` has `$?` where the value goes; for filters over several values it ends in `IN ($?)`.
struct FilterColumn {
  std::string_view parameter;
  std::string_view condition;
};
struct SortColumn {
  std::string_view parameter;
  std::string_view expression;
};

/// What a list reads from. All texts are literals of the room.
struct ListSource {
  std::string_view columns;
  std::string_view from;
  std::span<const FilterColumn> filters;
  std::span<const SortColumn> sorts;
  std::string_view key;  ///< unique; makes the order total
};

class ListQuery {
 public:
  explicit ListQuery(const ListSource& source) : source_(source) {}

  /// A condition of the room itself, with one `$?` for each value.
  void require(std::string_view condition, const std::vector<store::Param>& values = {});
  /// By the table's row; std::logic_error for a parameter it does not have.
  void filter(std::string_view parameter, const store::Param& value) { require(condition_of(parameter), {value}); }
  void filter_any(std::string_view parameter, const std::vector<store::Param>& values);

  std::int64_t total(store::Tx& tx) const;
  /// `order` is a parameter of the sort table, with `-` for descending; anything else sorts by the newest first.
  store::Rows page(store::Tx& tx, std::string_view order, std::size_t offset, std::size_t limit) const;

 private:
  std::string_view condition_of(std::string_view parameter) const;

  ListSource source_;
  std::string where_;
  std::vector<store::Param> params_;
};

/// A LIKE pattern that finds `text` anywhere, folded as the key columns are.
std::string contains_pattern(std::string_view text);
/// `$1, $2, …` for `count` values, starting at `first`.
std::string placeholders(std::size_t first, std::size_t count);

}  // namespace guildhall::market
