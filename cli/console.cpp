#include "cli/console.hpp"

namespace weir {
namespace {

constexpr std::string_view kClearLine = "\r\x1b[K";

}  // namespace

void Console::write(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  if (!status_.empty()) stream_ << kClearLine;
  stream_ << lines << status_ << std::flush;
}

void Console::show_status(const std::string& status) {
  const std::lock_guard lock(mutex_);
  status_ = status;
  stream_ << kClearLine << status_ << std::flush;
}

void Console::clear_status() {
  const std::lock_guard lock(mutex_);
  if (status_.empty()) return;
  status_.clear();
  stream_ << kClearLine << std::flush;
}

}  // namespace weir
