// Where one stage puts what its memory does not hold.
//
// The file has no name, so that the system takes it away when it is closed, whatever ends the process: a
// crash leaves nothing behind. Any thread may append and read.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "stages/formats/file_descriptor.hpp"
#include "weir/memory_budget.hpp"

namespace weir {

class SpillFile {
 public:
  /// Makes the file in the budget's spill folder. Throws Error of class `resource` where that cannot be.
  explicit SpillFile(const MemoryBudget& budget);

  /// Answers where the bytes lie now. Throws Error of class `resource` when the disk is full.
  std::uint64_t append(std::string_view bytes);
  /// Requires that so many bytes were appended there. Throws IoError.
  void read(std::uint64_t offset, char* to, std::size_t size) const;

  /// How many bytes are to be collected before they are compressed and appended: more compress better, but
  /// each run or part that is written or read holds as many in memory.
  std::size_t block_bytes() const noexcept { return block_bytes_; }

 private:
  [[noreturn]] void fail(const char* what, int cause) const;

  const std::string folder_;
  const std::size_t block_bytes_;
  FileDescriptor descriptor_;
  std::atomic<std::uint64_t> end_{0};
};

/// $TMPDIR, else /var/tmp or /tmp: the first that is a folder. /tmp is the last since it may be memory
/// itself.
std::string default_spill_folder();

}  // namespace weir
