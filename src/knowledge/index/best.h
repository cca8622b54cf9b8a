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
    if (items_.size() < limit_) {
      items_.push_back(item);
      if (items_.size() == limit_) std::make_heap(items_.begin(), items_.end(), better_);
    } else if (limit_ > 0 && better_(item, items_.front())) {
      std::pop_heap(items_.begin(), items_.end(), better_);
      items_.back() = item;
      std::push_heap(items_.begin(), items_.end(), better_);
    }
  }

  /// In no order.
  std::vector<Item> take() { return std::move(items_); }

 private:
  const std::size_t limit_;
  const Better& better_;
  std::vector<Item> items_;  ///< once full a heap, its worst in front
};

}  // namespace guildhall::knowledge
