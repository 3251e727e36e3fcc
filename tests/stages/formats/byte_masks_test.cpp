#include "stages/formats/byte_masks.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace weir {
namespace {

constexpr WantedBytes kWanted = {'\n', ',', '\0'};

std::vector<std::size_t> places_of(char byte, std::string_view text, std::size_t from = 0) {
  std::vector<std::size_t> places;
  for (std::size_t at = from; at < text.size(); ++at)
    if (text[at] == byte) places.push_back(at);
  return places;
}

bool has_non_ascii(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char byte) { return (byte & 0x80) != 0; });
}

void append_places(std::uint64_t mask, std::size_t base, std::vector<std::size_t>& places) {
  while (mask != 0)
    places.push_back(base + take_lowest_bit(mask));
}

rc::Gen<std::string> texts(std::size_t size) {
  return rc::gen::container<std::string>(
      size, rc::gen::weightedOneOf<char>({{4, rc::gen::element('\n', ',', '\0', '+', '-')},
                                          {1, rc::gen::inRange<char>('a', 'z')},
                                          {*rc::gen::inRange(0, 2), rc::gen::arbitrary<char>()}}));
}

RC_GTEST_PROP(ByteMasksProperty, EveryWayToFindBytesFindsTheSame, ()) {
  const auto count = *rc::gen::inRange<std::size_t>(0, kMasksMax + 1);
  const std::string text = *texts(count * kMaskBytes);
  for (const FindBytes find : ways_to_find_bytes()) {
    MaskRow rows[kWantedBytes];
    RC_ASSERT(find(text.data(), count, kWanted, rows) == has_non_ascii(text));
    for (std::size_t byte = 0; byte < kWantedBytes; ++byte) {
      std::vector<std::size_t> places;
      for (std::size_t i = 0; i < count; ++i)
        append_places(rows[byte][i], i * kMaskBytes, places);
      RC_ASSERT(places == places_of(kWanted[byte], text));
    }
  }
}

RC_GTEST_PROP(ByteMasksProperty, CoverTextsOfAnyLengthFromAnywhere, ()) {
  const std::string text = *texts(*rc::gen::inRange<std::size_t>(0, 3 * kMaskBytes * kMasksMax));
  const auto begin = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
  std::vector<std::size_t> places[kWantedBytes];
  const bool non_ascii = for_each_mask(text, begin, kWanted, [&](std::size_t at, const Masks& masks) {
    for (std::size_t byte = 0; byte < kWantedBytes; ++byte)
      append_places(masks[byte], at, places[byte]);
    return true;
  });
  RC_ASSERT(non_ascii == has_non_ascii(std::string_view(text).substr(begin)));
  for (std::size_t byte = 0; byte < kWantedBytes; ++byte)
    RC_ASSERT(places[byte] == places_of(kWanted[byte], text, begin));
}

TEST(ByteMasks, StopWhereTheVisitorHasEnough) {
  std::size_t visits = 0;
  for_each_mask(std::string(10 * kMaskBytes, ','), 0, kWanted,
                [&](std::size_t, const Masks&) { return ++visits < 3; });
  EXPECT_EQ(visits, 3u);
}

}  // namespace
}  // namespace weir
