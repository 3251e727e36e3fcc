#include "cli/progress.hpp"

#include <chrono>

#include "cli/run_text.hpp"

namespace weir {
namespace {

constexpr std::chrono::milliseconds kRedrawInterval{200};
constexpr std::string_view kClearLine = "\r\x1b[K";

}  // namespace

ProgressLine::ProgressLine(const RunHandle& run, std::ostream& terminal)
    : run_(run), terminal_(terminal), thread_([this] { redraw_until_ended(); }) {}

ProgressLine::~ProgressLine() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  ended_changed_.notify_one();
  thread_.join();
  terminal_ << kClearLine << std::flush;
}

void ProgressLine::redraw_until_ended() {
  std::unique_lock lock(mutex_);
  while (!ended_changed_.wait_for(lock, kRedrawInterval, [this] { return ended_; })) {
    terminal_ << kClearLine << progress_text(run_.snapshot()) << std::flush;
  }
}

}  // namespace weir
