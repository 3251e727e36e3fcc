// docs/functions.md is what the function table says, and docs/sql.md does not fall behind it.

#include "stages/expressions/function_reference.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

namespace weir {
namespace {

using expressions::FunctionTable;

std::string document(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream(std::string(WEIR_SOURCE_FOLDER) + "/docs/" + name).rdbuf();
  return text.str();
}

TEST(Reference, IsWhatTheTableSays) {
  const std::string page = expressions::function_reference(FunctionTable::builtin());
  if (std::getenv("WEIR_WRITE_FUNCTIONS") != nullptr)
    std::ofstream(std::string(WEIR_SOURCE_FOLDER) + "/docs/functions.md") << page;
  EXPECT_EQ(document("functions.md"), page)
      << "docs/functions.md is stale; run this test with WEIR_WRITE_FUNCTIONS=1 to write it anew";
}

TEST(Reference, HasAnExampleOfEachForm) {
  for (const auto& [name, function] : FunctionTable::builtin().all()) {
    EXPECT_NE(function.summary, "") << name;
    EXPECT_NE(function.example, "") << name;
  }
  EXPECT_EQ(expressions::function_reference(FunctionTable::builtin()).find("error: "), std::string::npos);
}

TEST(Reference, HasASectionForEachForm) {
  const std::string page = expressions::function_reference(FunctionTable::builtin());
  for (const auto& [name, function] : FunctionTable::builtin().all())
    EXPECT_NE(page.find("\n## " + std::string(function.section) + "\n"), std::string::npos) << name;
}

TEST(Reference, IsNamedByThePageAboutSql) {
  EXPECT_NE(document("sql.md").find("(functions.md)"), std::string::npos);
}

}  // namespace
}  // namespace weir
