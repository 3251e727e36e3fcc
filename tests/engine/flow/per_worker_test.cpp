// Callables that a factory makes: one a worker, made anew by a restart and by nothing else.
#include <atomic>
#include <latch>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/engine/flow/flow_fixture.hpp"

namespace weir {
namespace {

using namespace weir::flow_testing;

class PerWorker : public FlowFixture {
 protected:
  static std::size_t workers() { return GetParam(); }
  static int same(int n) { return n; }
  std::vector<int> out_items_;
};
WEIR_RUN_WITH_THREADS(PerWorker);

/// Fails the test when two threads call it at once.
class Alone {
 public:
  int operator()(int n) {
    EXPECT_FALSE(busy_->exchange(true));
    calls_ += 1;
    busy_->store(false);
    return n;
  }

 private:
  std::unique_ptr<std::atomic<bool>> busy_ = std::make_unique<std::atomic<bool>>(false);
  int calls_ = 0;
};

TEST_P(PerWorker, IsCalledByOneThreadAtATimeAndMadeNoMoreThanOnceAWorker) {
  std::atomic<std::size_t> made = 0;
  const auto make = [&] {
    ++made;
    return Alone();
  };
  run_well(from("numbers", up_to(2'000), chunks_of(3)) | map("alone", per_worker(make)) | map("same", same) |
           to("out", out_items_));
  EXPECT_EQ(out_items_, up_to(2'000));
  EXPECT_GE(made, 1u);
  EXPECT_LE(made, workers());
}

TEST_P(PerWorker, IsMadeByOneThreadAtATime) {
  std::atomic<int> making = 0;
  run_well(from("numbers", up_to(500), chunks_of(1)) |
           map("made", per_worker([&] {
                 EXPECT_EQ(++making, 1);
                 --making;
                 return [](int n) { return n; };
               }))
               .io(4) |
           to("out", out_items_));
  EXPECT_EQ(out_items_, up_to(500));
}

TEST_P(PerWorker, IsMadeAnewByARestartOnly) {
  std::mutex mutex;
  std::set<int> broken;
  std::atomic<int> made = 0;
  std::atomic<bool> breaks = true, throws = true;
  const auto make = [&] {
    return [&, number = ++made](int n) {
      const std::lock_guard lock(mutex);
      EXPECT_FALSE(broken.contains(number)) << "it was to be thrown away";
      if (n == 500 && breaks.exchange(false)) {
        broken.insert(number);
        throw std::runtime_error("broken");
      }
      if (n == 100 && throws.exchange(false)) throw RecordError("only this one");
      return n;
    };
  };
  auto flow = from("numbers", up_to(1'000), chunks_of(10)) | map("same", same) |
              map("breaks", per_worker(make)).on_error(restart(1).then(skip())) | to("out", out_items_);
  flow.supervisor(rebuilding());
  const auto& report = run_well(flow);
  auto expected = up_to(1'000);
  expected.erase(expected.begin() + 100);
  EXPECT_EQ(out_items_, expected);
  EXPECT_EQ(stage(report, "breaks").restarts, 1u);
  EXPECT_GE(made, 2);
  EXPECT_LE(static_cast<std::size_t>(made), 2 * workers());
}

TEST_P(PerWorker, OneThatCannotBeMadeAtFirstFailsTheRun) {
  const auto report =
      run(from("numbers", up_to(10)) |
          map("never", per_worker([]() -> int (*)(int) { throw std::runtime_error("no connection"); })) |
          to("out", out_items_));
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->stage, "never");
  EXPECT_EQ(report.failure->during, "open");
  EXPECT_EQ(report.failure->error.message, "no connection");
}

TEST_P(PerWorker, OneThatCannotBeMadeAgainIsTriedAsOftenAsTheGroupAllows) {
  int made = 0;
  auto flow = from("numbers", up_to(100), chunks_of(4)) | map("same", same) |
              map("breaks", per_worker([&] {
                    if (++made > 1 && made < 4) throw std::runtime_error("not yet");
                    return [first = made == 1](int n) {
                      if (first && n == 50) throw std::runtime_error("broken");
                      return n;
                    };
                  }))
                  .on_error(restart(1))
                  .workers(1) |
              to("out", out_items_);
  flow.supervisor(rebuilding());
  const auto& report = run_well(flow);
  EXPECT_EQ(out_items_, up_to(100));
  EXPECT_EQ(made, 4);
  EXPECT_EQ(stage(report, "breaks").restarts, 3u);
}

/// Makes its second callable in vain as often as said, which is when a second worker asks for one.
struct MadeInVain {
  std::atomic<int>& made;
  std::atomic<int>& left;
  auto operator()() const {
    if (made++ > 0 && left-- > 0) throw std::runtime_error("not now");
    return [](int n) { return n; };
  }
};

TEST_P(PerWorker, OneThatCannotBeMadeForASecondWorkerFailsItsChunkAsThePolicySays) {
  std::atomic<int> made = 0, left = 2;
  auto flow = from("numbers", up_to(1'000), chunks_of(2)) | map("same", same) |
              map("made late", per_worker(MadeInVain{made, left})).on_error(retry(5)) | map("more", same) |
              to("out", out_items_);
  run_well(flow);
  EXPECT_EQ(out_items_, up_to(1'000));
}

TEST_P(PerWorker, OneThatCannotBeMadeForASecondWorkerFailsNoItemsThatCannotBeCopied) {
  std::vector<std::unique_ptr<int>> in;
  for (const int n : up_to(100))
    in.push_back(std::make_unique<int>(n));
  std::latch asked_again(workers() > 1 ? 1 : 0);
  std::atomic<int> made = 0;
  const auto make = [&] {
    if (const int call = ++made; call == 2 || call == 3) {
      if (call == 2) asked_again.count_down();
      throw std::runtime_error("not now");
    }
    return [&](const std::unique_ptr<int>& p) {
      asked_again.wait();  // so that a second worker asks while the first is at work
      return *p;
    };
  };
  run_well(from("pointers", std::move(in), chunks_of(2)) |
           filter("all", [](const std::unique_ptr<int>& p) { return *p >= 0; }) |
           map("made late", per_worker(make)).on_error(retry(5)) | to("out", out_items_));
  EXPECT_EQ(out_items_, up_to(100));
  EXPECT_GE(made, workers() > 1 ? 2 : 1);
}

}  // namespace
}  // namespace weir
