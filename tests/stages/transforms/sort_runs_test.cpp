#include "stages/transforms/sort_runs.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <vector>

namespace weir {
namespace {

RC_GTEST_PROP(SortRuns, SortsRunsAndWhatHasNone, ()) {
  // Of many short runs there are more than are merged, so that both ways are gone.
  const auto run_size = *rc::gen::inRange<std::size_t>(1, 40);
  auto items = *rc::gen::container<std::vector<int>>(*rc::gen::inRange<std::size_t>(0, 400),
                                                     rc::gen::inRange(0, 1000));
  for (std::size_t at = 0; at < items.size(); at += run_size)
    std::sort(items.begin() + static_cast<std::ptrdiff_t>(at),
              items.begin() + static_cast<std::ptrdiff_t>(std::min(at + run_size, items.size())));
  auto expected = items;
  std::sort(expected.begin(), expected.end());
  sort_runs(items, std::less<>());
  RC_ASSERT(items == expected);
}

TEST(SortRuns, MergesWithAboutOneComparisonAnItem) {
  std::vector<int> items;
  for (const int first : {0, 1})
    for (int item = first; item < 2000; item += 2)
      items.push_back(item);
  std::size_t comparisons = 0;
  sort_runs(items, [&](int a, int b) {
    ++comparisons;
    return a < b;
  });
  EXPECT_TRUE(std::is_sorted(items.begin(), items.end()));
  EXPECT_LE(comparisons, 2 * items.size() + 64);
}

}  // namespace
}  // namespace weir
