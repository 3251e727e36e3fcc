// What becomes of items whose call throws, wherever the stage stands in a loop: the chain's steps in their
// order, each as often as it says, while everything else goes its way.
#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/flow/flow_fixture.hpp"

namespace weir {
namespace {

using namespace weir::flow_testing;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Throws for every seventh number as often as a test says, by the number that the source gave.
class Trouble {
 public:
  explicit Trouble(std::uint32_t times) : times_(times) {}
  void meet(int number, Context& context) {
    if (number % 7 != 3) return;
    const std::lock_guard lock(mutex_);
    attempts_[number].push_back(context.attempt());
    if (attempts_[number].size() <= times_) throw std::runtime_error("no " + std::to_string(number));
  }
  const std::map<int, std::vector<std::uint32_t>>& attempts() const { return attempts_; }

 private:
  const std::uint32_t times_;
  std::mutex mutex_;
  std::map<int, std::vector<std::uint32_t>> attempts_;  ///< that were seen, of each number
};

/// With the troubled stage at each place of a loop of three, and in no loop.
class ErrorChain : public FlowFixture {
 protected:
  static constexpr int kItems = 100;

  template <class Chain>
  void for_each_place(std::uint32_t throws, const Chain& chain,
                      const std::function<void(const RunReport&, const Trouble&)>& check) {
    for (const bool fuse : {true, false}) {
      for (int place = 0; place < 3; ++place) {
        SCOPED_TRACE(::testing::Message() << "at place " << place << (fuse ? "" : ", not fused"));
        Trouble trouble(throws);
        out_items_.clear();
        letters_.clear();
        auto flow = flow_with(trouble, place, chain);
        flow.supervisor(rebuilding());
        const auto& report = run_well(flow, {.fuse = fuse});
        EXPECT_EQ(stage(report, "calm one").failures, 0u);
        EXPECT_EQ(stage(report, "calm two").failures, 0u);
        check(report, trouble);
      }
    }
  }

  static std::vector<int> all_but_sevenths() {
    std::vector<int> all = up_to(kItems);
    std::erase_if(all, [](int n) { return n % 7 == 3; });
    return all;
  }
  static std::vector<int> sevenths() {
    std::vector<int> all = up_to(kItems);
    std::erase_if(all, [](int n) { return n % 7 != 3; });
    return all;
  }

  std::vector<int> out_items_;
  std::vector<DeadLetter<int>> letters_;

