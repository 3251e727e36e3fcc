#include "engine/runtime/slot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "tests/engine/testing/scripted_stages.hpp"

namespace weir::runtime {
namespace {

using namespace weir::testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::int64_t& number_in(State& state) { return static_cast<NumberState&>(state).number; }

/// A slot of the second stage of source -> stage -> sink.
class SlotTest : public ::testing::Test {
 protected:
  Slot& slot_of(TransformScript script, TransformTraits traits) {
    graph_ = chain({count_up("source", 1), scripted("stage", std::move(script), traits),
                    collect("out", std::make_shared<Collected>())});
    slot_ = std::make_unique<Slot>(graph_, 1, 0);
    return *slot_;
  }
  /// The same, opened.
  Slot& opened(TransformScript script, TransformTraits traits) {
    Slot& slot = slot_of(std::move(script), traits);
    EXPECT_TRUE(slot.open(error_));
    return slot;
  }

  Graph graph_;
  std::unique_ptr<Slot> slot_;
  ErrorInfo error_;
  std::optional<ErrorInfo> call_error_;
};

TEST_F(SlotTest, EachOpenMakesAnIncarnation) {
  Slot& slot = slot_of(TransformScript{}, {});
  EXPECT_EQ(slot.incarnation(), 0u);
  EXPECT_TRUE(slot.open(error_));
  EXPECT_EQ(slot.incarnation(), 1u);
  EXPECT_TRUE(slot.open(error_));
  EXPECT_EQ(slot.incarnation(), 2u);
}

TEST_F(SlotTest, AFailedOpenIsData) {
  Slot& slot = slot_of(TransformScript{.open = [] { throw IoError("no such host"); }}, {});
  EXPECT_FALSE(slot.open(error_));
  EXPECT_EQ(error_.error_class, ErrorClass::io);
  EXPECT_EQ(error_.message, "no such host");
  EXPECT_EQ(slot.incarnation(), 0u);
}

TEST_F(SlotTest, AFactoryThatGivesNothingIsTold) {
  Slot& slot = slot_of(TransformScript{}, {});
  std::get<TransformSpec>(graph_.stages[1].body).make = [] { return nullptr; };
  EXPECT_FALSE(slot.open(error_));
  EXPECT_THAT(error_.message, HasSubstr("the factory gave no stage"));
}

TEST_F(SlotTest, KnowsWhichPortsAreRead) {
  graph_ = chain({count_up("source", 1), filter("stage", [](auto) { return true; }),
                  collect("out", std::make_shared<Collected>())});
  EXPECT_THAT(Slot(graph_, 1, 0).wanted(), ElementsAre(true, false));
}

TEST_F(SlotTest, AStatelessStageHasNoState) {
  Slot& slot = opened({.make_state = [] { return std::make_unique<NumberState>(); }},
                      {.concurrency = Concurrency::stateless});
  std::unique_ptr<State> state;
  EXPECT_TRUE(slot.check_out(state, call_error_));
  EXPECT_EQ(state, nullptr);
  slot.merge_states();
  EXPECT_EQ(slot.shared_state(), nullptr);
}

TEST_F(SlotTest, StatesThatAreCheckedInAreUsedAgain) {
  int made = 0;
  Slot& slot = opened({.make_state =
                           [&] {
                             ++made;
                             return std::make_unique<NumberState>();
                           }},
                      {.concurrency = Concurrency::replicated});
  std::unique_ptr<State> one, two, three;
  EXPECT_TRUE(slot.check_out(one, call_error_));
  EXPECT_TRUE(slot.check_out(two, call_error_));
  State* const second = two.get();
  slot.check_in(std::move(two));
  EXPECT_TRUE(slot.check_out(three, call_error_));
  EXPECT_EQ(three.get(), second);
  EXPECT_EQ(made, 2);
}

TEST_F(SlotTest, MergesAllStatesIntoTheSharedOne) {
  Slot& slot = opened({.absorb = [](State& into, State& other) { number_in(into) += number_in(other); }},
                      {.concurrency = Concurrency::replicated});
  for (const std::int64_t number : {1, 10, 100}) {
    auto state = std::make_unique<NumberState>();
    state->number = number;
    slot.check_in(std::move(state));
  }
  slot.merge_states();
  EXPECT_EQ(number_in(*slot.shared_state()), 111);
  std::unique_ptr<State> state;
  EXPECT_TRUE(slot.check_out(state, call_error_));
  EXPECT_EQ(state, nullptr) << "from then on the shared one is used";
}

TEST_F(SlotTest, AnEmptyInputHasAFreshState) {
  Slot& slot = opened({}, {.concurrency = Concurrency::serial});
  slot.merge_states();
  ASSERT_NE(slot.shared_state(), nullptr);
  EXPECT_EQ(number_in(*slot.shared_state()), 0);
}

TEST_F(SlotTest, WhatMakeStateAndAbsorbThrowIsData) {
  Slot& slot = opened({.make_state = []() -> std::unique_ptr<State> { throw std::bad_alloc(); }},
                      {.concurrency = Concurrency::replicated});
  std::unique_ptr<State> state;
  EXPECT_FALSE(slot.check_out(state, call_error_));
  EXPECT_EQ(call_error_->error_class, ErrorClass::resource);

  Slot& other =
      opened({.absorb = [](State&, State&) { throw 17; }}, {.concurrency = Concurrency::replicated});
  other.check_in(std::make_unique<NumberState>());
  other.check_in(std::make_unique<NumberState>());
  EXPECT_THROW(other.merge_states(), int);
}

}  // namespace
}  // namespace weir::runtime
