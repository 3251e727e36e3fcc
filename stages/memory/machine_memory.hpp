// How much memory this process may use.
#pragma once

#include <cstddef>

namespace weir {

/// The machine's memory or, in a container, its limit (cgroup version 2 or 1): the least of what is known.
/// Never 0. Any thread.
std::size_t machine_memory_bytes();

}  // namespace weir
