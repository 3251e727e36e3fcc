#include "engine/runtime/frontier.hpp"

namespace weir::runtime {

void Frontier::complete(std::uint64_t sequence) {
  if (sequence == position_) {
    ++position_;
    if (const auto run = runs_.begin(); run != runs_.end() && run->first == position_) {
      position_ = run->second;
      runs_.erase(run);
    }
    return;
  }
  std::uint64_t end = sequence + 1;
  const auto next = runs_.lower_bound(sequence);
  if (next != runs_.end() && next->first == end) end = next->second;
  if (next != runs_.begin()) {
    if (const auto before = std::prev(next); before->second == sequence) {
      before->second = end;
      if (next != runs_.end() && next->first == sequence + 1) runs_.erase(next);
      return;
    }
  }
  if (next != runs_.end() && next->first == sequence + 1) runs_.erase(next);
  runs_.emplace(sequence, end);
}

}  // namespace weir::runtime
