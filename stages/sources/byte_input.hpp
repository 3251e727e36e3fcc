// The bytes of a file, of standard input, or of a FIFO, by offset.
//
// What is compressed (by the ending of its name; standard input, by its first bytes) is decompressed: offsets
// are those of the text. Regular files that are not are read anywhere. Other inputs are read from front to
// end; what a reader wants to see again it hands back. One object is shared by a stage's plan (which sniffs)
// and its incarnations. `read_at` and `unread` are called by one thread at a time; the others by any.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/formats/compression.hpp"
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
  /// Whether it is a regular file, which can be opened again.
  bool is_regular() const noexcept { return is_regular_; }
  /// Whether its text has as many bytes as the file, and can be read anywhere.
  bool has_plain_size() const noexcept { return is_regular_ && compression_ == Compression::none; }
  /// Whether somebody would have to type what is read.
  bool is_terminal() const noexcept;
  /// A regular file's size when it was opened, compressed as it is; else 0.
  std::uint64_t size() const noexcept { return size_; }
  /// How many bytes of the file were read where its text was read up to `offset`.
  std::uint64_t bytes_read(std::uint64_t offset) const noexcept;

  /// Reads from `offset` on until `capacity` bytes are there or the input ends; answers how many are. Unless
  /// the input has a plain size, `offset` must be where the last read ended, less what was handed back; of a
  /// regular file it may also lie further on. After `stop` a read that would wait ends early. Throws IoError,
  /// or RecordError where compressed bytes are wrong or break off, and has then read nothing.
  std::size_t read_at(std::uint64_t offset, char* to, std::size_t capacity);

  /// Makes room for as many bytes to be handed back. Before they are read.
  void expect_unread(std::size_t bytes);
  /// Hands back the last bytes read, which the next `read_at` gives again. Throws nothing where they were
  /// expected. Inputs that have a plain size need neither.
  void unread(std::string_view bytes);

  /// Wakes a `read_at` that waits, and all that will.
  void stop() noexcept;
  bool stopped() const noexcept { return stopped_.load(std::memory_order_acquire); }

 private:
  std::size_t read_file(std::uint64_t offset, char* to, std::size_t capacity) const;
  std::size_t read_stream(std::uint64_t offset, char* to, std::size_t capacity);
  void skip_to(std::uint64_t offset);
  std::size_t read_some_text(char* to, std::size_t capacity);
  std::size_t decompress_some(char* to, std::size_t capacity);
  std::size_t decompress_buffered(char* to, std::size_t capacity);
  std::size_t read_some_bytes(char* to, std::size_t capacity);
  void sniff_compression();
  void fill_buffer();
  std::string_view buffered() const noexcept {
    return {buffer_.data() + buffer_begin_, buffer_end_ - buffer_begin_};
  }
  bool wait_for_bytes() const;
  [[noreturn]] void fail(const char* what, int errno_value) const;
  [[noreturn]] void fail_compressed(const std::string& why) const;

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

  Compression compression_ = Compression::none;
  bool is_sniffed_ = true;  ///< false: standard input that is a pipe, of which nothing was read yet
  std::unique_ptr<Decompressor> decompressor_;
  std::vector<char> buffer_;      ///< bytes as they were read; empty where none are compressed
  std::size_t buffer_begin_ = 0;  ///< of those that wait to be decompressed
  std::size_t buffer_end_ = 0;
  bool may_hold_text_ = false;     ///< the decompressor, from its last step
  std::uint64_t file_offset_ = 0;  ///< of the next byte that is read into the buffer
  std::atomic<bool> stopped_{false};
};

}  // namespace weir
