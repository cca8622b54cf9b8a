// Values that must not be seen: no stream operator, no formatting, wiped when dropped.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace guildhall {

/// A password, key or token in the clear. `reveal` is the only way to it, so that every use can be found by its name.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  std::string_view reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  void wipe() noexcept;
  std::string value_;
};

}  // namespace guildhall
