#include "stages/records/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace weir {
namespace {

struct Character {
  std::string_view text;
  std::size_t length;  ///< 0: it is none
};

// The bounds of Unicode 15, table 3-7.
constexpr Character kCharacters[] = {
    {"a", 1},
    {"\x7f", 1},
    {"\x80", 0},
    {"\xbf", 0},
    {"\xc1\xbf", 0},  // overlong
    {"\xc2\x80", 2},
    {"\xdf\xbf", 2},
    {"\xdf", 0},
    {"\xdf?", 0},
    {"\xe0\x9f\xbf", 0},  // overlong
    {"\xe0\xa0\x80", 3},
    {"\xed\x9f\xbf", 3},
    {"\xed\xa0\x80", 0},  // a surrogate
    {"\xee\x80\x80", 3},
    {"\xef\xbf", 0},
    {"\xf0\x8f\xbf\xbf", 0},  // overlong
    {"\xf0\x90\x80\x80", 4},
    {"\xf4\x8f\xbf\xbf", 4},
    {"\xf4\x90\x80\x80", 0},  // above U+10FFFF
    {"\xf5\x80\x80\x80", 0},
    {"\xff", 0},
};

TEST(Utf8, KnowsWhereAWellFormedCharacterEnds) {
  EXPECT_EQ(utf8_character_length(""), 0u);
  for (const Character& each : kCharacters) {
    EXPECT_EQ(utf8_character_length(each.text), each.length) << testing::PrintToString(each.text);
    EXPECT_EQ(utf8_character_length(std::string(each.text) + "z"), each.length);
  }
}

TEST(Utf8, IsValidWhereEveryCharacterIs) {
  EXPECT_TRUE(is_valid_utf8(""));
  for (const Character& each : kCharacters) {
    EXPECT_EQ(is_valid_utf8(each.text), each.length > 0) << testing::PrintToString(each.text);
    EXPECT_EQ(is_valid_utf8("sixteen bytes or" + std::string(each.text) + "more"), each.length > 0);
  }
}

TEST(Utf8, ReplacesBytesThatAreNone) {
  EXPECT_EQ(as_valid_utf8("z\xc3\xbcrich"), "z\xc3\xbcrich");
  EXPECT_EQ(as_valid_utf8("\xe9t\xc3\xa9\xe2\x82"), "\xef\xbf\xbdt\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Utf8, TellsAsciiByEachOfItsBytes) {
  EXPECT_TRUE(is_ascii(""));
  EXPECT_TRUE(is_ascii("nine byte"));
  for (std::size_t at = 0; at < 9; ++at) {
    std::string text = "nine byte";
    text[at] = '\x80';
    EXPECT_FALSE(is_ascii(text)) << at;
  }
}

TEST(Utf8, CountsCharacters) {
  EXPECT_EQ(count_characters(""), 0u);
  EXPECT_EQ(count_characters("z\xc3\xbcrich \xf0\x9f\x9b\xab"), 8u);
  EXPECT_EQ(count_characters("a\xff\x80z"), 3u) << "bytes that are none count, or belong to the one before";
}

}  // namespace
}  // namespace weir
