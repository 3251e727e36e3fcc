#include "stages/formats/text_block.hpp"

#include <cstring>
#include <mutex>
#include <vector>

namespace weir {

TextBlock::TextBlock(std::size_t capacity)
    : memory_(std::make_unique_for_overwrite<char[]>(capacity + 2 * kTextPadding)), capacity_(capacity) {
  std::memset(memory_.get(), 0, kTextPadding);
  std::memset(memory_.get() + kTextPadding + capacity, 0, kTextPadding);
}

struct TextBlockPool::Unused {
  std::mutex mutex;
  std::vector<std::unique_ptr<TextBlock>> blocks;  ///< guarded by mutex; never more than kUnusedMax

  std::unique_ptr<TextBlock> take() {
    const std::lock_guard lock(mutex);
    if (blocks.empty()) return nullptr;
    std::unique_ptr<TextBlock> block = std::move(blocks.back());
    blocks.pop_back();
    return block;
  }
  void put_back(std::unique_ptr<TextBlock> block) noexcept {
    const std::lock_guard lock(mutex);
    if (blocks.size() < blocks.capacity()) blocks.push_back(std::move(block));
  }
};

TextBlockPool::TextBlockPool(std::size_t block_bytes)
    : block_bytes_(block_bytes), unused_(std::make_shared<Unused>()) {
  unused_->blocks.reserve(kUnusedMax);
}

std::shared_ptr<TextBlock> TextBlockPool::take() {
  std::unique_ptr<TextBlock> block = unused_->take();
  if (block == nullptr) block = std::make_unique<TextBlock>(block_bytes_);
  block->set_size(0);
  return {block.release(),
          [unused = unused_](TextBlock* used) { unused->put_back(std::unique_ptr<TextBlock>(used)); }};
}

}  // namespace weir
