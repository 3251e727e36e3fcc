#include "stages/transforms/group_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stages/testing/record_table.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using testing::table;

std::vector<GroupId> number(GroupKeys& keys, const RecordBatch& batch) {
  std::vector<GroupId> groups(batch.rows());
  keys.number(batch.columns(), batch.row_set(), groups.data());
  return groups;
}
std::vector<GroupId> find(const GroupKeys& keys, const RecordBatch& batch) {
  std::vector<GroupId> groups(batch.rows());
  keys.find(batch.columns(), batch.row_set(), groups.data());
  return groups;
}

struct KeysCase {
  const char* name;
  const char* schema;
  std::vector<std::string> lines;  ///< three different keys, of which one is NULL where that is possible
};

class AllKindsOfKeys : public ::testing::TestWithParam<KeysCase> {
 protected:
  std::shared_ptr<const RecordBatch> batch(const std::vector<std::size_t>& which) const {
    std::vector<std::string> lines;
    for (const std::size_t each : which)
      lines.push_back(GetParam().lines[each]);
    return table(GetParam().schema, lines);
  }
  std::unique_ptr<GroupKeys> make() const {
    std::vector<Type> types;
    for (const Field& field : testing::make_schema(GetParam().schema))
      types.push_back(field.type);
    return GroupKeys::make(types);
  }
};

TEST_P(AllKindsOfKeys, AreNumberedAsTheyAppear) {
  const auto keys = make();
  EXPECT_THAT(number(*keys, *batch({1, 0, 1, 2, 0})), ElementsAre(0, 1, 0, 2, 1));
  EXPECT_EQ(keys->size(), 3u);
}

TEST_P(AllKindsOfKeys, AreFoundOrNot) {
  const auto keys = make();
  EXPECT_THAT(find(*keys, *batch({0})), ElementsAre(kNoGroup));
  number(*keys, *batch({2, 0}));
  EXPECT_THAT(find(*keys, *batch({0, 1, 2})), ElementsAre(1, kNoGroup, 0));
}

TEST_P(AllKindsOfKeys, AreForgottenFromTheEnd) {
  const auto keys = make();
  number(*keys, *batch({0, 1, 2}));
  keys->truncate(1);
  EXPECT_THAT(find(*keys, *batch({0, 1, 2})), ElementsAre(0, kNoGroup, kNoGroup));
  EXPECT_THAT(number(*keys, *batch({2, 1, 0})), ElementsAre(1, 2, 0));
}

TEST_P(AllKindsOfKeys, AreMerged) {
  const auto into = make();
  const auto other = make();
  number(*into, *batch({1}));
  number(*other, *batch({0, 1, 2}));
  std::vector<GroupId> groups(3);
  into->absorb(*other, groups.data());
  EXPECT_THAT(groups, ElementsAre(1, 0, 2));
}

TEST_P(AllKindsOfKeys, ComeBackAsColumns) {
  const auto keys = make();
  const auto numbered = batch({0, 1, 2});
  number(*keys, *numbered);
  const std::vector<GroupId> groups = {2, 0};
  const auto back = batch({0, 1})->with_columns(numbered->schema_ptr(), keys->columns(groups));
  EXPECT_THAT(testing::lines_of(*back), ElementsAre(GetParam().lines[2], GetParam().lines[0]));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, AllKindsOfKeys,
    ::testing::Values(KeysCase{"Integers", "n: int64", {"5", "~", "-5"}},
                      KeysCase{"Booleans", "b: bool", {"true", "~", "false"}},
                      KeysCase{"Doubles", "x: double", {"0.5", "nan", "~"}},
                      KeysCase{"ShortStrings", "s: string", {"SFO", "~", ""}},
                      KeysCase{"LongStrings", "s: string", {"the same prefix a", "the same prefix b", "~"}},
                      KeysCase{"Rows", "s: string, n: int64", {"SFO, 1", "~, 1", "a much longer string, ~"}}),
    [](const auto& info) { return info.param.name; });

TEST(GroupKeys, AreOneGroupWithoutColumns) {
  const auto keys = GroupKeys::make({});
  EXPECT_EQ(keys->size(), 1u);
  EXPECT_THAT(number(*keys, *table("n: int64", {"1", "2"})), ElementsAre(0, 0));
}

TEST(GroupKeys, AreFoundAmongAHundredThousand) {
  const auto keys = GroupKeys::make({Type::int64});
  std::vector<std::string> lines;
  for (int i = 0; i < 100'000; ++i)
    lines.push_back(std::to_string(std::int64_t{i} * 1'000'003));
  const auto batch = table("n: int64", lines);
  const std::vector<GroupId> groups = number(*keys, *batch);
  EXPECT_EQ(groups.back(), 99'999u);
  EXPECT_EQ(find(*keys, *batch), groups);
}

}  // namespace
}  // namespace weir
