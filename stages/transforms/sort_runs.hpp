// Sorting what is nearly in order: a few runs, each of which is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace weir {

/// Sorts as std::sort does, but where the items are a few ascending runs one behind the other these are
/// merged: what several workers collected, each in order. Needs room for as many items again.
template <class T, class Less>
void sort_runs(std::vector<T>& items, Less less) {
  constexpr std::size_t kRunsMax = 64;
  std::vector<std::size_t> ends;
  for (auto at = items.begin(); at != items.end() && ends.size() < kRunsMax;) {
    at = std::is_sorted_until(at, items.end(), less);
    ends.push_back(static_cast<std::size_t>(at - items.begin()));
  }
  if (!ends.empty() && ends.back() != items.size()) return std::sort(items.begin(), items.end(), less);
  const auto place = [&](std::size_t offset) { return items.begin() + static_cast<std::ptrdiff_t>(offset); };
  while (ends.size() > 1) {
    std::vector<std::size_t> merged;
    for (std::size_t run = 0; run < ends.size(); run += 2) {
      const std::size_t begin = run == 0 ? 0 : ends[run - 1];
      const std::size_t end = ends[std::min(run + 1, ends.size() - 1)];
      std::inplace_merge(place(begin), place(ends[run]), place(end), less);
      merged.push_back(end);
    }
    ends = std::move(merged);
  }
}

}  // namespace weir
