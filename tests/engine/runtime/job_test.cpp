// What a job holds, and that it lets go of it once.
#include "weir/job.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <new>
#include <stdexcept>

namespace weir {
namespace {

TEST(Job, IsEmptyUntilItIsGivenSomething) {
  Job job;
  EXPECT_FALSE(job);
  job = Job([](void*) {});
  EXPECT_TRUE(job);
}

TEST(Job, IsCalledWithTheContextItIsGiven) {
  int context = 0;
  Job job([](void* its_context) { *static_cast<int*>(its_context) = 7; });
  job(&context);
  EXPECT_EQ(context, 7);
}

TEST(Job, HoldsWhatCannotBeCopied) {
  int called_with = 0;
  Job job([&, seven = std::make_unique<int>(7)](void*) { called_with = *seven; });
  Job moved = std::move(job);
  EXPECT_FALSE(job);  // NOLINT(bugprone-use-after-move): moving leaves it empty
  moved(nullptr);
  EXPECT_EQ(called_with, 7);
}

TEST(Job, LetsGoOfWhatItHoldsOnceWhereverItWasMoved) {
  const auto watched = std::make_shared<int>();
  {
    Job job([watched](void*) {});
    Job moved = std::move(job);
    Job assigned([](void*) {});
    assigned = std::move(moved);
    EXPECT_EQ(watched.use_count(), 2);
    assigned.reset();
    EXPECT_EQ(watched.use_count(), 1);
    EXPECT_FALSE(assigned);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(Job, TakesTheLargeAndTheAlignedAsWell) {
  std::array<int, 100> large{};
  large[99] = 9;
  struct alignas(64) Aligned {
    int value = 8;
  };
  const auto watched = std::make_shared<int>();
  int sum = 0;
  Job job([&sum, large, watched](void*) { sum += large[99]; });
  Job aligned([&sum, held = Aligned(), watched](void*) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&held) % 64, 0u);
    sum += held.value;
  });
  for (Job* each : {&job, &aligned}) {
    Job moved = std::move(*each);
    moved(nullptr);
  }
  EXPECT_EQ(sum, 17);
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(Job, LetsGoOfWhatItHoldsAlsoWhenThatThrew) {
  const auto watched = std::make_shared<int>();
  {
    Job job([watched](void*) { throw std::runtime_error("no"); });
    EXPECT_THROW(job(nullptr), std::runtime_error);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(Job, MakesACacheLineWithEightBytesMore) { EXPECT_EQ(sizeof(Job) + 8, 64u); }

}  // namespace
}  // namespace weir
