#include "stages/formats/json_path.hpp"

#include <gtest/gtest.h>

#include <string>

namespace weir {
namespace {

TEST(JsonPath, ReadsFieldsAndElements) {
  EXPECT_EQ(parse_json_path("a"), (JsonPath{{"a"}}));
  EXPECT_EQ(parse_json_path("a.b[0][12].c d"), (JsonPath{{"a"}, {"b"}, {"", 0}, {"", 12}, {"c d"}}));
  for (const char* text : {"a", "a.b", "a[3]", "a.b[0].c", "\xC3\xA9[1][2]"})
    EXPECT_EQ(to_string(*parse_json_path(text)), text);
}

TEST(JsonPath, RefusesWhatIsNone) {
  for (const char* text : {"", ".", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[x]", "a[-1]", "a[0", "a[0]b",
                           "a[1000001]", "a[99999999999999999999]"})
    EXPECT_FALSE(parse_json_path(text)) << text;
  std::string deep = "a";
  while (parse_json_path(deep))
    deep += ".a";
  EXPECT_EQ(deep.size(), 2 * kJsonStepsMax + 1);
}

}  // namespace
}  // namespace weir
