// Where typed flows end: callables and containers.
#include <algorithm>
#include <deque>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "tests/engine/flow/flow_fixture.hpp"

namespace weir {
namespace {

using namespace weir::flow_testing;

class FlowSinks : public FlowFixture {
 protected:
  static auto numbers() { return from("numbers", up_to(100), chunks_of(7)) | map("same", same); }

 private:
  static constexpr auto same = [](int n) { return n; };
};
WEIR_RUN_WITH_THREADS(FlowSinks);

TEST_P(FlowSinks, TakeItemsAsTheirCallableSays) {
  std::vector<int> out;
  run_well(numbers() | to("const reference", [&](const int& n) { out.push_back(n); }));
  run_well(numbers() | to("value", [&](int n) { out.push_back(n); }));
  run_well(numbers() | to("anything", [&](auto n) { out.push_back(n); }));
  run_well(numbers() |
           to("span", [&](std::span<const int> some) { out.insert(out.end(), some.begin(), some.end()); }));
  auto expected = up_to(100);
  for (int i = 0; i < 2; ++i)
    expected.insert(expected.end(), expected.begin(), expected.begin() + (i == 0 ? 100 : 200));
  EXPECT_EQ(out, expected);
}

TEST_P(FlowSinks, AddToContainers) {
  std::deque<int> deque;
  std::list<std::string> list;
  run_well(numbers() | to("deque", deque));
  run_well(numbers() | map("text", [](int n) { return std::to_string(n); }) | to("list", list));
  EXPECT_TRUE(std::ranges::equal(deque, up_to(100)));
  EXPECT_EQ(list.size(), 100u);
  EXPECT_EQ(list.back(), "99");
}

TEST_P(FlowSinks, UnorderedOnesGetEverything) {
  std::vector<int> out;
  run_well(numbers() | to("out", out).unordered());
  std::ranges::sort(out);
  EXPECT_EQ(out, up_to(100));
}

TEST_P(FlowSinks, MayHaveAThreadOfTheirOwn) {
  std::vector<int> out;
  std::vector<std::thread::id> threads;
  run_well(numbers() | to("out", [&](int n) {
                         out.push_back(n);
                         threads.push_back(std::this_thread::get_id());
                       }).io());
  EXPECT_EQ(out, up_to(100));
  EXPECT_TRUE(std::ranges::all_of(threads, [&](auto id) { return id == threads.front(); }));
  EXPECT_NE(threads.front(), std::this_thread::get_id());
}

TEST_P(FlowSinks, WriteNoItemTwiceWhenTheyBeginAgainWithTheOneThatThrew) {
  std::vector<int> out;
  int failures = 0;
  auto flow = numbers() | to("out", [&](const int& n) {
                            if (n % 10 == 5 && failures++ % 3 < 2) throw std::runtime_error("full");
                            out.push_back(n);
                          }).on_error(retry(1).then(restart(2)));
  flow.supervisor(rebuilding());
  const auto report = run_well(flow);
  EXPECT_EQ(out, up_to(100));
  EXPECT_EQ(stage(report, "out").restarts, 10u);
  EXPECT_EQ(stage(report, "out").failures, 20u);
  EXPECT_EQ(stage(report, "out").processed, 100u);
}

TEST_P(FlowSinks, FailTheRunWhenTheyGiveUp) {
  std::vector<int> out;
  const auto report = run(numbers() | to("out", [&](int n) {
                                        if (n == 50) throw std::runtime_error("full");
                                        out.push_back(n);
                                      }).on_error(retry(2)));
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->stage, "out");
  EXPECT_EQ(report.failure->during, "write");
  EXPECT_EQ(out, up_to(50));
}

}  // namespace
}  // namespace weir
