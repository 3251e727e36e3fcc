// What the tests of oneTBB's facts share: arenas of a known number of threads, and ways to see threads meet.
//
// A newer oneTBB that changes one of the facts makes its test fail: then the runtime has a reason less for
// something it does, or a new hole. No test waits for time to pass. Most run in an arena of one thread, where
// the order of tasks is fixed; those that need a second thread meet it, and fail when it does not come.
#pragma once

#include <tbb/flow_graph.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace weir::tbb_facts {

namespace flow = tbb::flow;
using Node = flow::function_node<int, int>;
using RejectingNode = flow::function_node<int, int, flow::rejecting>;
using LightweightNode = flow::function_node<int, int, flow::lightweight>;

/// Runs `body` in an arena where the calling thread is the only one.
template <class Body>
void on_one_thread(Body&& body) {
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, 1);
  tbb::task_arena arena(1);
  arena.execute(body);
}

/// Runs `body` in an arena of `threads`, as many as that being allowed whatever the machine has.
template <class Body>
void on_threads(int threads, Body&& body) {
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(threads));
  tbb::task_arena arena(threads);
  arena.execute(body);
}

/// Where several threads meet. Answers whether all came: a missing one makes a test fail, not hang.
class Meeting {
 public:
  explicit Meeting(int awaited) : awaited_(awaited) {}

  bool arrive_and_wait() {
    std::unique_lock lock(mutex_);
    --awaited_;
    all_came_.notify_all();
    return all_came_.wait_for(lock, std::chrono::seconds(20), [this] { return awaited_ <= 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_came_;
  int awaited_;  // guarded by mutex_
};

/// Counts how many are inside at once, and remembers the most.
class Occupancy {
 public:
  void enter() {
    const int now = ++inside_;
    int most = most_.load();
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
  }
  void leave() { --inside_; }
  int most() const { return most_; }

 private:
  std::atomic<int> inside_{0};
  std::atomic<int> most_{0};
};

}  // namespace weir::tbb_facts
