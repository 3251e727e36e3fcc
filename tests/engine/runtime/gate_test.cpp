#include "engine/runtime/gate.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace weir::runtime {
namespace {

TEST(Gate, CountsWhoIsInside) {
  Gate gate(2);
  EXPECT_TRUE(gate.exists());
  EXPECT_TRUE(gate.is_empty());
  EXPECT_TRUE(gate.enter(0));
  EXPECT_TRUE(gate.enter(1));
  EXPECT_FALSE(gate.is_empty());
  EXPECT_FALSE(gate.leave(0)) << "nobody waits at an open gate";
  EXPECT_FALSE(gate.is_empty());
  EXPECT_FALSE(gate.leave(1));
  EXPECT_TRUE(gate.is_empty());
}

TEST(Gate, KeepsNewCallsOutWhileItIsClosedAndLetsThoseInsideLeave) {
  Gate gate(2);
  EXPECT_TRUE(gate.enter(0));
  gate.close();
  EXPECT_TRUE(gate.is_closed());
  EXPECT_FALSE(gate.enter(1));
  EXPECT_FALSE(gate.is_empty());
  EXPECT_TRUE(gate.leave(0)) << "whoever closed it waits for this";
  EXPECT_TRUE(gate.is_empty()) << "who turned round at the gate is not inside";
  gate.open();
  EXPECT_TRUE(gate.enter(1));
  EXPECT_FALSE(gate.leave(1));
}

TEST(Gate, AWorkerMayBeInsideMoreThanOnce) {
  Gate gate(1);
  EXPECT_TRUE(gate.enter(0));
  EXPECT_TRUE(gate.enter(0)) << "a call that runs other tasks while it waits for its own";
  gate.close();
  EXPECT_FALSE(gate.enter(0));
  EXPECT_TRUE(gate.leave(0));
  EXPECT_FALSE(gate.is_empty());
  EXPECT_TRUE(gate.leave(0));
  EXPECT_TRUE(gate.is_empty());
}

TEST(Gate, WithoutWorkersIsAlwaysOpenAndCountsNothing) {
  Gate gate(0);
  EXPECT_FALSE(gate.exists());
  gate.close();
  EXPECT_TRUE(gate.enter(7));
  EXPECT_TRUE(gate.is_empty());
  EXPECT_FALSE(gate.leave(7));
}

// --- With many threads. What they do must meet within nanoseconds, so they spin, by a little more each
// round. ---

void spin(int steps) {
  for (int step = 0; step < steps; ++step)
    std::atomic_signal_fence(std::memory_order_seq_cst);
}
template <class Condition>
void spin_until(const Condition& holds) {
  for (int tries = 1; !holds(); ++tries) {
    if (tries % 2'000 == 0) std::this_thread::yield();
  }
}

/// What the gate is for: whoever finds it closed and empty has the stage to itself.
TEST(Gate, NobodyIsInsideAGateThatIsClosedAndEmpty) {
  constexpr std::size_t kWorkers = 4;
  constexpr int kRebuilds = 20'000;
  Gate gate(kWorkers);
  int incarnation = 0;  // no atomic, so that the thread sanitizer sees as well who is not kept apart
  std::atomic<int> inside{0}, met{0}, calls{0};
  std::atomic<bool> over{false};
  std::vector<std::jthread> workers;
  for (WorkerIndex worker = 0; worker < kWorkers; ++worker) {
    workers.emplace_back([&, worker] {
      while (!over) {
        if (!gate.enter(worker)) continue;
        inside.fetch_add(1, std::memory_order_relaxed);
        const int called = incarnation;
        spin(calls.fetch_add(1, std::memory_order_relaxed) % 100);
        met += incarnation != called;
        inside.fetch_sub(1, std::memory_order_relaxed);
        gate.leave(worker);
      }
    });
  }
  for (int rebuild = 0; rebuild < kRebuilds; ++rebuild) {
    gate.close();
    spin_until([&] { return gate.is_empty(); });
    met += inside.load(std::memory_order_relaxed) != 0;
    ++incarnation;
    spin(rebuild % 100);
    met += inside.load(std::memory_order_relaxed) != 0;
    gate.open();
    const int before = calls;
    spin_until([&] { return calls != before; });
  }
  over = true;
  workers.clear();
  EXPECT_EQ(met, 0);
}

/// Calls `here()` and, on another thread and at nearly the same moment, `there()`; before that `prepare()`,
/// and then `check()`.
template <class Prepare, class Here, class There, class Check>
void rounds(int count, const Prepare& prepare, const Here& here, const There& there, const Check& check) {
  std::atomic<int> begun{0}, done{0};
  std::jthread other([&] {
    for (int round = 1; round <= count; ++round) {
      spin_until([&] { return begun.load() >= round; });
      spin(round % 40);
      there();
      done = round;
    }
  });
  for (int round = 1; round <= count; ++round) {
    prepare();
    begun = round;
    spin(round % 97 * 2);
    here();
    spin_until([&] { return done.load() >= round; });
    check();
  }
}

/// Without a lock, either the one who leaves sees that the gate is closed or the one who closed it sees that
/// it is empty: else each would take it that the other goes on.
TEST(Gate, TheLastToLeaveOrTheOneWhoClosedGoesOnAndNeverNeither) {
  Gate gate(1);
  bool leaver_saw = false, closer_saw = false;
  int neither = 0;
  rounds(
      100'000, [&] { EXPECT_TRUE(gate.enter(0)); },
      [&] {
        gate.close();
        closer_saw = gate.is_empty();
      },
      [&] { leaver_saw = gate.leave(0); },
      [&] {
        neither += !leaver_saw && !closer_saw;
        gate.open();
      });
  EXPECT_EQ(neither, 0);
}

TEST(Gate, WhoClosesItSeesWhoGoesInOrKeepsThemOut) {
  Gate gate(1);
  bool went_in = false, empty = false;
  int both = 0;
  rounds(
      100'000, [] {},
      [&] {
        gate.close();
        empty = gate.is_empty();
      },
      [&] { went_in = gate.enter(0); },
      [&] {
        both += went_in && empty;
        if (went_in) gate.leave(0);
        EXPECT_TRUE(gate.is_empty());
        gate.open();
      });
  EXPECT_EQ(both, 0);
}

}  // namespace
}  // namespace weir::runtime
