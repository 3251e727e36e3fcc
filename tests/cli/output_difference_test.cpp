#include "cli/output_difference.hpp"

#include <gtest/gtest.h>

#include "tests/cli/temporary_folder.hpp"

namespace weir {
namespace {

class OutputDifferences : public testing::Test {
 protected:
  std::optional<OutputDifference> between(const std::string& expected, const std::string& got) const {
    return difference(folder_.write("expected", expected), folder_.write("got", got));
  }

  test::TemporaryFolder folder_;
};

TEST_F(OutputDifferences, AreNoneBetweenTheSameBytes) {
  EXPECT_FALSE(between("", ""));
  EXPECT_FALSE(between("a\nb\n", "a\nb\n"));
  EXPECT_FALSE(between("a\n\nb", "a\n\nb"));
  EXPECT_FALSE(difference(folder_.path("none"), folder_.path("none either")));
}

TEST_F(OutputDifferences, AreToldByTheirFirstLine) {
  const auto found = between("a\nb\nc\n", "a\nB\nC\n");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->line, 2u);
  EXPECT_EQ(found->expected, "b");
  EXPECT_EQ(found->got, "B");
}

TEST_F(OutputDifferences, MayBeMissingLinesOrEndsOfLines) {
  EXPECT_EQ(between("a\nb\n", "a\n")->got, "(nothing more)");
  EXPECT_EQ(between("a\n", "a\nb\n")->expected, "(nothing more)");
  EXPECT_EQ(between("a\n", "a")->got, "a (without an end of line)");
  EXPECT_EQ(difference(folder_.write("expected", "a\n"), folder_.path("none"))->got, "(nothing more)");
}

TEST_F(OutputDifferences, AreCutWhereALineIsLong) {
  const auto found = between(std::string(1000, 'x') + "\n", "y\n");
  EXPECT_EQ(found->expected, std::string(200, 'x') + "...");
}

}  // namespace
}  // namespace weir
