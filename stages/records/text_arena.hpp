// Strings copied one behind another into chunks that grow: a copy is a bump of a pointer, and no string ever
// moves.
//
// One thread fills it; whoever holds slots that point into it keeps it alive.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "weir/column.hpp"

namespace weir {

class TextArena {
 public:
  std::string_view copy(std::string_view text) {
    if (text.size() > left_) add_chunk(text.size());
    std::memcpy(next_, text.data(), text.size());
    const std::string_view copied(next_, text.size());
    next_ += text.size();
    left_ -= text.size();
    return copied;
  }

  /// A slot of the same text that needs nothing but this arena.
  StringSlot copy(const StringSlot& slot) { return slot.is_inline() ? slot : StringSlot(copy(slot.view())); }

  std::size_t bytes() const noexcept { return bytes_; }

 private:
  static constexpr std::size_t kFirstChunkBytes = std::size_t{4} << 10;
  static constexpr std::size_t kLargestChunkBytes = std::size_t{1} << 20;

  void add_chunk(std::size_t needed) {
    const std::size_t size = std::max(needed, next_chunk_bytes_);
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(size));
    next_ = chunks_.back().get();
    left_ = size;
    bytes_ += size;
    next_chunk_bytes_ = std::min(next_chunk_bytes_ * 2, kLargestChunkBytes);
  }

  std::vector<std::unique_ptr<char[]>> chunks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
  std::size_t bytes_ = 0;
  std::size_t next_chunk_bytes_ = kFirstChunkBytes;
};

}  // namespace weir
