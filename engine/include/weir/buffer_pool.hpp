// Memory for chunks and their items, used again by the thread that let go of it: chunks come and go thousands
// of times a second, and what is fetched from the system each time must be cleared by it first.
#pragma once

#include <cstddef>

namespace weir {

/// Memory for anything of up to the alignment of std::max_align_t. Give it back by free_buffer with the same
/// size, on any thread. Throws std::bad_alloc.
void* allocate_buffer(std::size_t bytes);
void free_buffer(void* buffer, std::size_t bytes) noexcept;

/// A thread keeps buffers of these sizes, so many of each power of two.
inline constexpr std::size_t kPooledBytesMin = 64;
inline constexpr std::size_t kPooledBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kPooledBuffersMax = 8;

/// The same as an allocator of the standard's kind: for std::allocate_shared.
template <class T>
struct BufferAllocator {
  using value_type = T;  ///< as allocators name it
  BufferAllocator() = default;
  /// All are the same.
  template <class Other>
  BufferAllocator(const BufferAllocator<Other>&) noexcept {}

  /// Memory for `count` objects, as allocate_buffer gives it. Throws std::bad_alloc.
  T* allocate(std::size_t count) { return static_cast<T*>(allocate_buffer(count * sizeof(T))); }
  /// Takes it back, on any thread.
  void deallocate(T* memory, std::size_t count) noexcept { free_buffer(memory, count * sizeof(T)); }
  friend bool operator==(const BufferAllocator&, const BufferAllocator&) = default;
};

}  // namespace weir
