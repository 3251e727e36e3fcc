#include "engine/runtime/scheduler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/engine/testing/number_stages.hpp"
#include "weir/run.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;
using Node = tbb::flow::function_node<int>;

class SchedulerTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  ThreadLimit limit_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Threads, SchedulerTest, ::testing::Values(1, 2, 8));

TEST_P(SchedulerTest, RunsUntilNothingIsUnderWay) {
  Scheduler scheduler(GetParam());
  std::atomic<int> ran{0};
  Node node(scheduler.graph(), tbb::flow::unlimited, [&](int left) {
    const Scheduler::Body body(scheduler);
    ++ran;
    if (left > 0) node.try_put(left - 1);
  });
  scheduler.run([&] { node.try_put(99); });
  EXPECT_EQ(ran, 100);
}

TEST_P(SchedulerTest, PostsFromOtherThreadsAreDoneBeforeTheRunEnds) {
  Scheduler scheduler(GetParam());
  std::atomic<int> done{0};
  std::vector<std::jthread> threads;
  scheduler.run([&] {
    for (int i = 0; i < 4; ++i) {
      scheduler.hold();
      threads.emplace_back([&] {
        for (int post = 0; post < 1'000; ++post)
          scheduler.post([&] { ++done; });
        scheduler.let_go();
      });
    }
  });
  EXPECT_EQ(done, 4'000);
}

TEST_P(SchedulerTest, AForeignPostIsNotStarvedByABodyThatKeepsArmingItself) {
  Scheduler scheduler(GetParam());
  std::atomic<bool> heard{false};
  std::atomic<int> turns{0};
  Node busy(scheduler.graph(), tbb::flow::unlimited, [&](int) {
    const Scheduler::Body body(scheduler);
    ++turns;
    if (!heard) busy.try_put(0);
  });
  std::jthread foreign;
  scheduler.run([&] {
    scheduler.hold();
    for (std::size_t worker = 0; worker < GetParam(); ++worker)
      busy.try_put(0);
    foreign = std::jthread([&] {
      if (!wait_until([&] { return turns > 1'000; })) ADD_FAILURE() << "the body did not run";
      scheduler.post([&] { heard = true; });
      if (!wait_until([&] { return heard.load(); })) ADD_FAILURE() << "the post was starved";
      heard = true;
      scheduler.let_go();
    });
  });
}

TEST_P(SchedulerTest, APostOnAWorkerIsDoneAtOnceAndADeferredOneIsNot) {
  Scheduler scheduler(GetParam());
  std::mutex mutex;
  bool at_once = false, deferred = false;
  scheduler.run([&] {
    scheduler.post([&] { at_once = true; });
    EXPECT_TRUE(at_once);
    const std::lock_guard lock(mutex);  // which what is done at once could not have
    scheduler.defer([&] {
      const std::lock_guard again(mutex);
      deferred = true;
    });
    EXPECT_FALSE(deferred);
  });
  EXPECT_TRUE(deferred);
}

TEST_P(SchedulerTest, TakesNothingOnceItHasComeToRest) {
  Scheduler scheduler(GetParam());
  scheduler.run([] {});
  bool done = false;
  scheduler.post([&] { done = true; });
  EXPECT_FALSE(done);
}

TEST_P(SchedulerTest, KnowsWhetherItIsInsideABody) {
  Scheduler scheduler(GetParam()), other(1);
  EXPECT_FALSE(Scheduler::inside_body());
  scheduler.run([&] {
    EXPECT_TRUE(Scheduler::inside_body());
    EXPECT_TRUE(scheduler.on_worker());
    EXPECT_FALSE(other.on_worker());
  });
  EXPECT_FALSE(Scheduler::inside_body());
}

TEST_P(SchedulerTest, WorkersHaveNumbersBelowTheSlots) {
  Scheduler scheduler(GetParam());
  std::atomic<std::size_t> highest{0};
  Node node(scheduler.graph(), tbb::flow::unlimited, [&](int) {
    const Scheduler::Body body(scheduler);
    std::size_t seen = highest.load();
    while (body.worker() > seen && !highest.compare_exchange_weak(seen, body.worker())) {
    }
  });
  scheduler.run([&] {
    for (int i = 0; i < 1'000; ++i)
      node.try_put(i);
  });
  EXPECT_LT(highest, scheduler.worker_slots());
}

/// The task that empties the inbox may come after a body has emptied it, and after the run has ended.
TEST_P(SchedulerTest, MayBeDestroyedAsSoonAsTheRunHasEnded) {
  for (int round = 0; round < 300; ++round) {
    auto scheduler = std::make_unique<Scheduler>(GetParam());
    std::atomic<int> done{0};
    Node node(scheduler->graph(), tbb::flow::unlimited, [&](int) { const Scheduler::Body body(*scheduler); });
    std::jthread foreign;
    scheduler->run([&] {
      scheduler->hold();
      foreign = std::jthread([&] {
        for (int i = 0; i < 3; ++i)
          scheduler->post([&] {
            ++done;
            node.try_put(0);
          });
        scheduler->let_go();
      });
      node.try_put(0);
    });
    foreign.join();
    EXPECT_EQ(done, 3);
  }
}

}  // namespace
}  // namespace weir::runtime
