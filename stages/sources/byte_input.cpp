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
    wake_up_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake_up_.is_open()) fail("cannot wait for", errno);
  }
}

ByteInput::~ByteInput() = default;

std::string ByteInput::name() const { return path_ == "-" ? "standard input" : "'" + path_ + "'"; }

bool ByteInput::is_terminal() const noexcept { return ::isatty(descriptor_) == 1; }

std::size_t ByteInput::read_at(std::uint64_t offset, char* to, std::size_t capacity) {
  return is_regular_ ? read_file(offset, to, capacity) : read_stream(offset, to, capacity);
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
  if (offset != stream_offset_)
    throw IoError("cannot go to another place of an input that is no file: '" + path_ + "', byte " +
                  std::to_string(offset));
  expect_unread(capacity);
  std::size_t got = std::min(capacity, handed_back_.size());
  std::memcpy(to, handed_back_.data(), got);
  handed_back_.erase(0, got);
  try {
    while (got < capacity && !ended_ && wait_for_bytes()) {
      const ssize_t count = ::read(descriptor_, to + got, capacity - got);
      ended_ = count == 0;
      if (count >= 0)
        got += static_cast<std::size_t>(count);
      else if (errno != EINTR && errno != EAGAIN)
        fail("cannot read", errno);
    }
  } catch (...) {
    handed_back_.insert(0, to, got);
    throw;
  }
  stream_offset_ += got;
  return got;
}

void ByteInput::expect_unread(std::size_t bytes) {
  if (!is_regular_) handed_back_.reserve(handed_back_.size() + bytes);
}

void ByteInput::unread(std::string_view bytes) {
  if (is_regular_) return;
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

void ByteInput::fail(const char* what, int errno_value) const {
  throw IoError(std::string(what) + " " + name() + ": " + std::generic_category().message(errno_value),
                errno_value);
}

}  // namespace weir
