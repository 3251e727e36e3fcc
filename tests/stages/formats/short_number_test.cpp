#include "stages/formats/short_number.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>

#include "stages/records/value_text.hpp"

namespace weir {
namespace {

// Behind bytes that must not be taken for its own: digits, or a point.
std::string padded(const std::string& text, char before) {
  return std::string(kNumberBytesReadable, before) + text;
}

std::optional<double> decimal(const std::string& text, char before = '7') {
  const std::string whole = padded(text, before);
  double value = 0;
  if (!read_short_decimal(whole.data() + whole.size(), text.size(), value)) return std::nullopt;
  return value;
}

TEST(ShortNumber, ReadsDecimals) {
  for (const char before : {'7', '.', '-'}) {
    EXPECT_EQ(decimal("1.5", before), 1.5);
    EXPECT_EQ(decimal("-12.3", before), -12.3);
    EXPECT_EQ(decimal("1.2345678", before), 1.2345678);
    EXPECT_EQ(decimal("1234567.8", before), 1234567.8);
    EXPECT_EQ(decimal("12345678", before), 12345678);
    EXPECT_EQ(decimal("-7", before), -7);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(*decimal("-0.0", before)), std::bit_cast<std::uint64_t>(-0.0));
    for (const char* text :
         {"", "-", ".", "-.", ".5", "5.", "-5.", "1.5.2", "123456789", "1.23456789", "1e5", "+1.5", "1,5"})
      EXPECT_EQ(decimal(text, before), std::nullopt) << text;
  }
}

rc::Gen<std::string> like_a_number() {
  return rc::gen::container<std::string>(
      rc::gen::element('0', '1', '5', '9', '.', '-', '+', '/', ':', 'a', '\xB0', '\xAE'));
}

RC_GTEST_PROP(ShortNumberModel, ReadsIntegersAsTheGeneralParserDoes, ()) {
  const auto text = *like_a_number();
  const std::string whole = padded(text, *rc::gen::element('7', '.'));
  std::int64_t value = 0;
  if (read_short_integer(whole.data() + whole.size(), text.size(), value)) {
    RC_ASSERT(parse_int64(text) == std::optional(value));
  } else {
    RC_ASSERT((text.size() > 8 || !parse_int64(text) || text.front() == '+'));
  }
}

RC_GTEST_PROP(ShortNumberModel, ReadsDecimalsAsTheGeneralParserDoes, ()) {
  const auto text = *like_a_number();
  const auto value = decimal(text, *rc::gen::element('7', '.'));
  const auto general = parse_double(text);
  if (!value) return;
  RC_ASSERT(general.has_value());
  RC_ASSERT(std::bit_cast<std::uint64_t>(*value) == std::bit_cast<std::uint64_t>(*general));
}

RC_GTEST_PROP(ShortNumberModel, IsTheNearestDoubleOfEveryShortDecimal, ()) {
  const std::string digits = std::to_string(*rc::gen::inRange(10, 99'999'999));
  const auto at = *rc::gen::inRange<std::size_t>(1, digits.size());
  const std::string text = digits.substr(0, at) + "." + digits.substr(at);
  RC_ASSERT(decimal(text) == parse_double(text));
}

}  // namespace
}  // namespace weir
