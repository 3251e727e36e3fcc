#include "stages/formats/line_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace weir {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> lines_of(const std::string& text, LineIndex::Blanks blanks,
                                  std::size_t lines_max = 100) {
  LineIndex index(blanks);
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size(); at = index.next()) {
    index.scan(text, at, lines_max);
    for (std::size_t line = 0; line < index.size(); ++line)
      lines.push_back(text.substr(index.begin(line), index.end(line) - index.begin(line)));
  }
  return lines;
}

TEST(LineIndex, KeepsBlanksOrLeavesThemOut) {
  const std::string text = "a\n\n \t\n b \r\nc";
  EXPECT_THAT(lines_of(text, LineIndex::Blanks::text), ElementsAre("a", "", " \t", " b ", "c"));
  EXPECT_THAT(lines_of(text, LineIndex::Blanks::none), ElementsAre("a", "b", "c"));
}

TEST(LineIndex, KnowsOfBackslashesAndOtherAlphabets) {
  LineIndex index(LineIndex::Blanks::text);
  index.scan("plain\n", 0, 10);
  EXPECT_FALSE(index.has_backslash() || index.has_non_ascii());
  index.scan("a\\n\n", 0, 10);
  EXPECT_TRUE(index.has_backslash());
  index.scan("\xC3\xA9\n", 0, 10);
  EXPECT_TRUE(index.has_non_ascii());
}

RC_GTEST_PROP(LineIndexProperty, FindsTheLinesOfAnyTextHoweverManyAtATime, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::weightedElement<char>({{20, 'a'}, {3, '\n'}, {1, '\r'}, {1, ' '}}));
  std::vector<std::string> expected;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t newline = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, newline - at);
    if (line.ends_with('\r')) line.pop_back();
    expected.push_back(line);
    at = newline + 1;
  }
  const auto lines_max = *rc::gen::inRange<std::size_t>(1, 5);
  RC_ASSERT(lines_of(text, LineIndex::Blanks::text, lines_max) == expected);
}

}  // namespace
}  // namespace weir
