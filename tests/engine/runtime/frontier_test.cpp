#include "engine/runtime/frontier.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace weir::runtime {
namespace {

TEST(Frontier, StandsAtTheFirstGap) {
  Frontier frontier;
  frontier.complete(1);
  EXPECT_EQ(frontier.position(), 0u);
  frontier.complete(0);
  EXPECT_EQ(frontier.position(), 2u);
  frontier.complete(3);
  EXPECT_EQ(frontier.position(), 2u);
  frontier.complete(2);
  EXPECT_EQ(frontier.position(), 4u);
}

TEST(Frontier, HasNotEndedBeforeTheMarkIsPlaced) {
  Frontier frontier;
  frontier.complete(0);
  EXPECT_FALSE(frontier.ended());
  frontier.mark_end(1);
  EXPECT_TRUE(frontier.ended());
}

TEST(Frontier, EndsWhenItPassesTheMark) {
  Frontier frontier;
  frontier.mark_end(2);
  frontier.complete(1);
  EXPECT_FALSE(frontier.ended());
  frontier.complete(0);
  EXPECT_TRUE(frontier.ended());
}

TEST(Frontier, AFlowOfNothingEndsAtOnce) {
  Frontier frontier;
  frontier.mark_end(0);
  EXPECT_TRUE(frontier.ended());
}

/// 0 .. count-1, shuffled.
std::vector<std::uint64_t> shuffled(std::uint64_t count) {
  std::vector<std::uint64_t> numbers(count);
  for (std::uint64_t i = 0; i < count; ++i)
    numbers[i] = i;
  for (std::uint64_t i = count; i > 1; --i)
    std::swap(numbers[i - 1], numbers[*rc::gen::inRange<std::uint64_t>(0, i)]);
  return numbers;
}

RC_GTEST_PROP(FrontierProperty, AgreesWithANaiveSet, ()) {
  const auto count = *rc::gen::inRange<std::uint64_t>(0, 60);
  const auto marked_after = *rc::gen::inRange<std::uint64_t>(0, count + 1);
  Frontier frontier;
  std::set<std::uint64_t> complete;
  bool marked = false;
  const auto mark_when_due = [&] {
    if (complete.size() == marked_after) {
      frontier.mark_end(count);
      marked = true;
    }
  };
  mark_when_due();
  for (const std::uint64_t number : shuffled(count)) {
    frontier.complete(number);
    complete.insert(number);
    mark_when_due();
    std::uint64_t first_gap = 0;
    while (complete.contains(first_gap))
      ++first_gap;
    RC_ASSERT(frontier.position() == first_gap);
    RC_ASSERT(frontier.ended() == (marked && first_gap == count));
  }
  RC_ASSERT(frontier.ended());
}

}  // namespace
}  // namespace weir::runtime
