// The files that a process writes under temporary names, known by name, so that a process that must end
// without unwinding its threads (a stage that never returns) leaves none of them behind.
//
// From any thread. Not from a signal handler: it locks.
#pragma once

#include <string>

namespace weir {

/// Unlinks what is registered, and refuses what would be registered later.
void remove_temporary_files() noexcept;

/// A registered name. Register first, then make the file: in between nothing can be left behind.
class TemporaryName {
 public:
  /// Empty: nothing is registered.
  TemporaryName() = default;
  /// Throws IoError once remove_temporary_files was called.
  explicit TemporaryName(std::string path);
  TemporaryName(TemporaryName&& other) noexcept;
  TemporaryName& operator=(TemporaryName&& other) noexcept;
  /// Only forgets the name; the file is its owner's to rename or unlink.
  ~TemporaryName() { forget(); }

  const std::string& path() const noexcept { return path_; }
  bool empty() const noexcept { return path_.empty(); }
  void forget() noexcept;

 private:
  std::string path_;
};

}  // namespace weir
