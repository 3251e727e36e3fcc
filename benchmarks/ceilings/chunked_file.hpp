// Lines of a file, a chunk at a time, on two threads: what all ceilings have in common.
//
// A thread takes the next chunk, reads it into a buffer of its own that stays in its second-level cache, and
// calls the query with the lines that begin in it. Reading costs less than mapping, whose faults are one a
// few pages.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>

namespace weir::ceilings {

inline constexpr std::size_t kThreads = 2;
inline constexpr std::size_t kChunkBytes = std::size_t{512} << 10;
/// A line is no longer. These programs are made for the data that scripts/compare makes, and end on others.
inline constexpr std::size_t kLineBytesMax = 256;
/// Bytes at both ends of the lines that may be read.
inline constexpr std::size_t kPadding = 64;

[[noreturn]] inline void fail(const char* why) {
  std::perror(why);
  std::exit(1);
}

/// Whole lines, of which kPadding bytes before `begin` and behind `end` may be read.
struct Lines {
  const char* begin;
  const char* end;
};

class ChunkedFile {
 public:
  explicit ChunkedFile(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0) fail(path.c_str());
    size_ = static_cast<std::size_t>(status.st_size);
  }
  ~ChunkedFile() { ::close(descriptor_); }
  ChunkedFile(const ChunkedFile&) = delete;
  ChunkedFile& operator=(const ChunkedFile&) = delete;

  std::size_t chunks() const noexcept { return (size_ + kChunkBytes - 1) / kChunkBytes; }

  /// Calls take(thread, chunk, lines) for each chunk, those of a thread in order; answers when all are done.
  template <class Take>
  void for_each_chunk(Take take) {
    std::array<std::thread, kThreads> threads;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      threads[thread] = std::thread([this, thread, &take] {
        const auto buffer = std::make_unique<char[]>(kChunkBytes + kLineBytesMax + 2 * kPadding + 1);
        for (;;) {
          const std::size_t chunk = next_.fetch_add(1, std::memory_order_relaxed);
          if (chunk * kChunkBytes >= size_) return;
          take(thread, chunk, read(chunk, buffer.get() + kPadding));
        }
      });
    }
    for (std::thread& each : threads)
      each.join();
  }

 private:
  // Lines belong to the chunk in which they begin, so one byte before it and the rest of the last line are
  // read, too.
  Lines read(std::size_t chunk, char* to) const {
    const std::size_t first = chunk * kChunkBytes;
    const std::size_t before = chunk == 0 ? 0 : 1;
    const std::size_t wanted = before + kChunkBytes + kLineBytesMax;
    std::size_t size = 0;
    while (size < wanted) {
      const ssize_t got =
          ::pread(descriptor_, to + size, wanted - size, static_cast<off_t>(first - before + size));
      if (got < 0) fail("pread");
      if (got == 0) break;
      size += static_cast<std::size_t>(got);
    }
    const char* const end = to + size;
    const auto line_from = [&](std::size_t at) {
      if (at >= size) return end;
      const auto* const newline = static_cast<const char*>(std::memchr(to + at, '\n', size - at));
      if (newline == nullptr) fail("a line is longer than any that was expected");
      return newline + 1;
    };
    const char* const begin = chunk == 0 ? to : line_from(0);
    return {begin, line_from(before + kChunkBytes - 1)};
  }

  int descriptor_;
  std::size_t size_ = 0;
  std::atomic<std::size_t> next_{0};
};

}  // namespace weir::ceilings
