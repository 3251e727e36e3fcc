// docs/sql.md must not fall behind the function table.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "stages/expressions/function_table.hpp"

namespace weir {
namespace {

TEST(Reference, NamesEachFunction) {
  std::ostringstream text;
  text << std::ifstream(std::string(WEIR_SOURCE_FOLDER) + "/docs/sql.md").rdbuf();
  ASSERT_FALSE(text.str().empty());
  for (const std::string& name : expressions::FunctionTable::builtin().function_names())
    EXPECT_NE(text.str().find("`" + name), std::string::npos) << name;
}

}  // namespace
}  // namespace weir
