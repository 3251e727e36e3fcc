// What items keep in memory, and the memory that their buffers come from.
#include "weir/byte_size.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "weir/buffer_pool.hpp"

namespace weir {
namespace elsewhere {

struct Image {
  std::size_t pixels = 0;
};
std::size_t byte_size(const Image& image) { return sizeof(Image) + image.pixels; }

}  // namespace elsewhere
namespace {

TEST(ByteSize, OfPlainItemsIsTheirSize) {
  EXPECT_EQ(byte_size(7), sizeof(int));
  EXPECT_EQ(byte_size(std::array<int, 4>{}), sizeof(int) * 4);
  EXPECT_EQ(byte_size(std::make_unique<int>(3)), sizeof(void*)) << "what it points to is not seen";
}

TEST(ByteSize, OfStringsAndVectorsIsWithTheirCapacity) {
  std::string text;
  text.reserve(500);
  EXPECT_EQ(byte_size(text), sizeof(std::string) + text.capacity());
  std::vector<double> numbers;
  numbers.reserve(10);
  EXPECT_EQ(byte_size(numbers), sizeof(numbers) + 10 * sizeof(double));
}

TEST(ByteSize, OfNestedContainersIsThatOfAllThatIsInThem) {
  std::vector<std::string> texts;
  texts.reserve(4);
  texts.emplace_back(100, 'x');
  EXPECT_EQ(byte_size(texts), sizeof(texts) + 4 * sizeof(std::string) + texts[0].capacity());
  const std::vector<std::vector<int>> nested{std::vector<int>(3), std::vector<int>(5)};
  EXPECT_EQ(byte_size(nested),
            sizeof(nested) + nested.capacity() * sizeof(std::vector<int>) + (3 + 5) * sizeof(int));
}

TEST(ByteSize, IsWhatAFunctionBesideTheTypeSays) {
  EXPECT_EQ(byte_size(elsewhere::Image{1'000}), sizeof(elsewhere::Image) + 1'000);
  const std::vector<elsewhere::Image> images{{10}, {20}};
  EXPECT_EQ(byte_size(images), sizeof(images) + 2 * sizeof(elsewhere::Image) + 30);
}

TEST(BufferPool, GivesRoomForWhatWasAskedFor) {
  for (std::size_t bytes = 1; bytes <= 4 * kPooledBytesMax; bytes = bytes * 2 + 1) {
    std::vector<void*> buffers;
    for (std::size_t i = 0; i < kPooledBuffersMax + 2; ++i) {
      buffers.push_back(allocate_buffer(bytes));
      std::memset(buffers.back(), static_cast<int>(i), bytes);
    }
    for (std::size_t i = 0; i < buffers.size(); ++i) {
      const auto* byte = static_cast<const unsigned char*>(buffers[i]);
      EXPECT_EQ(byte[0], i);
      EXPECT_EQ(byte[bytes - 1], i);
      free_buffer(buffers[i], bytes);
    }
  }
}

TEST(BufferPool, ServesOddSizesOfOneClassFromOneAnother) {
  for (const std::size_t bytes :
       {kPooledBytesMin / 2, kPooledBytesMin, kPooledBytesMin + 1, kPooledBytesMax}) {
    free_buffer(allocate_buffer(bytes), bytes);
    const std::size_t most = bytes <= kPooledBytesMin ? kPooledBytesMin : bytes;
    void* buffer = allocate_buffer(most);
    std::memset(buffer, 1, most);
    free_buffer(buffer, most);
  }
}

TEST(BufferPool, TakesBuffersBackFromOtherThreads) {
  void* buffer = allocate_buffer(kPooledBytesMin);
  std::thread([buffer] {
    free_buffer(buffer, kPooledBytesMin);
    free_buffer(allocate_buffer(kPooledBytesMin), kPooledBytesMin);
  }).join();
}

}  // namespace
}  // namespace weir
