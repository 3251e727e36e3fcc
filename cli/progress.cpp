#include "cli/progress.hpp"

#include <chrono>

#include "cli/run_text.hpp"

namespace weir {
namespace {

constexpr std::chrono::milliseconds kRedrawInterval{200};

}  // namespace

ProgressLine::ProgressLine(const RunHandle& run, Console& console)
    : run_(run), console_(console), thread_([this] { redraw_until_ended(); }) {}

ProgressLine::~ProgressLine() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  ended_changed_.notify_one();
  thread_.join();
  console_.clear_status();
}

void ProgressLine::redraw_until_ended() {
  std::unique_lock lock(mutex_);
  while (!ended_changed_.wait_for(lock, kRedrawInterval, [this] { return ended_; }))
    console_.show_status(progress_text(run_.snapshot()));
}

}  // namespace weir
