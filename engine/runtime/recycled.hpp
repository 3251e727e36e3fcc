// What comes and goes with each piece of work, in memory that the thread uses again; see
// weir/buffer_pool.hpp.
#pragma once

#include <cstddef>

#include "weir/buffer_pool.hpp"

namespace weir::runtime {

/// A base class, empty. Objects may be deleted on any thread; no class derives further from one that has it.
struct Recycled {
  static void* operator new(std::size_t bytes) { return allocate_buffer(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept { free_buffer(memory, bytes); }
};

}  // namespace weir::runtime