 private:
  template <class Chain>
  Flow flow_with(Trouble& trouble, int place, const Chain& chain) {
    const auto calm = [](int n, Context& context) {
      EXPECT_EQ(context.attempt(), 1u);
      return n;
    };
    const auto troubled = [&] {
      return map("troubled", per_worker([&trouble] {
                   return [&trouble](int n, Context& context) {
                     trouble.meet(n, context);
                     return n;
                   };
                 }))
          .on_error(chain);
    };
    auto numbers = from("numbers", up_to(kItems), chunks_of(16));
    if (place == 0)
      return std::move(numbers) | troubled() | map("calm one", calm) | map("calm two", calm) |
             to("out", out_items_);
    if (place == 1)
      return std::move(numbers) | map("calm one", calm) | troubled() | map("calm two", calm) |
             to("out", out_items_);
    return std::move(numbers) | map("calm one", calm) | map("calm two", calm) | troubled() |
           to("out", out_items_);
  }
};
WEIR_RUN_WITH_THREADS(ErrorChain);

TEST_P(ErrorChain, RetriesAsOftenAsItSays) {
  for_each_place(2, retry(2), [&](const RunReport& report, const Trouble& trouble) {
    EXPECT_EQ(out_items_, up_to(kItems));
    for (const auto& [number, attempts] : trouble.attempts())
      EXPECT_THAT(attempts, ElementsAre(1, 2, 3)) << number;
    EXPECT_EQ(stage(report, "troubled").retried, 2 * sevenths().size());
    EXPECT_EQ(stage(report, "troubled").failures, 2 * sevenths().size());
    EXPECT_EQ(stage(report, "troubled").restarts, 0u);
  });
}

TEST_P(ErrorChain, WaitsBetweenRetriesAndThenCountsOn) {
  const Backoff soon{.initial = 1us, .max = 1us};
  for_each_place(3, retry(2, soon).then(retry(1)), [&](const RunReport& report, const Trouble& trouble) {
    EXPECT_EQ(out_items_, up_to(kItems));
    for (const auto& [number, attempts] : trouble.attempts())
      EXPECT_THAT(attempts, ElementsAre(1, 2, 3, 4)) << number;
    EXPECT_EQ(stage(report, "troubled").retried, 3 * sevenths().size());
  });
}

TEST_P(ErrorChain, UsesUpOneStepAfterAnotherBeforeTheEnd) {
  const Backoff soon{.initial = 1us, .max = 1us};
  for_each_place(100, retry(1).then(retry(1, soon)).then(restart(1)).then(dead_letter(letters_)),
                 [&](const RunReport& report, const Trouble& trouble) {
                   EXPECT_EQ(out_items_, all_but_sevenths());
                   for (const auto& [number, attempts] : trouble.attempts())
                     EXPECT_THAT(attempts, ElementsAre(1, 2, 3, 4)) << number;
                   EXPECT_GE(stage(report, "troubled").restarts, 1u);  // that several may share
                   EXPECT_LE(stage(report, "troubled").restarts, sevenths().size());
                   EXPECT_EQ(stage(report, "troubled").dead, sevenths().size());
                   std::vector<int> dead;
                   for (const auto& letter : letters_) {
                     dead.push_back(letter.record);
                     EXPECT_EQ(letter.attempts, 4u);
                     EXPECT_EQ(letter.stage, "troubled");
                     EXPECT_EQ(letter.error.message, "no " + std::to_string(letter.record));
                     ASSERT_TRUE(letter.origin.input);
                     EXPECT_EQ(*letter.origin.input, "numbers");
                     EXPECT_EQ(letter.origin.line, static_cast<std::uint64_t>(letter.record + 1));
                     EXPECT_EQ(letter.ordinal, static_cast<std::uint64_t>(letter.record % 16));
                   }
                   EXPECT_EQ(dead, sevenths());
                 });
}

/// Where a dead letter stood among what its stage was given of its chunk: whatever was left out or held up
/// before it.
TEST_P(ErrorChain, NumbersDeadLettersTheSameWhateverSharesALoop) {
  const Backoff soon{.initial = 1us, .max = 1us};
  std::vector<std::pair<int, std::uint64_t>> expected;
  for (int chunk = 0; chunk < kItems; chunk += 16) {
    std::uint64_t given = 0;
    for (int n = chunk; n < std::min(chunk + 16, kItems); ++n) {
      if (n % 3 == 0 || n % 7 == 3) continue;
      if (n % 5 == 0) expected.emplace_back(n, given);
      ++given;
    }
  }
  for (const bool fuse : {true, false}) {
    for (const bool alone : {true, false}) {
      Trouble held_up(1), left_out(100);
      const auto fifths_are_bad = [](int n) {
        if (n % 5 == 0) throw std::runtime_error("a fifth");
        return n;
      };
      letters_.clear(), out_items_.clear();
      auto before =
          from("numbers", up_to(kItems), chunks_of(16)) |
          filter("no thirds", [](int n) { return n % 3 != 0; }) |
          inspect("held up", [&](int n, Context& context) { held_up.meet(n + 2, context); })
              .on_error(retry(1, soon)) |
          inspect("left out", [&](int n, Context& context) { left_out.meet(n, context); }).on_error(skip());
      auto bad = map("bad", fifths_are_bad).on_error(dead_letter(letters_));
      run_well(alone ? std::move(before) | std::move(bad).workers(1) | to("out", out_items_)
                     : std::move(before) | std::move(bad) | to("out", out_items_),
               {.fuse = fuse});
      std::vector<std::pair<int, std::uint64_t>> found;
      for (const auto& letter : letters_)
        found.emplace_back(letter.record, letter.ordinal);
      EXPECT_EQ(found, expected) << (fuse ? "fused" : "not fused") << (alone ? ", alone" : "");
    }
  }
}

TEST_P(ErrorChain, SkipsWhatItCannotHelp) {
  for_each_place(100, retry(2).then(skip()), [&](const RunReport& report, const Trouble& trouble) {
    EXPECT_EQ(out_items_, all_but_sevenths());
    EXPECT_EQ(stage(report, "troubled").skipped, sevenths().size());
    EXPECT_EQ(stage(report, "troubled").in, static_cast<std::uint64_t>(kItems));
    EXPECT_EQ(trouble.attempts().size(), sevenths().size());
  });
}

TEST_P(ErrorChain, RestartsMoreThanOnce) {
  for_each_place(2, restart(2), [&](const RunReport& report, const Trouble& trouble) {
    EXPECT_EQ(out_items_, up_to(kItems));
    for (const auto& [number, attempts] : trouble.attempts())
      EXPECT_THAT(attempts, ElementsAre(1, 2, 3)) << number;
    EXPECT_GE(stage(report, "troubled").restarts, 2u);
  });
}

TEST_P(ErrorChain, FailsTheRunWithStageRecordAndCause) {
  for (const bool fuse : {true, false}) {
    const auto report =
        run(from("numbers", up_to(100), chunks_of(16)) | map("twice", [](int n) { return 2 * n; }) |
                map("breaks",
                    [](int n) {
                      if (n == 40) throw std::runtime_error("forty");
                      return n;
                    })
                    .on_error(retry(2)) |
                map("same", [](int n) { return n; }) | to("out", [](int) {}),
            {.fuse = fuse});
    ASSERT_TRUE(report.failure);
    EXPECT_EQ(report.failure->stage, "breaks");
    EXPECT_EQ(report.failure->record, "40");
    EXPECT_EQ(report.failure->error.message, "forty");
    EXPECT_EQ(report.failure->attempts, 3u);
    EXPECT_EQ(report.status, RunStatus::failed);
  }
}

TEST_P(ErrorChain, SendsErrorsOfTheDataToItsEndAtOnce) {
  std::atomic<int> calls = 0;
  std::vector<DeadLetter<int>> letters;
  run_well(from("numbers", up_to(20), chunks_of(4)) | map("same", [](int n) { return n; }) |
           map("reads",
               [&](int n) {
                 if (n == 5) {
                   ++calls;
                   throw RecordError("not a number");
                 }
                 return n;
               })
               .on_error(retry(5).then(dead_letter(letters))) |
           to("out", out_items_));
  EXPECT_EQ(calls, 1);
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_EQ(letters[0].attempts, 1u);
  EXPECT_EQ(letters[0].error.error_class, ErrorClass::data);
}

TEST_P(ErrorChain, FailsTheRunWhenAThresholdIsExceeded) {
  const auto report = run(from("numbers", up_to(100), chunks_of(4)) |
                          map("bad", [](int n) -> int { throw RecordError("bad " + std::to_string(n)); })
                              .on_error(skip())
                              .threshold({.count = 10}) |
                          map("same", [](int n) { return n; }) | to("out", [](int) {}));
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->stage, "bad");
  EXPECT_GT(stage(report, "bad").skipped, 10u);
}

TEST_P(ErrorChain, LeavesNothingOfAFlatMapThatThrowsHalfWay) {
  std::atomic<int> left = 4;
  std::vector<int> out;
  for (const bool fuse : {true, false}) {
    out.clear();
    left = 4;
    const auto& report =
        run_well(from("numbers", up_to(6), chunks_of(3)) | filter("all", [](int) { return true; }) |
                     flat_map("throws half way",
                              [&](int n) {
                                return std::views::iota(0, 3) | std::views::transform([&left, n](int i) {
                                         if (n == 2 && i == 1 && left-- > 0)
                                           throw std::runtime_error("half way");
                                         if (n == 4 && i == 2) throw RecordError("never");
                                         return 10 * n + i;
                                       });
                              })
                         .on_error(retry(2).then(retry(2, {.initial = 1us, .max = 1us})).then(skip())) |
                     to("out", out),
                 {.fuse = fuse});
    EXPECT_THAT(out, ElementsAre(0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32, 50, 51, 52));
    EXPECT_EQ(stage(report, "throws half way").skipped, 1u);
    EXPECT_EQ(stage(report, "throws half way").processed, 5u);
  }
}

TEST_P(ErrorChain, DecidesForEachStageByItself) {
  std::vector<DeadLetter<int>> letters;
  const auto throws_at = [](int which) {
    return [which](int n) {
      if (n % 10 == which) throw std::runtime_error("at " + std::to_string(which));
      return n;
    };
  };
  for (const bool fuse : {true, false}) {
    letters.clear();
    out_items_.clear();
    const auto& report =
        run_well(from("numbers", up_to(100), chunks_of(8)) | map("one", throws_at(1)).on_error(skip()) |
                     map("two", throws_at(2)).on_error(retry(1).then(dead_letter(letters))) |
                     inspect("three", throws_at(3)).on_error(skip()) |
                     filter("four", throws_at(4)).on_error(retry(3).then(skip())) | to("out", out_items_),
                 {.fuse = fuse});
    std::vector<int> expected = up_to(100);
    std::erase_if(expected, [](int n) { return (n % 10 >= 1 && n % 10 <= 4) || n == 0; });
    EXPECT_EQ(out_items_, expected);
    EXPECT_EQ(letters.size(), 10u);
    EXPECT_EQ(stage(report, "one").skipped, 10u);
    EXPECT_EQ(stage(report, "two").dead, 10u);
    EXPECT_EQ(stage(report, "three").skipped, 10u);
    EXPECT_EQ(stage(report, "four").skipped, 10u);
    EXPECT_EQ(stage(report, "four").failures, 40u);
    EXPECT_EQ(stage(report, "four").in, 70u);
  }
}

}  // namespace
}  // namespace weir
