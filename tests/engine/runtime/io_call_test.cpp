#include "engine/runtime/io_call.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>

#include "tests/engine/testing/scripted_stages.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;

class IoCallTest : public ::testing::Test {
 protected:
  using Process = std::function<Cursor(const Input&, Emitter&)>;

  /// A call with the numbers 1, 2, 3 that does `process`, and counts its ends.
  std::shared_ptr<IoCall> make_call(Process process, Cursor at = 0) {
    const StageSpec spec = scripted(
        "stage", {.process = [process = std::move(process)](const Input& input, State*, Emitter& out) {
          return process(input, out);
        }});
    auto call = std::make_shared<IoCall>(
        std::make_shared<const IoCall::Stage>(std::vector{true},
                                              ErrorPolicy::always({{retry(2)}, FailureAction::skip})),
        std::get<TransformSpec>(spec.body).make(),
        IoCall::Request{.batch = numbers({1, 2, 3}), .rows = 3, .place = {.sequence = 7}, .at = at});
    call->on_end = [this] { ++ends_; };
    return call;
  }
  static Process passes_on() {
    return [](const Input& input, Emitter& out) {
      out.emit(input.batch);
      return kDone;
    };
  }

  std::atomic<int> ends_{0};
};

TEST_F(IoCallTest, KeepsWhatCameOfIt) {
  const auto call = make_call(
      [](const Input& input, Emitter& out) {
        EXPECT_EQ(input.place.sequence, 7u);
        EXPECT_EQ(input.at, 4u);
        out.emit(input.batch->slice(0, 2));
        out.filtered(1);
        return input.at + 1;
      },
      4);
  EXPECT_TRUE(call->make());
  EXPECT_EQ(ends_, 1);
  EXPECT_FALSE(call->error);
  EXPECT_FALSE(call->was_abandoned());
  EXPECT_EQ(call->next, 5u);
  EXPECT_EQ(values_of(call->out.items.front().batch), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(call->out.filtered_rows, 1u);
}

TEST_F(IoCallTest, WhatItThrowsIsData) {
  const auto call = make_call([](const Input&, Emitter&) -> Cursor { throw IoError("no answer"); });
  EXPECT_TRUE(call->make());
  EXPECT_EQ(ends_, 1);
  ASSERT_TRUE(call->error);
  EXPECT_EQ(call->error->error_class, ErrorClass::io);
  EXPECT_EQ(call->error->message, "no answer");
}

TEST_F(IoCallTest, WhatIsWantedBeforeItIsDoneFirstAndMayThrow) {
  const auto call = make_call([](const Input&, Emitter&) -> Cursor {
    ADD_FAILURE() << "the stage was called";
    return kDone;
  });
  call->before = [] { throw std::runtime_error("on purpose"); };
  EXPECT_TRUE(call->make());
  EXPECT_EQ(call->error->message, "on purpose");
  EXPECT_EQ(ends_, 1);
}

TEST_F(IoCallTest, SingleRecordsFollowTheStagesPolicy) {
  const auto call = make_call([](const Input&, Emitter& out) {
    EXPECT_EQ(out.failed(1, {.message = "no"}), ItemVerdict::again);
    EXPECT_EQ(out.failed(1, {.message = "no"}), ItemVerdict::again);
    EXPECT_EQ(out.failed(1, {.message = "no"}), ItemVerdict::left_out);
    return kDone;
  });
  EXPECT_TRUE(call->make());
  ASSERT_EQ(call->out.rejected.size(), 1u);
  EXPECT_EQ(call->out.rejected.front().attempts, 3u);
}

TEST_F(IoCallTest, OneThatIsAbandonedEndsAtOnceAndItsLateResultIsNobodys) {
  const auto call = make_call(passes_on());
  int left_behind = 0;
  EXPECT_TRUE(call->abandon([&] {
    EXPECT_EQ(ends_, 0) << "nobody goes on before the thread has been let go of";
    ++left_behind;
  }));
  EXPECT_EQ(left_behind, 1);
  EXPECT_EQ(ends_, 1);
  EXPECT_TRUE(call->was_abandoned());
  int told = 0;
  EXPECT_FALSE(call->make([&] { ++told; }));
  EXPECT_EQ(ends_, 1);
  EXPECT_EQ(told, 0);
}

TEST_F(IoCallTest, OneThatHasEndedCannotBeAbandoned) {
  const auto call = make_call(passes_on());
  int told = 0;
  EXPECT_TRUE(call->make([&] {
    EXPECT_EQ(ends_, 0) << "nobody goes on before it is known that the call has ended";
    ++told;
  }));
  EXPECT_EQ(told, 1);
  EXPECT_FALSE(call->abandon([] { ADD_FAILURE() << "its thread was let go of"; }));
  EXPECT_FALSE(call->was_abandoned());
  EXPECT_EQ(ends_, 1);
}

TEST_F(IoCallTest, EndsOnceWhoeverIsFirst) {
  for (int round = 0; round < 2'000; ++round) {
    ends_ = 0;
    const auto call = make_call(passes_on());
    std::atomic<int> ready{0};
    bool made = false, abandoned = false;
    {
      std::jthread thread([&] {
        for (++ready; ready < 2;)
          std::this_thread::yield();
        made = call->make();
      });
      for (++ready; ready < 2;)
        std::this_thread::yield();
      abandoned = call->abandon([] {});
    }
    ASSERT_NE(made, abandoned);
    ASSERT_EQ(call->was_abandoned(), abandoned);
    ASSERT_EQ(ends_, 1);
  }
}

}  // namespace
}  // namespace weir::runtime
