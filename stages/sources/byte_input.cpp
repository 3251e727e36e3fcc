#include "stages/sources/byte_input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "weir/error.hpp"

namespace weir {
namespace {

/// Bytes that are read at once of what is compressed.
constexpr std::size_t kBufferBytes = std::size_t{128} << 10;
/// Bytes of text that are read at once to be forgotten.
constexpr std::size_t kSkippedAtOnce = std::size_t{256} << 10;

}  // namespace

ByteInput::ByteInput(const std::string& path) : path_(path) {
  if (path == "-") {
    descriptor_ = STDIN_FILENO;
  } else {
    // Without O_NONBLOCK, opening a FIFO would wait for its writer; poll does that better.
    owned_ = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!owned_.is_open()) fail("cannot open", errno);
    descriptor_ = owned_.get();
  }
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) fail("cannot open", errno);
  if (S_ISDIR(status.st_mode)) fail("cannot read", EISDIR);
  is_regular_ = S_ISREG(status.st_mode);
  if (is_regular_) {
    first_byte_ =
        path == "-" ? static_cast<std::uint64_t>(std::max<off_t>(0, ::lseek(descriptor_, 0, SEEK_CUR))) : 0;
    const auto all = static_cast<std::uint64_t>(status.st_size);
    size_ = all > first_byte_ ? all - first_byte_ : 0;
  } else {
    is_sniffed_ = path != "-";
    wake_up_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_up_.is_open()) fail("cannot wait for", errno);
  }
  compression_ = compression_of_path(path);
  if (path == "-" && is_regular_) {
    std::array<char, kMagicBytes> beginning{};
    compression_ = compression_of_bytes({beginning.data(), read_file(0, beginning.data(), beginning.size())});
  }
  if (compression_ != Compression::none) decompressor_ = make_decompressor(compression_);
}

ByteInput::~ByteInput() = default;

std::string ByteInput::name() const { return path_ == "-" ? "standard input" : "'" + path_ + "'"; }

bool ByteInput::is_terminal() const noexcept { return ::isatty(descriptor_) == 1; }

std::size_t ByteInput::read_at(std::uint64_t offset, char* to, std::size_t capacity) {
  return has_plain_size() ? read_file(offset, to, capacity) : read_stream(offset, to, capacity);
}

std::size_t ByteInput::read_file(std::uint64_t offset, char* to, std::size_t capacity) const {
  std::size_t got = 0;
  while (got < capacity) {
    const ssize_t count =
        ::pread(descriptor_, to + got, capacity - got, static_cast<off_t>(first_byte_ + offset + got));
    if (count == 0) break;
    if (count > 0)
      got += static_cast<std::size_t>(count);
    else if (errno != EINTR)
      fail("cannot read", errno);
  }
  return got;
}

std::size_t ByteInput::read_stream(std::uint64_t offset, char* to, std::size_t capacity) {
  if (is_regular_ && offset > stream_offset_) skip_to(offset);
  if (offset != stream_offset_)
    throw IoError("cannot go to another place of an input that is no file: '" + path_ + "', byte " +
                  std::to_string(offset));
  expect_unread(capacity);
  std::size_t got = std::min(capacity, handed_back_.size());
  std::memcpy(to, handed_back_.data(), got);
  handed_back_.erase(0, got);
  try {
    while (got < capacity && !ended_ && !stopped())
      got += read_some_text(to + got, capacity - got);
  } catch (...) {
    handed_back_.insert(0, to, got);
    throw;
  }
  stream_offset_ += got;
  return got;
}

// Reads and forgets: a compressed file can be entered only at its front.
void ByteInput::skip_to(std::uint64_t offset) {
  std::vector<char> forgotten(kSkippedAtOnce);
  while (stream_offset_ < offset && !stopped()) {
    const std::size_t wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(forgotten.size(), offset - stream_offset_));
    if (read_stream(stream_offset_, forgotten.data(), wanted) < wanted && !stopped())
      throw IoError(name() + " is shorter than what was read of it: it has " +
                    std::to_string(stream_offset_) + " bytes of text, not " + std::to_string(offset));
  }
}

// At least one byte of text, unless the input has ended or was stopped.
std::size_t ByteInput::read_some_text(char* to, std::size_t capacity) {
  if (!is_sniffed_) sniff_compression();
  if (decompressor_ != nullptr) return decompress_some(to, capacity);
  if (buffer_begin_ == buffer_end_) return read_some_bytes(to, capacity);
  const std::size_t size = std::min(capacity, buffered().size());
  std::memcpy(to, buffered().data(), size);
  buffer_begin_ += size;
  return size;
}

