// What oneTBB does with messages, policies and permits: why tokens are pointers that are put by hand, why
// fan-out makes a token a branch, and why the credits are our own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/engine/runtime/tbb_facts.hpp"

namespace weir::tbb_facts {
namespace {

using testing::ElementsAre;

TEST(TbbEdge, ToTwoSuccessorsDeliversTheSamePointerTwice) {
  on_one_thread([] {
    flow::graph graph;
    int token = 0;
    std::vector<int*> received;
    flow::function_node<int*, int*> sender(graph, flow::unlimited, [](int* pointer) { return pointer; });
    flow::function_node<int*> left(graph, flow::serial, [&](int* pointer) { received.push_back(pointer); });
    flow::function_node<int*> right(graph, flow::serial, [&](int* pointer) { received.push_back(pointer); });
    flow::make_edge(sender, left);
    flow::make_edge(sender, right);

    sender.try_put(&token);
    graph.wait_for_all();

    EXPECT_THAT(received, ElementsAre(&token, &token));
  });
}

TEST(TbbNode, CopiesAMessageForItsTaskAndAgainForItsQueue) {
  struct Counted {
    explicit Counted(int* counter) : copies(counter) {}
    Counted() = default;
    Counted(const Counted& other) : copies(other.copies) { ++*copies; }
    Counted& operator=(const Counted& other) {
      if (this == &other) return *this;
      copies = other.copies;
      ++*copies;
      return *this;
    }
    int* copies = nullptr;
  };
  on_one_thread([] {
    flow::graph graph;
    int copies = 0;
    const Counted message(&copies);
    flow::function_node<Counted> node(graph, flow::serial, [](const Counted&) {});

    node.try_put(message);
    const int copies_into_task = copies;
    node.try_put(message);
    graph.wait_for_all();

    EXPECT_GE(copies_into_task, 1);
    EXPECT_GE(copies - copies_into_task, 2) << "once into the queue, once more out of it";
  });
}

TEST(TbbNode, ThatIsSerialDoesNotKeepTheOrderOfMessages) {
  on_one_thread([] {
    flow::graph graph;
    std::vector<int> arrived;
    Node unlimited(graph, flow::unlimited, [](int value) { return value; });
    Node serial(graph, flow::serial, [&](int value) { return arrived.push_back(value), value; });
    flow::make_edge(unlimited, serial);

    for (int value = 1; value <= 3; ++value)
      unlimited.try_put(value);
    graph.wait_for_all();

    EXPECT_THAT(arrived, ElementsAre(3, 2, 1)) << "the thread's own tasks run last in, first out";
  });
}

TEST(TbbSequencer, HoldsBackEverythingBehindAGap) {
  on_one_thread([] {
    flow::graph graph;
    std::vector<int> passed;
    flow::sequencer_node<int> sequencer(graph, [](int number) { return static_cast<std::size_t>(number); });
    Node node(graph, flow::serial, [&](int number) { return passed.push_back(number), number; });
    flow::make_edge(sequencer, node);

    for (int number : {0, 2, 3})
      sequencer.try_put(number);
    graph.wait_for_all();
    EXPECT_THAT(passed, ElementsAre(0));

    sequencer.try_put(1);
    graph.wait_for_all();
    EXPECT_THAT(passed, ElementsAre(0, 1, 2, 3));
  });
}

TEST(TbbJoin, PairsByArrivalWhateverTheMessagesAre) {
  on_one_thread([] {
    flow::graph graph;
    std::vector<std::pair<char, char>> pairs;
    flow::join_node<std::tuple<char, char>, flow::queueing> join(graph);
    flow::function_node<std::tuple<char, char>> node(
        graph, flow::serial, [&](const std::tuple<char, char>& pair) {
          pairs.emplace_back(std::get<0>(pair), std::get<1>(pair));
        });
    flow::make_edge(join, node);

    for (char left : {'a', 'b'})
      flow::input_port<0>(join).try_put(left);
    for (char right : {'B', 'A'})
      flow::input_port<1>(join).try_put(right);
    graph.wait_for_all();

    EXPECT_THAT(pairs, ElementsAre(std::pair('a', 'B'), std::pair('b', 'A')));
  });
}

TEST(TbbLimiter, LosesAPermitWithEachMessageThatIsFilteredBeforeItsDecrementer) {
  on_one_thread([] {
    flow::graph graph;
    using Filter = flow::multifunction_node<int, std::tuple<flow::continue_msg>>;
    flow::limiter_node<int> limiter(graph, 1);
    Filter even(graph, flow::serial, [](int value, Filter::output_ports_type& ports) {
      if (value % 2 == 0) std::get<0>(ports).try_put(flow::continue_msg{});
    });
    flow::make_edge(limiter, even);
    flow::make_edge(flow::output_port<0>(even), limiter.decrementer());

    EXPECT_TRUE(limiter.try_put(2));
    graph.wait_for_all();
    EXPECT_TRUE(limiter.try_put(3)) << "2 passed and gave its permit back";
    graph.wait_for_all();
    EXPECT_FALSE(limiter.try_put(4)) << "3 was filtered and took its permit along";
  });
}

TEST(TbbInputNode, MakesAnItemMoreThanItsLimiterLetsThrough) {
  on_one_thread([] {
    flow::graph graph;
    int made = 0;
    flow::input_node<int> input(graph, [&](tbb::flow_control&) { return ++made; });
    flow::limiter_node<int> limiter(graph, 2);
    flow::make_edge(input, limiter);
    flow::queue_node<int> queue(graph);
    flow::make_edge(limiter, queue);

    input.activate();
    graph.wait_for_all();

    EXPECT_EQ(made, 3);
  });
}

TEST(TbbNode, ThatRejectsMakesAFunctionNodeBeforeItLoseMessages) {
  on_one_thread([] {
    flow::graph graph;
    std::vector<int> arrived;
    LightweightNode sender(graph, flow::unlimited, [](int value) noexcept { return value; });
    RejectingNode busy(graph, flow::serial, [&](int value) { return arrived.push_back(value), value; });
    flow::make_edge(sender, busy);

    for (int value = 1; value <= 3; ++value)
      EXPECT_TRUE(sender.try_put(value));
    graph.wait_for_all();

    EXPECT_THAT(arrived, ElementsAre(1));
  });
}

TEST(TbbLightweight, RunsInsideTryPutOnlyWhenTheBodyIsNoexcept) {
  on_one_thread([] {
    flow::graph graph;
    int ran = 0;
    LightweightNode promises(graph, flow::unlimited, [&](int value) noexcept { return ++ran, value; });
    LightweightNode may_throw(graph, flow::unlimited, [&](int value) { return ++ran, value; });

    promises.try_put(1);
    EXPECT_EQ(ran, 1);
    may_throw.try_put(1);
    EXPECT_EQ(ran, 1);
    graph.wait_for_all();
    EXPECT_EQ(ran, 2);
  });
}

TEST(TbbLightweight, SuccessorSerialisesAnUnlimitedPredecessor) {
  on_threads(2, [] {
    flow::graph graph;
    Meeting both_send(2);
    Occupancy occupancy;
    Node sender(graph, flow::unlimited, [&](int value) { return both_send.arrive_and_wait(), value; });
    LightweightNode successor(graph, flow::unlimited, [&](int value) noexcept {
      occupancy.enter();
      for (int turn = 0; turn < 100; ++turn)
        std::this_thread::yield();
      return occupancy.leave(), value;
    });
    flow::make_edge(sender, successor);

    for (int value = 0; value < 20; ++value)
      sender.try_put(value);
    graph.wait_for_all();

    EXPECT_EQ(occupancy.most(), 1) << "the put holds the sender's lock during the body";
  });
}

}  // namespace
}  // namespace weir::tbb_facts
