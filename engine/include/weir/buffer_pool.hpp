// Memory for the items of chunks, used again by the thread that let go of it: chunks come and go thousands of
// times a second, and what is fetched from the system each time must be cleared by it first.
#pragma once

#include <cstddef>

namespace weir {

/// Memory for anything of up to the alignment of std::max_align_t. Give it back by free_buffer with the same
/// size, on any thread. Throws std::bad_alloc.
void* allocate_buffer(std::size_t bytes);
void free_buffer(void* buffer, std::size_t bytes) noexcept;

/// A thread keeps buffers of these sizes, so many of each power of two.
inline constexpr std::size_t kPooledBytesMin = std::size_t{4} << 10;
inline constexpr std::size_t kPooledBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kPooledBuffersMax = 8;

}  // namespace weir
