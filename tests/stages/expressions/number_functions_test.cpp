// Mathematics, bits and hashes.

#include <gtest/gtest.h>

#include "tests/stages/expressions/scalar_cases.hpp"

namespace weir {
namespace {

using testing::evaluate;
using testing::expect_values;
using testing::Table;
using testing::value_of;

TEST(Mathematics, ComesToWhatDuckDbComesTo) {
  expect_values({
      {"trunc(-1.5)", "-1"},
      {"trunc(7)", "7"},
      {"sign(-3)", "-1"},
      {"sign(-3.5)", "-1"},
      {"sign(0.0)", "0"},
      {"sign('nan'::double)", "0"},
      {"log10(100)", "2"},
      {"log2(8)", "3"},
      {"log(100)", "2"},
      {"log(2, 8)", "3"},
      {"exp(1)", "2.718281828459045"},
      {"exp(1000)", "inf"},
      {"degrees(pi())", "180"},
      {"radians(180)", "3.141592653589793"},
      {"sin(1)", "0.8414709848078965"},
      {"tan(1)", "1.5574077246549023"},
      {"atan2(1, 2)", "0.4636476090008061"},
      {"power(2, 3)", "8"},
      {"2 ^ 3", "8"},
      {"2 ** 3", "8"},
      {"-2 ^ 2", "4"},
      {"2 * 3 ^ 2", "18"},
      {"isnan('nan'::double)", "true"},
      {"isfinite(1.5)", "true"},
      {"isfinite('inf'::double)", "false"},
      {"isinf('-inf'::double)", "true"},
      {"ceiling(1.5)", "2"},
      {"ifnull(null, 3)", "3"},
      {"ifnull(2, 1 // 0)", "2"},
      {"sin(null)", "NULL"},
  });
}

TEST(Mathematics, RefusesWhatHasNoResult) {
  expect_values({
      {"log10(0)", "error: no logarithm of a number not above zero: log10(0)"},
      {"log2(-1)", "error: no logarithm of a number not above zero: log2(-1)"},
      {"log(1, 8)", "error: no logarithm to the base 1: log(1, 8)"},
      {"log(2, 0)", "error: no logarithm of a number not above zero: log(2, 0)"},
      {"asin(2)", "error: no sine is outside of -1 to 1: asin(2)"},
      {"acos(-1.5)", "error: no cosine is outside of -1 to 1: acos(-1.5)"},
      {"asin('nan'::double)", "nan"},
  });
}

TEST(BitFunctions, WorkOnWordsOf64Bits) {
  expect_values({
      {"5 & 3", "1"},
      {"5 | 3", "7"},
      {"xor(5, 3)", "6"},
      {"1 << 3", "8"},
      {"16 >> 2", "4"},
      {"-16 >> 2", "-4"},
      {"16 >> -1", "0"},
      {"16 >> 64", "0"},
      {"~5", "-6"},
      {"~1 + 2", "-4"},
      {"1 + 2 << 3", "24"},
      {"1 | 2 & 3", "3"},
      {"5 & 3 = 1", "true"},
      {"0 << 70", "0"},
      {"1 << 62", "4611686018427387904"},
      {"1 << 63", "error: integer overflow: 1 << 63"},
      {"1 << -1", "error: integer overflow: 1 << -1"},
      {"-1 << 2", "error: integer overflow: -1 << 2"},
      {"bit_count(5)", "2"},
      {"bit_count(-1)", "64"},
      {"5 & null", "NULL"},
  });
}

TEST(Hash, IsTheSameForWhatIsEqualAndNeverNegative) {
  expect_values({
      {"hash('a') = hash('a')", "true"},
      {"hash('a') = hash('b')", "false"},
      {"hash(0.0) = hash(-0.0)", "true"},
      {"hash('nan'::double) = hash(-'nan'::double)", "true"},
      {"hash(1, 2) = hash(2, 1)", "false"},
      {"hash(null) = hash(null)", "true"},
      {"hash('') = hash(null)", "false"},
      {"hash('a text longer than a slot is') = hash('a text longer than a slot' || ' is')", "true"},
  });
  Table table = Table().integers("n", {0, 1, -1, 2, 1'000'000'007, std::nullopt});
  for (const std::string& value : evaluate("hash(n) >= 0", table))
    EXPECT_EQ(value, "true");
}

TEST(Hash, NeverChanges) {
  EXPECT_EQ(value_of("hash('SFO')"), "798875970020463814");
  EXPECT_EQ(value_of("hash(1, 'a text longer than a slot', null)"), "8573727699607924058");
}

}  // namespace
}  // namespace weir
