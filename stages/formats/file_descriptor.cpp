#include "stages/formats/file_descriptor.hpp"

#include <unistd.h>

#include <cerrno>

namespace weir {

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    close();
    descriptor_ = other.release();
  }
  return *this;
}

FileDescriptor::~FileDescriptor() { close(); }

int FileDescriptor::release() noexcept {
  const int descriptor = descriptor_;
  descriptor_ = -1;
  return descriptor;
}

int FileDescriptor::close() noexcept {
  if (!is_open()) return 0;
  // Linux has closed the descriptor even where close() answers EINTR.
  return ::close(release()) == 0 || errno == EINTR ? 0 : errno;
}

}  // namespace weir
