// Chunks of items, and the buffers that they are made in.
#include "weir/chunk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Chunk, ASliceKeepsTheItemsAlive) {
  Batch slice;
  {
    const auto chunk = std::make_shared<Chunk<std::string>>(std::vector<std::string>{"a", "b", "c", "d"});
    slice = chunk->slice(1, 2)->slice(1, 1);
  }
  EXPECT_THAT(chunk_of<std::string>(slice).items(), ElementsAre("c"));
  EXPECT_EQ(slice->rows(), 1u);
}

TEST(Chunk, ASliceOfWhatSomebodyElseKeepsHasTheSameKeeper) {
  const auto keeper = std::make_shared<std::vector<int>>(3, 7);
  const auto chunk = std::make_shared<Chunk<int>>(keeper->data(), keeper->size(), keeper);
  const Batch slice = chunk->slice(0, 1);
  EXPECT_EQ(keeper.use_count(), 3);
  EXPECT_EQ(chunk_of<int>(slice).items().data(), keeper->data());
}

TEST(Chunk, ACloneHasItemsOfItsOwn) {
  const auto chunk = std::make_shared<Chunk<std::string>>(std::vector<std::string>{"a", "b"});
  const auto clone = chunk->clone();
  EXPECT_THAT(chunk_of<std::string>(clone).items(), ElementsAre("a", "b"));
  EXPECT_NE(chunk_of<std::string>(clone).items().data(), chunk->items().data());
}

TEST(Chunk, OneOfItemsThatCannotBeCopiedSaysSo) {
  const auto complaint = [](const auto& chunk) -> std::string {
    try {
      (void)chunk.clone();
    } catch (const UsageError& error) {
      return error.what();
    }
    return {};
  };
  EXPECT_THAT(complaint(Chunk<std::unique_ptr<int>>(ItemBuffer<std::unique_ptr<int>>())),
              HasSubstr("cannot be copied; pass them on by std::shared_ptr<const ...>"));
  using Pointers = std::vector<std::unique_ptr<int>>;
  EXPECT_THAT(complaint(Chunk<Pointers>(ItemBuffer<Pointers>())), HasSubstr("cannot be copied"));
}

TEST(Chunk, DescribesItemsByWhatIsPrintedOfThem) {
  struct Silent {};
  EXPECT_EQ(Chunk<int>(std::vector{4, 5}).describe(1), "5");
  using Pair = std::pair<int, int>;
  EXPECT_EQ(Chunk<Pair>(std::vector{Pair(1, 2)}).describe(0), "a std::pair<int, int>");
  EXPECT_THAT(Chunk<Silent>(std::vector{Silent()}).describe(0), HasSubstr("Silent"));
}

TEST(Chunk, KnowsWhatItsItemsKeep) {
  EXPECT_EQ(Chunk<int>(std::vector{1, 2, 3}).bytes(), 3 * sizeof(int));
  const std::string text(1'000, 'x');
  const Chunk<std::string> chunk(std::vector{text, text});
  EXPECT_GE(chunk.bytes(), 2 * (sizeof(std::string) + 1'000));
}

/// Counts those alive, and throws when a test says so.
struct Fragile {
  explicit Fragile(int its_value) : value(its_value) { ++alive; }
  Fragile(const Fragile& other) : value(other.value) {
    if (copies_left-- == 0) throw std::runtime_error("no copy");
    ++alive;
  }
  Fragile& operator=(const Fragile&) = delete;
  ~Fragile() { --alive; }
  int value;
  static inline int alive = 0, copies_left = 0;
};

TEST(ItemBuffer, GrowsAndKeepsItsItems) {
  ItemBuffer<std::string> buffer;
  for (int n = 0; n < 1'000; ++n)
    buffer.emplace(std::to_string(n));
  ASSERT_EQ(buffer.size(), 1'000u);
  EXPECT_EQ(buffer.begin()[999], "999");
  buffer.truncate(3);
  ItemBuffer<std::string> other(std::move(buffer));
  EXPECT_EQ(other.size(), 3u);
  EXPECT_EQ(buffer.size(), 0u);
  buffer = std::move(other);
  EXPECT_EQ(buffer.begin()[2], "2");
}

TEST(ItemBuffer, LosesNothingWhenACopyThrowsWhileItGrows) {
  {
    ItemBuffer<Fragile> buffer(4);
    for (int n = 0; n < 4; ++n)
      buffer.emplace_unchecked(n);
    Fragile::copies_left = 2;
    EXPECT_THROW(buffer.reserve(100), std::runtime_error);
    EXPECT_EQ(Fragile::alive, 4);
    ASSERT_EQ(buffer.size(), 4u);
    EXPECT_EQ(buffer.begin()[3].value, 3);
  }
  EXPECT_EQ(Fragile::alive, 0);
}

TEST(ItemBuffer, AlignsItemsAsTheirTypeSays) {
  struct alignas(128) Wide {
    int value;
  };
  ItemBuffer<Wide> buffer;
  for (int n = 0; n < 100; ++n)
    buffer.emplace(Wide{n});
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.begin()) % alignof(Wide), 0u);
  EXPECT_EQ(buffer.begin()[99].value, 99);
}

}  // namespace
}  // namespace weir
