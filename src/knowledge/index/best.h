// The best few of many, in one pass.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace guildhall::knowledge {

/// Most of what is offered is compared once, with the worst of the best so far. Keeps everything when `limit` is never reached.
template <class Item, class Better>
class Best {
 public:
  Best(std::size_t limit, const Better& better) : limit_(limit), better_(better) {}

  void offer(const Item& item) {
    if (limit_ == 0 || (is_full_ && !better_(item, items_[limit_ - 1]))) return;
    items_.push_back(item);
    if (items_.size() == 2 * limit_) drop_worse();
  }

  /// In no order.
  std::vector<Item> take() {
    if (items_.size() > limit_) drop_worse();
    return std::move(items_);
  }

 private:
  /// The worst of those that stay is the last.
  void drop_worse() {
    const auto worst = items_.begin() + static_cast<std::ptrdiff_t>(limit_) - 1;
    std::nth_element(items_.begin(), worst, items_.end(), better_);
    items_.erase(worst + 1, items_.end());
    is_full_ = true;
  }

  const std::size_t limit_;
  const Better& better_;
  std::vector<Item> items_;
  bool is_full_ = false;
};

}  // namespace guildhall::knowledge
