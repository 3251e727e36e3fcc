// The bytes of a file, of standard input, or of a FIFO, by offset.
//
// Regular files are read anywhere. Other inputs are read once, from front to end; what a reader wants to see
// again it hands back. One object is shared by a stage's plan (which sniffs) and its incarnations. `read_at`
// and `unread` are called by one thread at a time; the others by any.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "stages/formats/file_descriptor.hpp"

namespace weir {

class ByteInput {
 public:
  /// Looks at `path` ("-": standard input) and opens it. A FIFO is not waited for. Throws IoError: missing, a
  /// folder, unreadable.
  explicit ByteInput(const std::string& path);
  ~ByteInput();
  ByteInput(const ByteInput&) = delete;
  ByteInput& operator=(const ByteInput&) = delete;

  const std::string& path() const noexcept { return path_; }
  /// "standard input", or the path in quotes.
  std::string name() const;
  bool is_regular() const noexcept { return is_regular_; }
  /// Whether somebody would have to type what is read.
  bool is_terminal() const noexcept;
  /// A regular file's size when it was opened; else 0.
  std::uint64_t size() const noexcept { return size_; }

  /// Reads from `offset` on until `capacity` bytes are there or the input ends; answers how many are. Unless
  /// the input is regular, `offset` must be where the last read ended, less what was handed back. After
  /// `stop` a read that would wait ends early. Throws IoError, and has then read nothing.
  std::size_t read_at(std::uint64_t offset, char* to, std::size_t capacity);

  /// Makes room for as many bytes to be handed back. Before they are read.
  void expect_unread(std::size_t bytes);
  /// Hands back the last bytes read, which the next `read_at` gives again. Throws nothing where they were
  /// expected. Regular files need neither.
  void unread(std::string_view bytes);

  /// Wakes a `read_at` that waits, and all that will.
  void stop() noexcept;
  bool stopped() const noexcept { return stopped_.load(std::memory_order_acquire); }

 private:
  std::size_t read_file(std::uint64_t offset, char* to, std::size_t capacity) const;
  std::size_t read_stream(std::uint64_t offset, char* to, std::size_t capacity);
  bool wait_for_bytes() const;
  [[noreturn]] void fail(const char* what, int errno_value) const;

  std::string path_;
  FileDescriptor owned_;    ///< not standard input's
  FileDescriptor wake_up_;  ///< an eventfd, for inputs that wait
  int descriptor_ = -1;
  bool is_regular_ = false;
  std::uint64_t size_ = 0;
  std::uint64_t first_byte_ = 0;     ///< where offset 0 lies in a regular file that came as standard input
  std::uint64_t stream_offset_ = 0;  ///< of the next byte that read_stream gives
  std::string handed_back_;          ///< what it gives first
  bool ended_ = false;               ///< a terminal would wait again after its end
  std::atomic<bool> stopped_{false};
};

}  // namespace weir
