// The terms of one field, numbered: one run of letters and a flat hash table over it, some twenty bytes a term beside its own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::knowledge {

/// Numbers count up from zero in the order terms were added. Reading is thread-safe.
class Vocabulary {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  /// kNone for a term that was never added.
  std::uint32_t find(std::string_view term) const;
  std::uint32_t add(std::string_view term);
  std::string_view operator[](std::uint32_t number) const;
  std::size_t size() const { return ends_.size(); }
  /// The numbers of the longer terms that hold `part` somewhere, each once.
  std::vector<std::uint32_t> longer_with(std::string_view part) const;
  std::size_t bytes() const;

 private:
  /// Empty slots have number kNone. A quarter of the table at least is empty.
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = kNone;
  };
  std::size_t slot_of(std::string_view term, std::uint32_t hash) const;
  void grow();

  std::string letters_;
  std::vector<std::uint32_t> ends_;
  std::vector<Slot> slots_;
};

}  // namespace guildhall::knowledge
