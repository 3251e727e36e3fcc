// What oneTBB does when a body throws or a graph is cancelled: why nothing ever leaves a body of ours, and
// why the runtime never cancels its graph.
#include <gtest/gtest.h>
#include <tbb/concurrent_queue.h>
#include <tbb/task.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "tests/engine/runtime/tbb_facts.hpp"

namespace weir::tbb_facts {
namespace {

int fail(const std::string& message) { throw std::runtime_error(message); }

/// The message of what wait_for_all throws; empty when it returns.
std::string wait_and_catch(flow::graph& graph) {
  try {
    graph.wait_for_all();
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

TEST(TbbException, InOneBodyCancelsEveryNodeOfTheGraph) {
  on_one_thread([] {
    flow::graph graph;
    int ran = 0;
    Node bystander(graph, flow::unlimited, [&](int value) { return ++ran, value; });
    Node culprit(graph, flow::serial, [&](int) {
      for (int message = 0; message < 100; ++message)
        bystander.try_put(message);
      return fail("culprit");
    });

    culprit.try_put(0);

    EXPECT_EQ(wait_and_catch(graph), "culprit");
    EXPECT_EQ(ran, 0);
    EXPECT_TRUE(graph.is_cancelled());
    EXPECT_TRUE(graph.exception_thrown());
  });
}

TEST(TbbException, IsRethrownOnceAndOnlyTheFirstOfSeveral) {
  on_threads(2, [] {
    flow::graph graph;
    Meeting both_inside(2);
    std::atomic<bool> first_has_cancelled = false;
    Node node(graph, flow::unlimited, [&](int value) {
      if (!both_inside.arrive_and_wait()) return fail("one thread never came");
      if (value == 1) return fail("first");
      while (!tbb::is_current_task_group_canceling())
        std::this_thread::yield();
      first_has_cancelled = true;
      return fail("second");
    });

    node.try_put(1);
    node.try_put(2);

    EXPECT_EQ(wait_and_catch(graph), "first");
    EXPECT_TRUE(first_has_cancelled);
    EXPECT_EQ(wait_and_catch(graph), "");
  });
}

TEST(TbbException, LeavesQueuedMessagesUndeliveredForeverAndWhatTheyPointToUnowned) {
  struct Token {
    bool delivered = false;
  };
  std::vector<Token> tokens(100);
  on_one_thread([&] {
    flow::graph graph;
    flow::function_node<Token*> node(graph, flow::serial, [](Token* token) {
      token->delivered = true;
      fail("at the first token");
    });

    for (Token& token : tokens)
      EXPECT_TRUE(node.try_put(&token));
    EXPECT_EQ(wait_and_catch(graph), "at the first token");
    EXPECT_EQ(wait_and_catch(graph), "");
    graph.reset();
    EXPECT_EQ(wait_and_catch(graph), "");
  });
  EXPECT_EQ(std::count_if(tokens.begin(), tokens.end(), [](const Token& token) { return token.delivered; }),
            1);
}

TEST(TbbException, LeavesASerialNodeDeadUntilTheGraphIsReset) {
  on_one_thread([] {
    flow::graph graph;
    int serial_runs = 0;
    int unlimited_runs = 0;
    Node serial(graph, flow::serial,
                [&](int value) { return ++serial_runs, value == 0 ? fail("once") : value; });
    Node unlimited(graph, flow::unlimited,
                   [&](int value) { return ++unlimited_runs, value == 0 ? fail("once") : value; });

    for (Node* node : {&serial, &unlimited}) {
      node->try_put(0);
      EXPECT_EQ(wait_and_catch(graph), "once");
      EXPECT_TRUE(node->try_put(1));
      EXPECT_EQ(wait_and_catch(graph), "");
    }
    EXPECT_EQ(serial_runs, 1) << "the slot of the call that threw was never given back";
    EXPECT_EQ(unlimited_runs, 2);

    graph.reset();
    serial.try_put(2);
    EXPECT_EQ(wait_and_catch(graph), "");
    EXPECT_EQ(serial_runs, 2);
  });
}

TEST(TbbCancel, LetsTryPutAnswerTrueAndRunsNothing) {
  on_one_thread([] {
    flow::graph graph;
    int ran = 0;
    Node unlimited(graph, flow::unlimited, [&](int value) { return ++ran, value; });
    Node serial(graph, flow::serial, [&](int value) { return ++ran, value; });

    graph.cancel();

    EXPECT_TRUE(unlimited.try_put(1));
    EXPECT_TRUE(serial.try_put(1));
    graph.wait_for_all();
    EXPECT_EQ(ran, 0);
  });
}

TEST(TbbCancel, DoesNotWakeABodyThatWaitsInAQueue) {
  tbb::concurrent_bounded_queue<int> queue;
  int popped = 0;
  on_threads(2, [&] {
    flow::graph graph;
    Node waiter(graph, flow::serial, [&](int) { return queue.pop(popped), popped; });
    std::thread canceller([&] {
      while (queue.size() >= 0)
        std::this_thread::yield();  // until the pop waits: it counts as minus one
      graph.cancel();
      queue.push(7);
    });

    waiter.try_put(0);
    EXPECT_NO_THROW(graph.wait_for_all());
    canceller.join();
    EXPECT_TRUE(graph.is_cancelled());
  });
  EXPECT_EQ(popped, 7) << "it was the push that woke it";
}

TEST(TbbReset, EmptiesEveryBuffer) {
  on_one_thread([] {
    flow::graph graph;
    flow::queue_node<int> queue(graph);
    queue.try_put(1);
    graph.wait_for_all();

    graph.reset();

    int value = 0;
    EXPECT_FALSE(queue.try_get(value));
  });
}

TEST(TbbGraph, IsDestroyedByWaitingInADestructorThatMayNotThrow) {
  static_assert(std::is_nothrow_destructible_v<flow::graph>);
  std::atomic<bool> released = false;
  std::thread foreign;
  {
    flow::graph graph;
    graph.reserve_wait();
    foreign = std::thread([&] {
      released = true;
      graph.release_wait();
    });
  }
  EXPECT_TRUE(released);
  foreign.join();
}

}  // namespace
}  // namespace weir::tbb_facts
