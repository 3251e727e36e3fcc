#include "engine/runtime/watchdog.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "engine/telemetry/duration_text.hpp"

namespace weir::runtime {
namespace {

/// A thread that computed for more than this share of the time between two looks spins; else it blocks. Low,
/// since threads may be many more than cores, and one that blocks computes nothing at all.
constexpr double kSpinningShare = 0.1;

clockid_t clock_of_this_thread() noexcept {
  clockid_t clock{};
  pthread_getcpuclockid(pthread_self(), &clock);
  return clock;
}

/// Zero where the thread is gone.
Duration time_of(clockid_t thread_clock) noexcept {
  timespec time{};
  if (clock_gettime(thread_clock, &time) != 0) return Duration::zero();
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

bool Watchdog::is_needed_for(const Graph& graph) noexcept {
  return std::ranges::any_of(graph.stages,
                             [](const StageSpec& stage) { return stage.timeout.after > Duration::zero(); });
}

Watchdog::Watchdog(const Graph& graph, std::size_t workers, EventStream& events, const Clock& clock)
    : graph_(graph), events_(events), clock_(clock), workers_(workers) {
  Duration shortest = Duration::max();
  for (const StageSpec& stage : graph.stages) {
    if (stage.timeout.after > Duration::zero()) shortest = std::min(shortest, stage.timeout.after);
  }
  period_ = std::max<Duration>(shortest / kLooksATimeout, std::chrono::milliseconds(1));
  thread_ = std::thread([this] { watch_until_stopped(); });
}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::optional<Watchdog::Watched> Watchdog::begin(WorkerIndex worker, StageIndex stage) {
  const std::lock_guard lock(mutex_);
  return std::exchange(
      workers_[worker],
      Watched{.stage = stage, .begun = clock_.now(), .thread_clock = clock_of_this_thread()});
}

void Watchdog::end(WorkerIndex worker, std::optional<Watched> outer) {
  const std::lock_guard lock(mutex_);
  const std::optional<Watched> ended = std::exchange(workers_[worker], std::move(outer));
  if (ended->told) tell(EventKind::hang_ended, *ended, clock_.now());
}

std::uint64_t Watchdog::begin_call(StageIndex stage, std::shared_ptr<IoCall> call,
                                   std::function<void()> leave_behind) {
  const std::lock_guard lock(mutex_);
  calls_.emplace(++calls_begun_, Watched{.stage = stage,
                                         .begun = clock_.now(),
                                         .thread_clock = clock_of_this_thread(),
                                         .call = std::move(call),
                                         .leave_behind = std::move(leave_behind)});
  return calls_begun_;
}

void Watchdog::end_call(std::uint64_t watched) {
  const std::lock_guard lock(mutex_);
  const auto ended = calls_.find(watched);
  if (ended->second.told) tell(EventKind::hang_ended, ended->second, clock_.now());
  calls_.erase(ended);
}

void Watchdog::watch_until_stopped() {
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    const TimePoint now = clock_.now();
    for (auto& watched : workers_) {
      if (watched) look(*watched, now);
    }
    for (auto call = calls_.begin(); call != calls_.end();)
      call = look(call->second, now) ? calls_.erase(call) : std::next(call);
    clock_.wait_until(lock, changed_, now + period_);
  }
}

bool Watchdog::look(Watched& watched, TimePoint now) {
  const CallTimeout& timeout = graph_.stages[watched.stage].timeout;
  if (now - watched.begun < timeout.after || watched.told) return false;
  if (timeout.abandon && watched.call) {
    return watched.call->abandon([&] {  // unless it ends just now
      watched.leave_behind();
      tell(EventKind::abandoned, watched, now);
    });
  }
  const Duration thread_time = time_of(watched.thread_clock);
  if (!watched.thread_time) {  // what the thread is doing shows at the next look
    watched.thread_time = thread_time;
    return false;
  }
  const bool spins =
      thread_time - *watched.thread_time >
      Duration(static_cast<Duration::rep>(kSpinningShare * static_cast<double>(period_.count())));
  watched.told = true;
  tell(EventKind::hang_suspected, watched, now, spins ? "it computes" : "it waits for something");
  return false;
}

void Watchdog::tell(EventKind kind, const Watched& watched, TimePoint now, std::string detail) {
  events_.tell({.kind = kind,
                .stage = graph_.stages[watched.stage].name,
                .delay = now - watched.begun,
                .detail = std::move(detail)});
}

ErrorInfo abandoned_call(const StageSpec& stage) {
  return {ErrorClass::timeout,
          "the call took longer than " + duration_text(stage.timeout.after) + " and was abandoned",
          "weir::Error", nullptr};
}

}  // namespace weir::runtime
