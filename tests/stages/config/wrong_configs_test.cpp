// Every wrong config of wrong_configs.txt gets exactly the answer that stands there.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/stages/config/test_stages.hpp"
#include "weir/pipeline.hpp"

namespace weir {
namespace {

struct WrongConfig {
  std::string name;
  std::string config;
  std::string answer;
};

void PrintTo(const WrongConfig& wrong, std::ostream* out) { *out << wrong.name; }

std::vector<WrongConfig> read_cases() {
  std::ifstream file(std::string(WEIR_SOURCE_FOLDER) + "/tests/stages/config/wrong_configs.txt");
  std::vector<WrongConfig> cases;
  std::string* part = nullptr;
  std::string gap;  // blank lines belong to a part only if more of it follows
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("==== ")) {
      part = &cases.emplace_back(WrongConfig{line.substr(5), {}, {}}).config;
      gap.clear();
    } else if (line == "---->" && part != nullptr) {
      part = &cases.back().answer;
      gap.clear();
    } else if (line.empty()) {
      gap += "\n";
    } else if (part != nullptr) {
      *part += gap + line + "\n";
      gap.clear();
    }
  }
  return cases;
}

class WrongConfigs : public testing::TestWithParam<WrongConfig> {};

TEST_P(WrongConfigs, AreAnsweredWithPlaceAndMend) {
  LoadOptions options;
  options.registry = &test::registry();
  options.environment = [](const std::string&) { return std::nullopt; };
  try {
    parse_pipeline(GetParam().config, "x.yaml", "", options);
    FAIL() << "the config was taken for right";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.what(), GetParam().answer);
  }
}

INSTANTIATE_TEST_SUITE_P(Table, WrongConfigs, testing::ValuesIn(read_cases()),
                         [](const auto& case_of) { return case_of.param.name; });

TEST(WrongConfigsTable, HasItsCases) { EXPECT_GE(read_cases().size(), 60u); }

TEST(WrongConfigsTable, CountsColumnsInCharactersAndMarksWhatIsWrong) {
  LoadOptions options;
  options.registry = &test::registry();
  try {
    parse_pipeline("weir: 1\nname: caf\x80\n", "x.yaml", "", options);
    FAIL() << "the config was taken for right";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.diagnostics().front().message, "this is not UTF-8");
  }
  try {
    parse_pipeline("{weir: 1, name: \"é\", stagse: 1}", "x.yaml", "", options);
    FAIL() << "the config was taken for right";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.diagnostics().back().where.column, 22u) << error.what();
  }
}

}  // namespace
}  // namespace weir
