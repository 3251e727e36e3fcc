// Blocks of input text, reused from range to range.
//
// A block is filled by one thread and is then only read, by any number of threads. Columns and origins keep
// it alive by shared pointers; when the last one goes, its memory returns to the pool it came from. Around
// the text lies padding that may be read, so that loops may load whole words at both ends of it.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace weir {

/// Bytes before and after a block's text that may be read and mean nothing.
inline constexpr std::size_t kTextPadding = 64;

class TextBlock {
 public:
  explicit TextBlock(std::size_t capacity);

  char* data() noexcept { return memory_.get() + kTextPadding; }
  const char* data() const noexcept { return memory_.get() + kTextPadding; }
  std::size_t capacity() const noexcept { return capacity_; }

  std::size_t size() const noexcept { return size_; }
  /// Says how many bytes of `data()` are text. Requires size <= capacity().
  void set_size(std::size_t size) noexcept { size_ = size; }
  std::string_view text() const noexcept { return {data(), size_}; }

 private:
  std::unique_ptr<char[]> memory_;
  std::size_t capacity_;
  std::size_t size_ = 0;
};

/// Makes blocks of one capacity and takes them back. Any thread; blocks may outlive the pool.
class TextBlockPool {
 public:
  /// How many unused blocks are kept at most: about as many as are in flight on a large machine.
  static constexpr std::size_t kUnusedMax = 64;

  explicit TextBlockPool(std::size_t block_bytes);
  std::shared_ptr<TextBlock> take();
  std::size_t block_bytes() const noexcept { return block_bytes_; }

 private:
  struct Unused;
  std::size_t block_bytes_;
  std::shared_ptr<Unused> unused_;  ///< shared with the blocks, which return to it
};

}  // namespace weir
