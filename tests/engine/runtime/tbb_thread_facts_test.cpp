// What oneTBB does with threads: why the command holds a thread limit, graphs are constructed inside their
// arena, and puts from foreign threads go to an inbox.
#include <gtest/gtest.h>
#include <tbb/concurrent_queue.h>
#include <tbb/parallel_for.h>
#include <tbb/task_group.h>

#include <atomic>
#include <thread>
#include <utility>

#include "tests/engine/runtime/tbb_facts.hpp"

namespace weir::tbb_facts {
namespace {

TEST(TbbBoundedQueue, WakesOnlyThosePresentWhenItIsAborted) {
  tbb::concurrent_bounded_queue<int> queue;
  std::atomic<bool> woken = false;
  std::thread waiter([&] {
    int value = 0;
    EXPECT_THROW(queue.pop(value), tbb::user_abort);
    woken = true;
  });
  while (!woken) {  // an abort that comes before the pop waits wakes nobody
    queue.abort();
    std::this_thread::yield();
  }
  waiter.join();

  queue.abort();
  queue.push(1);
  int value = 0;
  EXPECT_NO_THROW(queue.pop(value)) << "an abort is forgotten: it is no close";
  EXPECT_EQ(value, 1);
}

TEST(TbbBoundedQueue, LosesItsCapacityWhenItIsMoved) {
  tbb::concurrent_bounded_queue<int> queue;
  queue.set_capacity(2);

  const tbb::concurrent_bounded_queue<int> moved(std::move(queue));

  EXPECT_NE(moved.capacity(), 2);
}

TEST(TbbArena, OfEightUsesNoMoreThreadsThanTheMachineHasCores) {
  const int cores = tbb::this_task_arena::max_concurrency();
  if (cores >= 8) GTEST_SKIP() << "the machine has " << cores << " cores";
  tbb::task_arena arena(8);
  Occupancy occupancy;

  arena.execute([&] {
    tbb::parallel_for(0, 400, [&](int) {
      occupancy.enter();
      for (int turn = 0; turn < 20; ++turn)
        std::this_thread::yield();
      occupancy.leave();
    });
  });

  EXPECT_LE(occupancy.most(), cores);
}

TEST(TbbGlobalControl, GivesAnArenaMoreThreadsThanTheMachineHasCores) {
  on_threads(tbb::this_task_arena::max_concurrency() + 2, [] {
    const int threads = tbb::this_task_arena::max_concurrency();
    Meeting everyone(threads);
    tbb::task_group group;
    for (int thread = 0; thread < threads; ++thread) {
      group.run([&] { EXPECT_TRUE(everyone.arrive_and_wait()); });
    }
    group.wait();
  });
}

TEST(TbbGlobalControl, HoldsOnlyWhileItLivesAndTheSmallestHolds) {
  constexpr auto parameter = tbb::global_control::max_allowed_parallelism;
  const std::size_t before = tbb::global_control::active_value(parameter);
  {
    const tbb::global_control eight(parameter, 8);
    const tbb::global_control three(parameter, 3);
    EXPECT_EQ(tbb::global_control::active_value(parameter), 3U);
  }
  EXPECT_EQ(tbb::global_control::active_value(parameter), before);
}

TEST(TbbGraph, RunsInTheArenaInWhichItWasConstructed) {
  tbb::task_arena construction_arena(3);
  tbb::task_arena waiting_arena(2);
  const auto concurrency_seen = [&](flow::graph& graph) {
    int seen = 0;
    Node node(graph, flow::serial, [&](int value) {
      seen = tbb::this_task_arena::max_concurrency();
      return value;
    });
    waiting_arena.execute([&] {
      node.try_put(1);
      graph.wait_for_all();
    });
    return seen;
  };

  construction_arena.execute([&] {
    flow::graph graph;
    EXPECT_EQ(concurrency_seen(graph), 3);
  });
}

TEST(TbbGraph, StarvesAPutFromAForeignThreadBehindAWorkerThatRearmsItself) {
  on_one_thread([] {
    constexpr int kTurns = 1000;
    flow::graph graph;
    int turns = 0;
    int timer_ran_at_turn = 0;
    Node timer(graph, flow::serial, [&](int value) { return timer_ran_at_turn = turns, value; });
    Node rearmed(graph, flow::unlimited, [&](int value) {
      ++turns;
      if (turns == 1) std::thread([&] { timer.try_put(0); }).join();
      if (turns < kTurns) rearmed.try_put(value);
      return value;
    });

    rearmed.try_put(0);
    graph.wait_for_all();

    EXPECT_EQ(timer_ran_at_turn, kTurns);
  });
}

TEST(TbbGraph, IsHeldOpenByReserveWaitWithoutAnyMessage) {
  flow::graph graph;
  std::atomic<int> ran = 0;
  Node node(graph, flow::serial, [&](int value) { return ++ran, value; });
  graph.reserve_wait();

  std::thread foreign([&] {
    node.try_put(1);
    graph.release_wait();
  });
  graph.wait_for_all();
  const int ran_when_wait_returned = ran;
  foreign.join();

  EXPECT_EQ(ran_when_wait_returned, 1);
}

TEST(TbbTaskGroup, MayRunForeignWorkOfTheSameThreadWhileItWaits) {
  on_one_thread([] {
    tbb::task_group outer;
    tbb::task_group inner;
    bool inside_inner_wait = false;
    bool outer_ran_inside = false;
    inner.run([] {});
    outer.run([&] { outer_ran_inside = inside_inner_wait; });

    inside_inner_wait = true;
    inner.wait();
    inside_inner_wait = false;
    outer.wait();

    EXPECT_TRUE(outer_ran_inside) << "a thread-local or a lock held across the wait would be seen by it";
  });
}

}  // namespace
}  // namespace weir::tbb_facts
