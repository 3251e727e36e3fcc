#include "stages/formats/quoted_bytes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace weir::csv {
namespace {

constexpr char kDelimiter = ',';
constexpr char kQuote = '"';

// One letter a byte: `q` in quotes, `c` a quote that closes, `.` any other.
std::string masked(std::string_view text) {
  QuotedBytes bytes;
  std::string shown;
  for (std::size_t base = 0; base < text.size(); base += kMaskBytes) {
    const std::string_view word = text.substr(base, kMaskBytes);
    std::uint64_t quotes = 0;
    std::uint64_t separators = 0;
    for (std::size_t i = 0; i < word.size(); ++i) {
      quotes |= std::uint64_t{word[i] == kQuote} << i;
      separators |= std::uint64_t{word[i] == kDelimiter || word[i] == '\n'} << i;
    }
    const std::uint64_t quoted = bytes.next(quotes, separators);
    for (std::size_t i = 0; i < word.size(); ++i)
      shown += (quoted >> i & 1) != 0 ? 'q' : (bytes.closing() >> i & 1) != 0 ? 'c' : '.';
  }
  return shown;
}

// The same byte by byte.
std::string walked(std::string_view text) {
  std::string shown;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool may_open = i == 0 || text[i - 1] == kDelimiter || text[i - 1] == '\n' || shown[i - 1] == 'c';
    const bool closes = inside && text[i] == kQuote;
    if (text[i] == kQuote && (inside || may_open)) inside = !inside;
    shown += closes ? 'c' : inside ? 'q' : '.';
  }
  return shown;
}

TEST(QuotedBytes, BeginWithTheQuoteThatOpensAndEndBeforeTheOneThatCloses) {
  EXPECT_EQ(masked(R"(a,"b,c",d)"), "..qqqqc..");
}

TEST(QuotedBytes, GoOnBehindADoubledQuote) { EXPECT_EQ(masked(R"("a""b",c)"), "qqcqqc.."); }

TEST(QuotedBytes, DoNotBeginWithinAField) {
  EXPECT_EQ(masked(R"(5" pipe,"a")"), "........qqc");
  EXPECT_EQ(masked(R"("a"b"c,"d")"), "qqc....qqc");
}

TEST(QuotedBytes, GoOnFromWordToWord) {
  for (std::size_t before = 0; before < 2 * kMaskBytes; ++before) {
    const std::string text = std::string(before, 'a') + ",\"b\"\"c,\nd\",e";
    EXPECT_EQ(masked(text), walked(text)) << before;
  }
}

RC_GTEST_PROP(QuotedBytesProperty, AreThoseThatAWalkByteByByteFinds, ()) {
  const auto length = *rc::gen::inRange<std::size_t>(0, 5 * kMaskBytes);
  const auto text = *rc::gen::container<std::string>(
      length,
      rc::gen::weightedElement<char>({{*rc::gen::inRange(1, 60), 'a'}, {3, ','}, {4, '"'}, {1, '\n'}}));
  RC_ASSERT(masked(text) == walked(text));
}

RC_GTEST_PROP(QuotedBytesProperty, OfWellFormedTextsToo, ()) {
  std::string text;
  const auto fields = *rc::gen::container<std::vector<std::string>>(
      rc::gen::element<std::string>("a", "bcd", R"("x,y")", R"("")", R"("""")",
                                    R"("long text with ""quotes"", commas, and more")", "\"\n\""));
  for (const std::string& field : fields)
    text += field + (field.size() % 2 == 0 ? "," : "\n");
  RC_ASSERT(masked(text) == walked(text));
}

}  // namespace
}  // namespace weir::csv
