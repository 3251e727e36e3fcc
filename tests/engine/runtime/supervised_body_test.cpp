// Raw oneTBB nodes and filters with supervised bodies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/testing/number_stages.hpp"
#include "weir/tbb.hpp"

namespace weir {
namespace {

namespace flow = tbb::flow;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAreArray;

/// Throws for the numbers that it is told, so often for each.
class Faults {
 public:
  explicit Faults(std::vector<std::pair<const int, int>> throws) : throws_(throws.begin(), throws.end()) {}
  int operator()(int number) {
    const std::lock_guard lock(mutex_);
    if (const auto left = throws_.find(number); left != throws_.end() && left->second-- > 0)
      throw std::out_of_range("cannot do " + std::to_string(number));
    return number;
  }

 private:
  std::mutex mutex_;
  std::map<int, int> throws_;
};

class SupervisedBodyTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  /// Sends 0 .. count-1 through a node with this body, and answers what came out, in no order.
  template <class Body>
  std::vector<int> through(Body body, int count, std::size_t concurrency = flow::unlimited) {
    flow::graph graph;
    std::vector<int> out;
    flow::function_node<int, std::optional<int>> node(graph, concurrency, body);
    flow::function_node<std::optional<int>> collect(graph, flow::serial,
                                                    [&](const std::optional<int>& value) {
                                                      if (value) out.push_back(*value);
                                                    });
    flow::make_edge(node, collect);
    for (int number = 0; number < count; ++number)
      node.try_put(number);
    graph.wait_for_all();
    return out;
  }
  static std::vector<int> zero_to(int count) {
    std::vector<int> numbers;
    for (int number = 0; number < count; ++number)
      numbers.push_back(number);
    return numbers;
  }
  BodyReport only_body() const { return bodies_.report().bodies.at(0); }

