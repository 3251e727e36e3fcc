// Lines for people or machines, and on a terminal a status line below them: neither garbles the other.
//
// From any thread. The stream outlives it, and is written to by nobody else meanwhile.
#pragma once

#include <mutex>
#include <ostream>
#include <string>
#include <string_view>

namespace weir {

class Console {
 public:
  explicit Console(std::ostream& stream) : stream_(stream) {}

  /// Whole lines, each with its end. They stand above the status line.
  void write(std::string_view lines);
  /// Shows `status` in place of the one before. For terminals.
  void show_status(const std::string& status);
  /// Takes the status line away.
  void clear_status();

 private:
  std::mutex mutex_;
  std::ostream& stream_;  // guarded by mutex_
  std::string status_;    // as shown; guarded by mutex_
};

}  // namespace weir
