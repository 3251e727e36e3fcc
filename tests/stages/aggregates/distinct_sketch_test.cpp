#include "stages/aggregates/distinct_sketch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "stages/transforms/key_hash.hpp"

namespace weir {
namespace {

void add(DistinctSketch& sketch, std::uint64_t hash) {
  if (!sketch.improves(hash)) return;
  sketch.make_room();
  sketch.take(hash);
}

TEST(DistinctSketch, IsExactUpToFortyEight) {
  DistinctSketch sketch;
  EXPECT_EQ(std::llround(sketch.estimate()), 0);
  for (std::uint64_t value = 0; value < 48; ++value) {
    for (int again = 0; again < 3; ++again)
      add(sketch, hash_of(value));
    EXPECT_EQ(std::llround(sketch.estimate()), static_cast<long long>(value + 1));
  }
}

// 2.3 percent is one standard deviation: the mean error of twenty sketches stays far below three of them.
TEST(DistinctSketch, IsWithinItsErrorFromHundredsToMillions) {
  for (const std::uint64_t count : {100u, 1'000u, 10'000u, 1'000'000u}) {
    double squares = 0;
    constexpr int kSketches = 20;
    for (std::uint64_t begin = 0; begin < kSketches; ++begin) {
      DistinctSketch sketch;
      for (std::uint64_t value = 0; value < count; ++value)
        add(sketch, hash_of(begin * 10'000'000 + value));
      const double error = sketch.estimate() / static_cast<double>(count) - 1;
      squares += error * error;
      EXPECT_LE(sketch.heap_bytes(), 2048u);
    }
    EXPECT_LT(std::sqrt(squares / kSketches), 0.035) << count << " values";
  }
}

TEST(DistinctSketch, MergesToWhatOneWouldHaveSeen) {
  std::mt19937_64 random(3);
  for (const std::size_t size : {3u, 30u, 60u, 500u, 20'000u}) {
    DistinctSketch whole;
    DistinctSketch parts[3];
    for (std::size_t i = 0; i < size; ++i) {
      const std::uint64_t hash = random();
      add(whole, hash);
      add(parts[random() % 3], hash);
    }
    parts[2].absorb(parts[0]);
    parts[1].absorb(parts[2]);
    EXPECT_EQ(parts[1].estimate(), whole.estimate()) << size;
  }
}

}  // namespace
}  // namespace weir
