// Open addressing with linear steps; the table doubles when three quarters are taken.
#include "index/vocabulary.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "base/hash.h"

namespace guildhall::knowledge {
namespace {

constexpr std::size_t kSlotsMin = 16;

std::uint32_t term_hash(std::string_view term) {
  return static_cast<std::uint32_t>(mix64(term));
}

}  // namespace

std::string_view Vocabulary::operator[](std::uint32_t number) const {
  const std::uint32_t begin = number == 0 ? 0 : ends_[number - 1];
  return std::string_view(letters_).substr(begin, ends_[number] - begin);
}

/// Where the term is, or the empty slot where it belongs.
std::size_t Vocabulary::slot_of(std::string_view term, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at].number != kNone && (slots_[at].hash != hash || (*this)[slots_[at].number] != term)) at = (at + 1) & mask;
  return at;
}

std::uint32_t Vocabulary::find(std::string_view term) const {
  return slots_.empty() ? kNone : slots_[slot_of(term, term_hash(term))].number;
}

std::uint32_t Vocabulary::add(std::string_view term) {
  if (4 * (ends_.size() + 1) > 3 * slots_.size()) grow();
  const std::uint32_t hash = term_hash(term);
  Slot& slot = slots_[slot_of(term, hash)];
  if (slot.number != kNone) return slot.number;
  if (term.size() > std::numeric_limits<std::uint32_t>::max() - letters_.size())
    throw std::length_error("the terms of a field pass 4 GiB");
  letters_ += term;
  slot = {hash, static_cast<std::uint32_t>(ends_.size())};
  ends_.push_back(static_cast<std::uint32_t>(letters_.size()));
  return slot.number;
}

void Vocabulary::grow() {
  std::vector<Slot> larger(std::max(kSlotsMin, 2 * slots_.size()));
  const std::size_t mask = larger.size() - 1;
  for (const Slot& slot : slots_) {
    if (slot.number == kNone) continue;
    std::size_t at = slot.hash & mask;
    while (larger[at].number != kNone) at = (at + 1) & mask;
    larger[at] = slot;
  }
  slots_ = std::move(larger);
}

std::vector<std::uint32_t> Vocabulary::longer_with(std::string_view part) const {
  std::vector<std::uint32_t> numbers;
  if (part.empty()) return numbers;
  for (std::size_t at = letters_.find(part); at != std::string::npos; at = letters_.find(part, at)) {
    const auto end = std::upper_bound(ends_.begin(), ends_.end(), static_cast<std::uint32_t>(at));
    const auto number = static_cast<std::uint32_t>(end - ends_.begin());
    if (at + part.size() <= *end && (*this)[number].size() > part.size()) {
      numbers.push_back(number);
      at = *end;
    } else {
      ++at;
    }
  }
  return numbers;
}

std::size_t Vocabulary::bytes() const {
  return letters_.capacity() + ends_.capacity() * sizeof(std::uint32_t) + slots_.capacity() * sizeof(Slot);
}

}  // namespace guildhall::knowledge
