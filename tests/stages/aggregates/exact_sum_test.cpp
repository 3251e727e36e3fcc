#include "stages/aggregates/exact_sum.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace weir {
namespace {

using boost::multiprecision::cpp_int;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kSmallest = std::numeric_limits<double>::denorm_min();

void add(ExactSum& sum, double value) {
  sum.cover(value);
  sum.add(value);
}

double sum_of(const std::vector<double>& values) {
  ExactSum sum(32);
  for (const double value : values)
    add(sum, value);
  return sum.result();
}

// A finite double as a multiple of the smallest one, computed without the code under test.
cpp_int in_smallest_units(double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  const cpp_int mantissa = static_cast<std::int64_t>(std::ldexp(fraction, 53));
  const int shift = exponent - 53 + 1074;
  return shift >= 0 ? cpp_int(mantissa << shift) : cpp_int(mantissa >> -shift);
}

cpp_int exact_sum_of(const std::vector<double>& values) {
  cpp_int sum = 0;
  for (const double value : values)
    sum += in_smallest_units(value);
  return sum;
}

// Whether no double is nearer to `exact` than `result` is and, of two as near, it is the even one.
bool is_nearest(double result, const cpp_int& exact) {
  if (std::isinf(result)) {
    const cpp_int half_step =
        (in_smallest_units(kLargest) - in_smallest_units(std::nextafter(kLargest, 0))) / 2;
    return abs(exact) >= in_smallest_units(kLargest) + half_step && (exact > 0) == (result > 0);
  }
  const cpp_int distance = abs(exact - in_smallest_units(result));
  const bool even = (std::bit_cast<std::uint64_t>(result) & 1) == 0;
  for (const double neighbour : {std::nextafter(result, kInfinity), std::nextafter(result, -kInfinity)}) {
    if (std::isinf(neighbour)) continue;
    const cpp_int other = abs(exact - in_smallest_units(neighbour));
    if (other < distance || (other == distance && !even)) return false;
  }
  return true;
}

// Doubles of every size, many of which cancel.
rc::Gen<double> any_finite() {
  return rc::gen::map(rc::gen::arbitrary<std::uint64_t>(), [](std::uint64_t bits) {
    const double value = std::bit_cast<double>(bits);
    return std::isfinite(value) ? value : std::ldexp(static_cast<double>(bits >> 12), -30);
  });
}

rc::Gen<std::vector<double>> finite_values() {
  const auto moderate = rc::gen::map(rc::gen::arbitrary<std::int64_t>(), [](std::int64_t value) {
    return std::ldexp(static_cast<double>(value), static_cast<int>(value % 40) - 40);
  });
  return rc::gen::oneOf(rc::gen::container<std::vector<double>>(any_finite()),
                        rc::gen::container<std::vector<double>>(moderate));
}

TEST(ExactSum, IsZeroWithoutValues) {
  EXPECT_EQ(ExactSum().result(), 0.0);
  EXPECT_FALSE(std::signbit(ExactSum().result()));
}

struct SumCase {
  const char* name;
  std::vector<double> values;
  double sum;
};

class ExactSums : public testing::TestWithParam<SumCase> {};

TEST_P(ExactSums, ComesOutInBothDirections) {
  std::vector<double> values = GetParam().values;
  EXPECT_EQ(sum_of(values), GetParam().sum);
  std::reverse(values.begin(), values.end());
  EXPECT_EQ(sum_of(values), GetParam().sum);
}

INSTANTIATE_TEST_SUITE_P(
    Values, ExactSums,
    testing::Values(SumCase{"SmallBesideLarge", {1e100, 1.0, -1e100}, 1.0},
                    SumCase{"TenTenths", std::vector<double>(10, 0.1), 1.0},
                    SumCase{"NegativeResult", {-5, 2}, -3},
                    SumCase{"LargestTwiceAndBack", {kLargest, kLargest, -kLargest}, kLargest},
                    SumCase{"BeyondTheDoubles", {kLargest, kLargest}, kInfinity},
                    SumCase{"BeyondTheDoublesBelow", {-kLargest, -kLargest}, -kInfinity},
                    SumCase{"Subnormals", {kSmallest, kSmallest, kSmallest}, 3 * kSmallest},
                    SumCase{"LargestAndSmallest", {kLargest, kSmallest, -kLargest}, kSmallest},
                    SumCase{"HalfGoesToEven", {0x1p53, 1.0}, 0x1p53},
                    SumCase{"HalfAndABitGoesUp", {0x1p53, 1.0, kSmallest}, 0x1p53 + 2},
                    SumCase{"Infinity", {1, kInfinity}, kInfinity},
                    SumCase{"NegativeInfinity", {-kInfinity, 1}, -kInfinity},
                    SumCase{"Zeros", {0.0, -0.0}, 0.0}),
    [](const auto& info) { return info.param.name; });

TEST(ExactSum, IsPlusZeroForZerosOfAnySign) { EXPECT_FALSE(std::signbit(sum_of({-0.0, -0.0}))); }

TEST(ExactSum, IsNanWhereANanOrBothInfinitiesWereAdded) {
  EXPECT_TRUE(std::isnan(sum_of({1, kNan})));
  EXPECT_TRUE(std::isnan(sum_of({kInfinity, -kInfinity})));
}

TEST(ExactSum, SurvivesAMillionCarries) {
  constexpr int kTimes = 1'000'000;
  constexpr double kOdd = 0x1.fffffffffffffp+0;
  ExactSum sum(33);
  add(sum, kOdd);
  for (int i = 1; i < kTimes; ++i)
    sum.add(kOdd);
  EXPECT_TRUE(is_nearest(sum.result(), in_smallest_units(kOdd) * kTimes));
  for (int i = 0; i < 2 * kTimes; ++i)
    sum.add(-kOdd);
  EXPECT_TRUE(is_nearest(sum.result(), -in_smallest_units(kOdd) * kTimes));
}

TEST(ExactSum, SurvivesAThousandMerges) {
  constexpr double kOdd = -0x1.fffffffffffffp+31;
  constexpr int kTimes = 1000;
  for (int first_limb = 30; first_limb < 38; ++first_limb) {
    ExactSum total(first_limb);
    for (int part = 0; part < kTimes; ++part) {
      ExactSum sum(33);
      for (int i = 0; i < kTimes; ++i)
        add(sum, kOdd);
      total.cover(sum);
      total.add(sum);
    }
    EXPECT_TRUE(is_nearest(total.result(), in_smallest_units(kOdd) * kTimes * kTimes));
  }
}

TEST(ExactSum, NeedsNoHeapForValuesOfUsualSizes) {
  ExactSum sum(ExactSum::limb_of(1.0) - 1);
  for (const double value : {0.01, 1e9, -3.25, 1e-9, 123456.789})
    add(sum, value);
  EXPECT_EQ(sum.heap_bytes(), 0u);
  add(sum, 1e300);
  EXPECT_GT(sum.heap_bytes(), 0u);
}

TEST(ExactSum, NeedsNoHeapToTakeInASumWithAWindowNearby) {
  for (const double value : {1.5, -1.5}) {
    ExactSum left(ExactSum::limb_of(1.0) - 1);
    ExactSum right(ExactSum::limb_of(1.0) - 2);
    add(left, value);
    add(right, 3 * value);
    left.cover(right);
    left.add(right);
    EXPECT_EQ(left.result(), 4 * value);
    EXPECT_EQ(left.heap_bytes(), 0u);
  }
}

TEST(ExactSum, KeepsItsValueWhenMoved) {
  ExactSum wide;
  add(wide, 1e300);
  add(wide, 1e-300);
  ExactSum moved = std::move(wide);
  add(moved, -1e300);
  wide = ExactSum();
  wide = std::move(moved);
  EXPECT_EQ(wide.result(), 1e-300);
}

RC_GTEST_PROP(ExactSumProperty, IsTheNearestDouble, ()) {
  const auto values = *finite_values();
  RC_ASSERT(is_nearest(sum_of(values), exact_sum_of(values)));
}

RC_GTEST_PROP(ExactSumProperty, DoesNotDependOnOrderOrPartition, ()) {
  auto values = *finite_values();
  const double expected = sum_of(values);
  std::mt19937_64 random(*rc::gen::arbitrary<std::uint64_t>());
  std::shuffle(values.begin(), values.end(), random);
  std::vector<ExactSum> parts;
  for (int part = 0; part < 4; ++part)
    parts.emplace_back(static_cast<int>(random() % 70));
  for (const double value : values)
    add(parts[random() % parts.size()], value);
  ExactSum total(static_cast<int>(random() % 70));
  for (ExactSum& part : parts) {
    total.cover(part);
    total.add(part);
  }
  RC_ASSERT(total.result() == expected);
}

}  // namespace
}  // namespace weir
