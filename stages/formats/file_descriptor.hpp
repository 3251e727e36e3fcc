// A file descriptor that closes itself.
#pragma once

namespace weir {

/// Owns a file descriptor. An empty one holds -1.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) noexcept : descriptor_(descriptor) {}
  FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const noexcept { return descriptor_; }
  bool is_open() const noexcept { return descriptor_ >= 0; }
  int release() noexcept;
  /// Closes; answers 0 or the errno of what went wrong.
  int close() noexcept;

 private:
  int descriptor_ = -1;
};

}  // namespace weir
