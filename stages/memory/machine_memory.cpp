#include "stages/memory/machine_memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace weir {
namespace {

constexpr std::size_t kUnknownMachineBytes = std::size_t{1} << 30;

// Where a limit may stand; one that is not set is a word or a number beyond any machine.
constexpr std::array kLimitFiles = {"/sys/fs/cgroup/memory.max",
                                    "/sys/fs/cgroup/memory/memory.limit_in_bytes"};

}  // namespace

std::size_t machine_memory_bytes() {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page_bytes = ::sysconf(_SC_PAGESIZE);
  std::size_t bytes = pages > 0 && page_bytes > 0
                          ? static_cast<std::size_t>(pages) * static_cast<std::size_t>(page_bytes)
                          : kUnknownMachineBytes;
  for (const char* name : kLimitFiles) {
    std::size_t limit = 0;
    if (std::ifstream(name) >> limit && limit > 0) bytes = std::min(bytes, limit);
  }
  return bytes;
}

}  // namespace weir