  ThreadLimit limit_{GetParam()};
  SupervisedBodies bodies_;
};
INSTANTIATE_TEST_SUITE_P(Threads, SupervisedBodyTest, ::testing::Values(1, 2, 8));

TEST_P(SupervisedBodyTest, WhatThrowsIsTriedAgainAndTheRestGoesOn) {
  Faults faults({{3, 1}, {70, 2}});
  const auto body = supervised(
      bodies_, "double", [&](const int& number) { return 2 * faults(number); },
      ErrorPolicy::always({{retry(2)}, FailureAction::fail}));
  std::vector<int> doubled = zero_to(100);
  for (int& number : doubled)
    number *= 2;
  EXPECT_THAT(through(body, 100), UnorderedElementsAreArray(doubled));
  EXPECT_TRUE(bodies_.report().succeeded());
  EXPECT_NO_THROW(bodies_.throw_if_failed());
  EXPECT_EQ(only_body().name, "double");
  EXPECT_EQ(only_body().failures, 3u);
  EXPECT_EQ(only_body().retried, 3u);
}

TEST_P(SupervisedBodyTest, WhatIsSkippedLeavesNothing) {
  Faults faults({{3, 9}});
  const auto body = supervised(bodies_, "pass", std::ref(faults), ErrorPolicy::always(FailureAction::skip));
  std::vector<int> rest = zero_to(10);
  std::erase(rest, 3);
  EXPECT_THAT(through(body, 10), UnorderedElementsAreArray(rest));
  EXPECT_EQ(only_body().skipped, 1u);
}

TEST_P(SupervisedBodyTest, DeadLettersGoToTheHandlerWithWhatIsKnown) {
  Faults faults({{3, 9}, {4, 1}});
  std::mutex mutex;
  std::vector<std::string> letters;
  const auto body = supervised(
      bodies_, "pass", std::ref(faults), ErrorPolicy::always({{retry(1)}, FailureAction::dead_letter}),
      [&](const DeadInput<int>& letter) {
        const std::lock_guard lock(mutex);
        letters.push_back(letter.body + " " + std::to_string(letter.input) + " " +
                          std::to_string(letter.attempts) + " " + letter.error.message);
      });
  EXPECT_EQ(through(body, 10).size(), 9u);
  EXPECT_THAT(letters, ElementsAre("pass 3 2 cannot do 3"));
  EXPECT_EQ(only_body().dead, 1u);
  EXPECT_TRUE(bodies_.report().succeeded());
}

TEST_P(SupervisedBodyTest, AHandlerThatThrowsFailsTheBodies) {
  Faults faults({{3, 9}});
  const auto body =
      supervised(bodies_, "pass", std::ref(faults), ErrorPolicy::always(FailureAction::dead_letter),
                 [](const DeadInput<int>&) { throw IoError("the disk is full"); });
  through(body, 10);
  EXPECT_THROW(bodies_.throw_if_failed(), IoError);
}

TEST_P(SupervisedBodyTest, AFailureForGoodIsTheExceptionItselfAndTheGraphRunsDry) {
  Faults faults({{50, 9}});
  const auto alive = std::make_shared<int>();
  std::atomic<int> fed{0};
  {
    flow::graph graph;
    using Message = std::shared_ptr<int>;
    flow::function_node<int, std::optional<Message>> first(graph, flow::serial,
                                                           supervised(bodies_, "first", [&](int number) {
                                                             faults(number);
                                                             return Message(alive);
                                                           }));
    flow::function_node<std::optional<Message>, std::optional<int>> second(
        graph, flow::unlimited, supervised(bodies_, "second", [&](const Message&) { return ++fed; }));
    flow::make_edge(first, second);
    for (int number = 0; number < 100; ++number)
      first.try_put(number);
    EXPECT_NO_THROW(graph.wait_for_all());
    EXPECT_FALSE(graph.is_cancelled());
  }
  EXPECT_EQ(alive.use_count(), 1) << "a message leaked";
  EXPECT_TRUE(bodies_.failed());
  EXPECT_THROW(bodies_.throw_if_failed(), std::out_of_range);
  const SupervisedBodiesReport report = bodies_.report();
  EXPECT_EQ(report.failure->body, "first");
  EXPECT_EQ(report.failure->attempts, 1u);
  EXPECT_EQ(report.failure->error.message, "cannot do 50");
  EXPECT_EQ(report.bodies[0].passed_over, 49u);
  EXPECT_EQ(fed + static_cast<int>(report.bodies[1].passed_over), 50) << "an input went nowhere";
}

TEST_P(SupervisedBodyTest, APolicyByTypeChoosesTheChain) {
  ErrorPolicy policy;
  policy.by_type.push_back(on<std::out_of_range>(FailureAction::skip));
  const auto body = supervised(
      bodies_, "pass",
      [](int number) -> int {
        if (number == 3) throw std::out_of_range("three");
        if (number == 7) throw std::domain_error("seven");
        return number;
      },
      policy);
  through(body, 10, flow::serial);
  EXPECT_EQ(only_body().skipped, 1u);
  EXPECT_THROW(bodies_.throw_if_failed(), std::domain_error);
}

TEST_P(SupervisedBodyTest, MoreRefusedInputsThanTheThresholdAreAFailure) {
  ErrorPolicy policy = ErrorPolicy::always(FailureAction::skip);
  policy.threshold.count = 2;
  const auto body = supervised(
      bodies_, "pass", [](int number) -> int { throw RecordError(std::to_string(number)); }, policy);
  through(body, 10, flow::serial);
  EXPECT_EQ(only_body().skipped, 3u);
  EXPECT_THAT(bodies_.report().failure->error.message, HasSubstr("more than 2 inputs"));
  EXPECT_THROW(bodies_.throw_if_failed(), Error) << "without a cause there is still something to throw";
}

TEST_P(SupervisedBodyTest, ABodyThatConsumesItsInputMayDoSoWithoutAPolicy) {
  std::vector<int> out;
  int next = 0;
  tbb::parallel_pipeline(
      4,
      tbb::make_filter<void, std::optional<std::vector<int>>>(tbb::filter_mode::serial_in_order,
                                                              supervised(bodies_, "make",
                                                                         [&](tbb::flow_control& control) {
                                                                           if (next == 20) control.stop();
                                                                           return std::vector<int>{next++};
                                                                         })) &
          tbb::make_filter<std::optional<std::vector<int>>, void>(
              tbb::filter_mode::serial_in_order, supervised(bodies_, "take", [&](std::vector<int>&& values) {
                const std::vector<int> mine = std::move(values);
                out.push_back(mine.front());
              })));
  EXPECT_EQ(out, zero_to(20));
}

TEST_P(SupervisedBodyTest, FiltersKeepTheirOrderAndNeverSeeWhatWasLeftOut) {
  Faults reading({{5, 1}}), faults({{0, 9}, {7, 1}});
  std::vector<std::int64_t> out;
  int next = 0;
  const auto skip = ErrorPolicy::always(FailureAction::skip);
  using Number = std::optional<std::int64_t>;  // oneTBB takes no smaller ones for tokens
  tbb::parallel_pipeline(
      8, tbb::make_filter<void, Number>(tbb::filter_mode::serial_in_order,
                                        supervised(
                                            bodies_, "count",
                                            [&](tbb::flow_control& control) {
                                              if (next == 20) control.stop();
                                              return std::int64_t{reading(next++)};
                                            },
                                            skip)) &
             tbb::make_filter<Number, Number>(
                 tbb::filter_mode::parallel,
                 supervised(
                     bodies_, "pass",
                     [&](std::int64_t number) { return std::int64_t{faults(static_cast<int>(number))}; },
                     skip)) &
             tbb::make_filter<Number, void>(
                 tbb::filter_mode::serial_in_order,
                 supervised(bodies_, "keep", [&](std::int64_t number) { out.push_back(number); })));
  std::vector<std::int64_t> expected = testing::zero_to(20);
  std::erase_if(expected, [](std::int64_t number) { return number == 0 || number == 5 || number == 7; });
  EXPECT_EQ(out, expected);
  EXPECT_TRUE(bodies_.report().succeeded());
}

TEST_P(SupervisedBodyTest, AFailureEndsTheInputOfAPipeline) {
  std::int64_t next = 0;
  const auto failing = supervised(bodies_, "fail", [](std::int64_t number) {
    if (number == 3) throw std::out_of_range("three");
  });
  tbb::parallel_pipeline(
      2, tbb::make_filter<void, std::optional<std::int64_t>>(
             tbb::filter_mode::serial_in_order,
             supervised(bodies_, "endless", [&](tbb::flow_control&) { return next++; })) &
             tbb::make_filter<std::optional<std::int64_t>, void>(tbb::filter_mode::serial_in_order, failing));
  EXPECT_THROW(bodies_.throw_if_failed(), std::out_of_range);
}

TEST_P(SupervisedBodyTest, AFailureEndsAnInputNode) {
  flow::graph graph;
  int next = 0;
  flow::input_node<std::optional<int>> input(graph,
                                             supervised(
                                                 bodies_, "count",
                                                 [&](tbb::flow_control&) -> int {
                                                   if (next == 10) throw IoError("gone");
                                                   return next++;
                                                 },
                                                 ErrorPolicy::always({{retry(2)}, FailureAction::fail})));
  int sum = 0;
  flow::function_node<std::optional<int>, flow::continue_msg> add(graph, flow::serial,
                                                                  supervised(bodies_, "add", [&](int number) {
                                                                    sum += number;
                                                                    return flow::continue_msg();
                                                                  }));
  flow::make_edge(input, add);
  input.activate();
  graph.wait_for_all();
  EXPECT_THROW(bodies_.throw_if_failed(), IoError);
  EXPECT_EQ(bodies_.report().failure->attempts, 3u);
  EXPECT_LE(sum, 45);
}

class MultifunctionBodyTest : public SupervisedBodyTest {
 protected:
  using Node = flow::multifunction_node<int, std::tuple<int, std::string>>;
  /// Sends 0 .. 9 through a node with this body; answers the numbers that left by the first port, and the
  /// texts that left by the second.
  template <class Body>
  std::pair<std::vector<int>, std::vector<std::string>> through_ports(Body body) {
    std::pair<std::vector<int>, std::vector<std::string>> out;
    flow::graph graph;
    Node node(graph, flow::serial, body);
    flow::function_node<int> numbers(graph, flow::serial, [&](int number) { out.first.push_back(number); });
    flow::function_node<std::string> texts(graph, flow::serial,
                                           [&](const std::string& text) { out.second.push_back(text); });
    flow::make_edge(flow::output_port<0>(node), numbers);
    flow::make_edge(flow::output_port<1>(node), texts);
    for (int number = 0; number < 10; ++number)
      node.try_put(number);
    graph.wait_for_all();
    return out;
  }
};
INSTANTIATE_TEST_SUITE_P(Threads, MultifunctionBodyTest, ::testing::Values(1, 2, 8));

TEST_P(MultifunctionBodyTest, WhatWasPutBeforeAThrowIsPutOnce) {
  Faults faults({{3, 2}, {4, 9}});
  ErrorPolicy policy = ErrorPolicy::always({{retry(2)}, FailureAction::skip});
  const auto [numbers, texts] = through_ports(supervised(
      bodies_, "split",
      [&](const int& number, auto& ports) {
        std::get<0>(ports).try_put(number);
        std::get<0>(ports).try_put(-number);
        faults(number);
        if (number % 5 == 0) std::get<1>(ports).try_put(std::to_string(number));
      },
      policy));
  std::vector<int> expected;
  for (const int number : zero_to(10)) {
    if (number == 4) continue;
    expected.push_back(number);
    expected.push_back(-number);
  }
  EXPECT_THAT(numbers, UnorderedElementsAreArray(expected));
  EXPECT_THAT(texts, ::testing::UnorderedElementsAre("0", "5"));
  EXPECT_EQ(only_body().skipped, 1u);
}

TEST_P(MultifunctionBodyTest, ABodyThatCannotThrowPutsToThePortsThemselves) {
  const auto [numbers, texts] = through_ports(
      supervised(bodies_, "odd", [](const int& number, Node::output_ports_type& ports) noexcept {
        if (number % 2 == 1) std::get<0>(ports).try_put(number);
      }));
  EXPECT_THAT(numbers, ::testing::UnorderedElementsAre(1, 3, 5, 7, 9));
  EXPECT_TRUE(texts.empty());
}

TEST(SupervisedBody, NeedsPoliciesThatCanBeKept) {
  SupervisedBodies bodies;
  const auto pass = [](int number) { return number; };
  const auto message_of = [&](const auto& make) -> std::string {
    try {
      make();
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(message_of([&] { supervised(bodies, "", pass); }), HasSubstr("needs a name"));
  supervised(bodies, "a", pass);
  EXPECT_THAT(message_of([&] { supervised(bodies, "a", pass); }), HasSubstr("two bodies with the name 'a'"));
  EXPECT_THAT(message_of([&] {
                supervised(bodies, "b", pass, ErrorPolicy::always({{restart()}, FailureAction::fail}));
              }),
              HasSubstr("pass weir::per_worker(factory)"));
  EXPECT_THAT(
      message_of([&] { supervised(bodies, "c", pass, ErrorPolicy::always(FailureAction::dead_letter)); }),
      HasSubstr("pass a handler"));
  EXPECT_THAT(message_of([&] {
                supervised(bodies, "d", pass,
                           ErrorPolicy::always({{retry(3, {.initial = std::chrono::milliseconds(20)})},
                                                FailureAction::fail}));
              }),
              HasSubstr("would hold a worker of oneTBB for 80ms, and may for 50ms"));
  EXPECT_THAT(message_of([&] {
                supervised(bodies, "e", per_worker([&] { return pass; }),
                           ErrorPolicy::always({{restart()}, FailureAction::fail}), RestartPolicy{});
              }),
              HasSubstr("a restart of body 'e' would hold a worker of oneTBB for 10s"));
  EXPECT_THAT(message_of([&] {
                ErrorPolicy policy;
                policy.threshold.share = 0.5;
                supervised(bodies, "f", pass, policy);
              }),
              HasSubstr("give a `count`"));
  EXPECT_EQ(bodies.report().bodies.size(), 1u) << "what was refused is not reported";
}

TEST(SupervisedBody, OutlivesTheBodiesItBelongsTo) {
  auto bodies = std::make_unique<SupervisedBodies>();
  const auto body = supervised(*bodies, "pass", [](int number) -> int { throw number; });
  bodies.reset();
  EXPECT_EQ(body(3), std::nullopt);
}

}  // namespace
}  // namespace weir
