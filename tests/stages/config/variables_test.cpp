#include "stages/config/variables.hpp"

#include <gtest/gtest.h>

#include "stages/config/yaml_reader.hpp"

namespace weir {
namespace {

class VariablesOfAConfig : public testing::Test {
 protected:
  VariablesOfAConfig() {
    options_.vars = {{"given", "from/outside.csv"}};
    options_.working_folder = "work";
    options_.environment = [](const std::string& name) {
      return name == "DATA" ? std::optional<std::string>("/srv/data") : std::nullopt;
    };
  }

  // The value that `text`, written in quotes, has after substitution.
  ConfigValue substituted(const std::string& text) {
    Variables variables(options_, problems_);
    const ConfigValue vars = read_yaml("{input: data/in.csv, given: unused, copy: '${input}', none: null}",
                                       "x.yaml", "configs", problems_);
    variables.declare(vars);
    ConfigValue value = read_yaml("'" + text + "'", "x.yaml", "configs", problems_);
    variables.substitute(value, "field");
    return value;
  }

  LoadOptions options_;
  Problems problems_;
};

TEST_F(VariablesOfAConfig, AreReplacedWhereverTheyStandInAValue) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"plain", "plain"},
      {"${input}", "data/in.csv"},
      {"a ${input} b ${copy}", "a data/in.csv b data/in.csv"},
      {"${given}", "from/outside.csv"},
      {"${env.DATA}/x", "/srv/data/x"},
      {"${env.NOTHING:-/tmp}", "/tmp"},
      {"${none:-fallback}", "fallback"},
      {"${nowhere:-}", ""},
      {"${input:-fallback}", "data/in.csv"},
      {"$${input}", "${input}"},
      {"cost $5 and $name", "cost $5 and $name"},
      {"a$", "a$"},
  };
  for (const auto& [text, expected] : table)
    EXPECT_EQ(substituted(text).text, expected) << text;
  EXPECT_TRUE(problems_.empty());
}

TEST_F(VariablesOfAConfig, BringNoStructureOfTheirOwn) {
  options_.vars = {{"given", "x, b: [1, 2]"}};
  const ConfigValue value = substituted("${given}");
  EXPECT_EQ(value.kind, ConfigValue::Kind::scalar);
  EXPECT_EQ(value.text, "x, b: [1, 2]");
}

TEST_F(VariablesOfAConfig, ResolvePathsByWhereTheyWereWritten) {
  EXPECT_EQ(substituted("out.csv").base, "configs");
  EXPECT_EQ(substituted("${input}").base, "configs");
  EXPECT_EQ(substituted("${given}").base, "work");
  EXPECT_EQ(substituted("${env.DATA}").base, "work");
  EXPECT_EQ(substituted("out/${given}").base, "configs") << "the config's text comes first";
  EXPECT_EQ(substituted("${none:-out.csv}").base, "configs");
}

TEST_F(VariablesOfAConfig, SayWhichOnesHaveNoValue) {
  EXPECT_TRUE(substituted("${inptu}").unresolved);
  ASSERT_EQ(problems_.all().size(), 1u);
  EXPECT_EQ(problems_.all()[0].mend, "did you mean `input`?");
}

}  // namespace
}  // namespace weir
