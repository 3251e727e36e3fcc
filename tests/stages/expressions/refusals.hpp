// Tables of expressions that are refused, and what is said of them, for tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/stages/expressions/table.hpp"

namespace weir::testing {

struct Refusal {
  std::string_view expression;
  std::size_t offset;
  std::size_t length;
  std::string_view message;
  std::string_view mend = "*";  ///< *: any that is not empty
};

inline void expect_refusals(const Table& table, const std::vector<Refusal>& cases) {
  for (const Refusal& each : cases) {
    try {
      Expression::parse(each.expression).bind(table.schema());
      ADD_FAILURE() << "nothing is wrong with " << each.expression;
    } catch (const ExpressionError& error) {
      EXPECT_EQ(error.what(), std::string(each.message)) << each.expression;
      if (each.mend == "*")
        EXPECT_NE(error.mend(), "") << each.expression;
      else
        EXPECT_EQ(error.mend(), each.mend) << each.expression;
      EXPECT_EQ(error.offset(), each.offset) << each.expression;
      EXPECT_EQ(error.length(), each.length) << each.expression;
    }
  }
}

}  // namespace weir::testing
