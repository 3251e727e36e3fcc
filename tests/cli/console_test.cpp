#include "cli/console.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace weir {
namespace {

const std::string kClear = "\r\x1b[K";

TEST(Console, WritesLinesAsTheyAre) {
  std::ostringstream stream;
  Console console(stream);
  console.write("one\ntwo\n");
  console.clear_status();
  EXPECT_EQ(stream.str(), "one\ntwo\n");
}

TEST(Console, KeepsItsStatusBelowWhatIsWritten) {
  std::ostringstream stream;
  Console console(stream);
  console.show_status("10%");
  console.show_status("20%");
  console.write("a warning\n");
  console.clear_status();
  console.write("the end\n");
  EXPECT_EQ(stream.str(), kClear + "10%" + kClear + "20%" + kClear + "a warning\n20%" + kClear + "the end\n");
}

}  // namespace
}  // namespace weir
