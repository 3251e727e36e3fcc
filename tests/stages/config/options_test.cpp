#include "weir/options.hpp"

#include <gtest/gtest.h>

#include "stages/config/yaml_reader.hpp"

namespace weir {
namespace {

class OptionsOfAStage : public testing::Test {
 protected:
  Options read(const std::string& yaml) {
    map_ = read_yaml(yaml, "x.yaml", "configs", problems_);
    return Options("stage", map_, problems_, {});
  }

  Problems problems_;
  ConfigValue map_;
};

TEST_F(OptionsOfAStage, AreReadByTheirTypes) {
  const Options options = read(R"(
text: some words
yes: true
rows: 12
tab: \t
semicolon: ";"
mode: append
columns: [a, "b c"]
one: a
types: {a: int64, b: double}
on: {left: right, l2: "r 2"}
)");
  EXPECT_EQ(options.text("text"), "some words");
  EXPECT_EQ(options.boolean("yes"), true);
  EXPECT_EQ(options.count("rows"), 12u);
  EXPECT_EQ(options.character("tab"), '\t');
  EXPECT_EQ(options.character("semicolon"), ';');
  EXPECT_EQ(options.choice("mode", {"replace", "append"}), "append");
  EXPECT_EQ(options.names("columns"), (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(options.names("one"), (std::vector<std::string>{"a"}));
  EXPECT_EQ(options.types("types"),
            (std::vector<std::pair<std::string, Type>>{{"a", Type::int64}, {"b", Type::float64}}));
  EXPECT_EQ(options.name_map("on"),
            (std::vector<std::pair<std::string, std::string>>{{"left", "right"}, {"l2", "r 2"}}));
  EXPECT_TRUE(problems_.empty());
}

TEST_F(OptionsOfAStage, HaveDefaultsWhereNothingIsWritten) {
  const Options options = read("{}");
  EXPECT_FALSE(options.has("text"));
  EXPECT_EQ(options.text("text"), std::nullopt);
  EXPECT_EQ(options.count("rows"), std::nullopt);
  EXPECT_EQ(options.path("path"), std::nullopt);
  EXPECT_EQ(options.expression("where"), std::nullopt);
  EXPECT_EQ(options.choice("mode", {"replace", "append"}), "replace");
  EXPECT_TRUE(options.expressions("columns").empty());
  EXPECT_TRUE(options.sort_keys("by").empty());
  EXPECT_TRUE(problems_.empty());
}

TEST_F(OptionsOfAStage, ResolvePathsByTheConfigsFolder) {
  const Options options = read("{here: data/x.csv, there: /data/x.csv, standard: '-'}");
  EXPECT_EQ(options.path("here")->path, "configs/data/x.csv");
  EXPECT_EQ(options.path("here")->written, "data/x.csv");
  EXPECT_EQ(options.path("there")->path, "/data/x.csv");
  EXPECT_EQ(options.path("standard")->path, "-");
}

TEST_F(OptionsOfAStage, GiveExpressionsTheirNames) {
  const Options options = read(R"(
list: [origin, delay / 60 as hours]
text: "origin, delay / 60 as hours"
map: {from: origin, hours: "delay / 60"}
)");
  for (const char* key : {"list", "text"}) {
    const auto expressions = options.expressions(key);
    ASSERT_EQ(expressions.size(), 2u) << key;
    EXPECT_EQ(expressions[0].name, "origin");
    EXPECT_EQ(expressions[1].name, "hours");
  }
  const auto named = options.expressions("map");
  ASSERT_EQ(named.size(), 2u);
  EXPECT_EQ(named[0].name, "from");
  EXPECT_EQ(named[1].name, "hours");
  EXPECT_EQ(named[1].field, "stage.map.hours");
  EXPECT_TRUE(problems_.empty());
}

TEST_F(OptionsOfAStage, SortKeysGoUpUnlessTheySayDesc) {
  const Options options = read(R"(
list: [flights desc, origin, "x asc"]
text: "coalesce(a, b) DESC, description NULLS LAST"
)");
  const auto keys = options.sort_keys("list");
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_TRUE(keys[0].descending);
  EXPECT_FALSE(keys[1].descending);
  EXPECT_FALSE(keys[2].descending);
  EXPECT_EQ(keys[0].expression.name, "flights");
  const auto of_text = options.sort_keys("text");
  ASSERT_EQ(of_text.size(), 2u);
  EXPECT_TRUE(of_text[0].descending);
  EXPECT_EQ(of_text[1].expression.name, "description");
  EXPECT_EQ(of_text[1].expression.where.column, of_text[0].expression.where.column + 21);
}

}  // namespace
}  // namespace weir
