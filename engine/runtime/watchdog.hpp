// Notices calls that take longer than their stage's timeout: tells of them, with what their thread is doing,
// and abandons those that may be.
//
// One thread for a run, made where a stage has a timeout; only calls of such stages are shown to it. It looks
// at them now and then. Self-synchronised.
#pragma once

#include <condition_variable>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/runtime/event_stream.hpp"
#include "engine/runtime/io_call.hpp"
#include "engine/telemetry/counters.hpp"
#include "weir/graph.hpp"

namespace weir::runtime {

/// How often in the shortest timeout the watchdog looks.
inline constexpr int kLooksATimeout = 4;

class Watchdog {
 public:
  Watchdog(const Graph& graph, std::size_t workers, EventStream& events, const Clock& clock);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  static bool is_needed_for(const Graph& graph) noexcept;

  /// A call that a thread makes now.
  struct Watched {
    StageIndex stage = 0;
    TimePoint begun{};
    clockid_t thread_clock{};                      ///< of the calling thread's CPU time
    std::shared_ptr<IoCall> call = nullptr;        ///< null: made by a worker of the run
    std::function<void()> leave_behind = nullptr;  ///< lets go of the thread, where its call is abandoned
    std::optional<Duration> thread_time = std::nullopt;  ///< at the first look after the timeout
    bool told = false;
  };

  /// `worker` begins a call. Answers the one that it was in before, for `end`: calls may nest.
  std::optional<Watched> begin(WorkerIndex worker, StageIndex stage);
  void end(WorkerIndex worker, std::optional<Watched> outer);

  /// The same for a thread of a stage's own; answers what `end_call` takes.
  std::uint64_t begin_call(StageIndex stage, std::shared_ptr<IoCall> call,
                           std::function<void()> leave_behind);
  void end_call(std::uint64_t watched);

 private:
  void watch_until_stopped();
  /// Whether the call was abandoned.
  bool look(Watched& watched, TimePoint now);
  void tell(EventKind kind, const Watched& watched, TimePoint now, std::string detail = {});

  const Graph& graph_;
  EventStream& events_;
  const Clock& clock_;
  Duration period_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<Watched>> workers_;  ///< guarded by mutex_, as is all below
  std::map<std::uint64_t, Watched> calls_;
  std::uint64_t calls_begun_ = 0;
  bool stopped_ = false;
  std::thread thread_;
};

/// Says for as long as it lives that a worker is inside a stage's code, and shows it to the watchdog; null:
/// nobody watches.
class CallWatch {
 public:
  CallWatch(WorkerCounters& counters, Watchdog* watchdog, WorkerIndex worker, StageIndex stage)
      : counters_(counters),
        watchdog_(watchdog),
        worker_(worker),
        outer_stage_(counters.inside.load(std::memory_order_relaxed)) {
    counters_.inside.store(stage, std::memory_order_relaxed);
    if (watchdog_) outer_ = watchdog_->begin(worker_, stage);
  }
  ~CallWatch() {
    if (watchdog_) watchdog_->end(worker_, std::move(outer_));
    counters_.inside.store(outer_stage_, std::memory_order_relaxed);
  }
  CallWatch(const CallWatch&) = delete;
  CallWatch& operator=(const CallWatch&) = delete;

 private:
  WorkerCounters& counters_;
  Watchdog* const watchdog_;
  const WorkerIndex worker_;
  const StageIndex outer_stage_;
  std::optional<Watchdog::Watched> outer_;
};

/// The error of a record whose call was abandoned.
ErrorInfo abandoned_call(const StageSpec& stage);

}  // namespace weir::runtime
