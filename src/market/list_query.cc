// Building list queries from literals and placeholders.
#include "list_query.h"

#include <algorithm>
#include <stdexcept>

#include "base/text.h"
#include "limits.h"

namespace guildhall::market {

void ListQuery::require(std::string_view condition, const std::vector<store::Param>& values) {
  std::string text(condition);
  for (const store::Param& value : values) {
    const std::size_t at = text.find("$?");
    if (at == std::string::npos) throw std::logic_error("a list condition has fewer places than values");
    params_.push_back(value);
    text.replace(at, 2, "$" + std::to_string(params_.size()));
  }
  where_ += (where_.empty() ? " WHERE (" : " AND (") + text + ")";
}

void ListQuery::filter_any(std::string_view parameter, const std::vector<store::Param>& values) {
  if (values.empty()) return;
  std::string places = "$?";
  for (std::size_t i = 1; i < values.size(); ++i) places += ", $?";
  require(replaced(condition_of(parameter), "$?", places), values);
}

std::int64_t ListQuery::total(store::Tx& tx) const {
  return tx.query("SELECT count(*) FROM " + std::string(source_.from) + where_, params_).at(0).integer(0);
}

store::Rows ListQuery::page(store::Tx& tx, std::string_view order, std::size_t offset, std::size_t limit) const {
  const bool descends = order.empty() || order.front() == '-';
  const std::string_view wanted = !order.empty() && order.front() == '-' ? order.substr(1) : order;
  const SortColumn* sort = &source_.sorts.front();
  for (const SortColumn& column : source_.sorts) {
    if (column.parameter == wanted) sort = &column;
  }
  const bool known = sort->parameter == wanted;
  const std::string direction = descends || !known ? " DESC" : " ASC";
  std::vector<store::Param> params = params_;
  params.emplace_back(static_cast<std::int64_t>(std::min(limit, kPageMax)));
  params.emplace_back(static_cast<std::int64_t>(offset));
  // The inner query picks the page's keys from an index alone; only those rows are read whole, however deep the page lies.
  const std::string from(source_.from);
  const std::string key(source_.key);
  const std::string sorted = " ORDER BY " + std::string(sort->expression) + direction + ", " + key + direction;
  return tx.query("SELECT " + std::string(source_.columns) + " FROM " + from + " WHERE " + key + " IN (SELECT " + key + " FROM " +
                      from + where_ + sorted + " LIMIT $" + std::to_string(params.size() - 1) + " OFFSET $" +
                      std::to_string(params.size()) + ")" + sorted,
                  params);
}

std::string_view ListQuery::condition_of(std::string_view parameter) const {
  for (const FilterColumn& column : source_.filters) {
    if (column.parameter == parameter) return column.condition;
  }
  throw std::logic_error("a list has no filter '" + std::string(parameter) + "'");
}

std::string contains_pattern(std::string_view text) {
  std::string pattern = "%";
  for (const char c : folded(text)) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

std::string placeholders(std::size_t first, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "$" : ", $") + std::to_string(first + i);
  return text;
}

}  // namespace guildhall::market
