// What is misused, and what the message says about it: the exact words, since they are all that a user sees.
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/flow/flow_fixture.hpp"

namespace weir {
namespace {

using namespace weir::flow_testing;

/// What a UsageError says; empty: there was none.
std::string complaint(const std::function<void()>& misuse) {
  try {
    misuse();
  } catch (const UsageError& error) {
    return error.what();
  }
  return {};
}

constexpr auto kSame = [](int n) { return n; };
constexpr auto kIgnore = [](int) {};
constexpr auto kMoved =
    "this stream or flow was moved from, or has been continued: go on with what came of it";

TEST(FlowUsage, AFlowRunsOnce) {
  Flow flow = from("numbers", up_to(3)) | to("out", kIgnore);
  EXPECT_TRUE(flow.run().succeeded());
  const std::string expected =
      "this flow has run, and its sources are read: build it anew, in a function that gives it, to run it "
      "again";
  EXPECT_EQ(complaint([&] { (void)flow.run(); }), expected);
  EXPECT_EQ(complaint([&] { (void)flow.start(); }), expected);
}

TEST(FlowUsage, WhatWasMovedFromIsGone) {
  auto stream = from("numbers", up_to(3));
  auto flow = std::move(stream) | to("out", kIgnore);
  EXPECT_EQ(complaint([&] { (void)(std::move(stream) | to("out", kIgnore)); }), kMoved);
  EXPECT_EQ(complaint([&] { (void)(std::move(stream) | map("same", kSame) | to("out", kIgnore)); }), kMoved);
  EXPECT_EQ(complaint([&] { (void)(std::move(stream) | broadcast<2>()); }), kMoved);
  EXPECT_EQ(complaint([&] { (void)merge(std::move(stream), from("others", up_to(3))); }), kMoved);
  EXPECT_EQ(complaint([&] { (void)zip("zip", from("others", up_to(3)), std::move(stream)); }), kMoved);
  Flow other = std::move(flow);
  EXPECT_EQ(complaint([&] { (void)flow.run(); }), kMoved);
  EXPECT_EQ(complaint([&] { flow.name("gone"); }), kMoved);
  EXPECT_EQ(complaint([&] { (void)flow.graph(); }), kMoved);
  EXPECT_TRUE(other.run().succeeded());
}

TEST(FlowUsage, CountsOfZeroAreRefusedWhereTheyAreSaid) {
  EXPECT_EQ(complaint([] { (void)map("same", kSame).workers(0); }),
            "stage 'same' asks for 0 workers: leave `.workers` out for as many as there are threads");
  EXPECT_EQ(complaint([] { (void)map("same", kSame).io(0); }),
            "stage 'same' asks for 0 threads of its own: say how many, or leave `.io` out");
  EXPECT_EQ(complaint([] { (void)batch("some", 0); }),
            "stage 'some' has a count of 0: gather at least 1 item");
  EXPECT_EQ(complaint([] { (void)take("some", 0); }), "stage 'some' has a count of 0: take at least 1 item");
}

TEST(FlowUsage, MoreWorkersThanThreadsAreRefusedAndTheMendIsNamed) {
  Flow flow = from("numbers", up_to(3)) | map("waits", kSame).workers(3) | to("out", kIgnore);
  EXPECT_EQ(complaint([&] { (void)flow.run({.threads = 2}); }),
            "stage 'waits' asks for 3 workers, and the run has 2 threads: run it with more threads or, where "
            "it waits for something outside, give it threads of its own by .io(3)");
  EXPECT_TRUE(flow.run({.threads = 3}).succeeded()) << "it has not run yet";
}

TEST(FlowUsage, AStreamMustEndSomewhere) {
  auto [a, b] = from("numbers", up_to(3)) | route<2>("part", kSame);
  auto flow = std::move(a) | to("out", kIgnore);
  const std::string expected = "the stream behind 'part' ends nowhere: put `| weir::to(...)` behind it";
  EXPECT_EQ(complaint([&] { (void)flow.run(); }), expected);
  auto rest = std::move(b) | map("same", kSame);
  EXPECT_EQ(complaint([&] { (void)flow.run(); }), expected) << "it is not at its end yet";
  auto end = std::move(rest) | to("rest", kIgnore);
  EXPECT_FALSE(flow.run().succeeded()) << "2 is no branch";
}

TEST(FlowUsage, ABranchOfABroadcastMustEndAsWell) {
  auto [a, b] = from("numbers", up_to(3)) | broadcast<2>();
  auto flow = std::move(a) | to("out", kIgnore);
  EXPECT_EQ(complaint([&] { (void)flow.run(); }),
            "the stream behind 'numbers' ends nowhere: put `| weir::to(...)` behind it");
  auto end = std::move(b) | to("rest", kIgnore);
  EXPECT_TRUE(end.run().succeeded());
}

TEST(FlowUsage, StagesHaveDifferentNames) {
  Flow flow = from("numbers", up_to(3)) | map("same", kSame) | map("same", kSame) | to("out", kIgnore);
  EXPECT_THAT(complaint([&] { (void)flow.run(); }),
              ::testing::HasSubstr("two stages are named 'same'; rename one"));
}

TEST(FlowUsage, AGroupMustBeAdded) {
  Flow flow = from("numbers", up_to(3)) | map("same", kSame).group("crew") | to("out", kIgnore);
  EXPECT_THAT(complaint([&] { (void)flow.run(); }),
              ::testing::HasSubstr("is of supervision group 'crew', which does not exist"));
}

TEST(FlowUsage, OneThatWasRefusedMayBeMendedAndRun) {
  Flow flow = from("numbers", up_to(3)) | map("same", kSame).group("crew") | to("out", kIgnore);
  EXPECT_THROW((void)flow.run(), UsageError);
  flow.add_group({.name = "crew", .parent = {}, .policy = {}});
  EXPECT_TRUE(flow.run().succeeded());
}

TEST(FlowUsage, AStageCannotRunAFlowAndWaitForIt) {
  std::string told;
  Flow flow = from("numbers", up_to(1)) |
              map("runs another",
                  [&](int n) {
                    told = complaint([] {
                      Flow inner = from("numbers", up_to(3)) | to("out", kIgnore);
                      (void)inner.run();
                    });
                    return n;
                  }) |
              to("out", kIgnore);
  EXPECT_TRUE(flow.run({.threads = 2}).succeeded());
  EXPECT_THAT(told, ::testing::Not(::testing::IsEmpty()));
}

}  // namespace
}  // namespace weir
