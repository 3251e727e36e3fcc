// Calls of the command in a folder of their own.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "cli/run_command.hpp"
#include "tests/cli/temporary_folder.hpp"

namespace weir::test {

struct Answer {
  int code = 0;
  std::string out;
  std::string err;
};

inline Answer weir(const std::vector<std::string>& args) {
  std::ostringstream out, err;
  const int code = run_command(args, out, err);
  return {code, out.str(), err.str()};
}

class CommandInAFolder : public testing::Test {
 protected:
  TemporaryFolder folder_;
};

}  // namespace weir::test
