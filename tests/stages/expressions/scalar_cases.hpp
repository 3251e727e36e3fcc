// Tables of expressions and what they come to, for tests.
#pragma once

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

#include "tests/stages/expressions/table.hpp"

namespace weir::testing {

struct ScalarCase {
  std::string_view expression;
  std::string_view value;  ///< as `value_of` tells it
};

inline void expect_values(const std::vector<ScalarCase>& cases) {
  for (const ScalarCase& each : cases) {
    try {
      EXPECT_EQ(value_of(each.expression), each.value) << each.expression;
    } catch (const ExpressionError& error) {
      ADD_FAILURE() << each.expression << ": " << error.what() << "; " << error.mend();
    }
  }
}

}  // namespace weir::testing
