// The `weir` command.

#include <iostream>
#include <string>
#include <vector>

#include "cli/run_command.hpp"

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  return weir::run_command(args, std::cout, std::cerr);
}