std::size_t ByteInput::decompress_some(char* to, std::size_t capacity) {
  for (;;) {
    if (buffered().empty() && !may_hold_text_) fill_buffer();
    if (buffered().empty() && stopped()) return 0;
    if (buffered().empty() && ended_ && !may_hold_text_) {
      if (decompressor_->may_end()) return 0;
      fail_compressed("its data breaks off");
    }
    const std::size_t given = decompress_buffered(to, capacity);
    if (given > 0) return given;
  }
}

std::size_t ByteInput::decompress_buffered(char* to, std::size_t capacity) {
  try {
    const Decompressor::Step step = decompressor_->run(buffered(), to, capacity);
    buffer_begin_ += step.taken;
    may_hold_text_ = step.given == capacity;
    if (may_hold_text_) ended_ = false;  // there may be more text, though no more bytes
    return step.given;
  } catch (const RecordError& error) {
    fail_compressed(error.what());
  }
}

// Standard input says by its first bytes whether it is compressed.
void ByteInput::sniff_compression() {
  while (buffered().size() < kMagicBytes && !ended_ && !stopped())
    fill_buffer();
  if (stopped()) return;
  compression_ = compression_of_bytes(buffered());
  if (compression_ != Compression::none) decompressor_ = make_decompressor(compression_);
  if (!buffered().empty()) ended_ = false;
  is_sniffed_ = true;
}

// Reads behind what is there still, which is less than kMagicBytes.
void ByteInput::fill_buffer() {
  buffer_.resize(kBufferBytes);
  std::memmove(buffer_.data(), buffer_.data() + buffer_begin_, buffer_end_ - buffer_begin_);
  buffer_end_ -= buffer_begin_;
  buffer_begin_ = 0;
  buffer_end_ += read_some_bytes(buffer_.data() + buffer_end_, buffer_.size() - buffer_end_);
}

// At least one byte as it lies in the file, unless it has ended or was stopped.
std::size_t ByteInput::read_some_bytes(char* to, std::size_t capacity) {
  while (is_regular_ || wait_for_bytes()) {
    const ssize_t count =
        is_regular_ ? ::pread(descriptor_, to, capacity, static_cast<off_t>(first_byte_ + file_offset_))
                    : ::read(descriptor_, to, capacity);
    ended_ = count == 0;
    if (count >= 0) {
      file_offset_ += static_cast<std::uint64_t>(count);
      return static_cast<std::size_t>(count);
    }
    if (errno != EINTR && errno != EAGAIN) fail("cannot read", errno);
  }
  return 0;
}

std::uint64_t ByteInput::bytes_read(std::uint64_t offset) const noexcept {
  return compression_ == Compression::none ? offset : file_offset_;
}

void ByteInput::expect_unread(std::size_t bytes) {
  if (!has_plain_size()) handed_back_.reserve(handed_back_.size() + bytes);
}

void ByteInput::unread(std::string_view bytes) {
  if (has_plain_size()) return;
  handed_back_.insert(0, bytes);
  stream_offset_ -= bytes.size();
}

// Answers false when stopped. A FIFO that nobody has opened for writing yet is waited for, too.
bool ByteInput::wait_for_bytes() const {
  while (!stopped()) {
    std::array<pollfd, 2> waiting{{{descriptor_, POLLIN, 0}, {wake_up_.get(), POLLIN, 0}}};
    const int ready = ::poll(waiting.data(), waiting.size(), -1);
    if (ready < 0 && errno != EINTR) fail("cannot wait for", errno);
    if (ready > 0 && waiting[0].revents != 0) return true;
  }
  return false;
}

void ByteInput::stop() noexcept {
  stopped_.store(true, std::memory_order_release);
  const std::uint64_t one = 1;
  // A full counter, the one way in which this can fail, wakes the waiter as well.
  if (wake_up_.is_open()) (void)!::write(wake_up_.get(), &one, sizeof one);
}

void ByteInput::fail_compressed(const std::string& why) const {
  throw RecordError(name() + " is not whole as " + std::string(to_string(compression_)) + ": " + why +
                    ", near byte " + std::to_string(file_offset_ - buffered().size()) +
                    " of the file; check it, as `" + (compression_ == Compression::gzip ? "gzip" : "zstd") +
                    " -t` does");
}

void ByteInput::fail(const char* what, int errno_value) const {
  throw IoError(std::string(what) + " " + name() + ": " + std::generic_category().message(errno_value),
                errno_value);
}

}  // namespace weir
