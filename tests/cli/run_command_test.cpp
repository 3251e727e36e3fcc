#include "cli/run_command.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

namespace weir {
namespace {

TEST(RunCommand, TellsItsVersion) {
  std::ostringstream out, err;
  const std::vector<std::string> args = {"--version"};
  EXPECT_EQ(run_command(args, out, err), 0);
  EXPECT_TRUE(out.str().starts_with("weir ")) << out.str();
  EXPECT_EQ(err.str(), "");
}

}  // namespace
}  // namespace weir
