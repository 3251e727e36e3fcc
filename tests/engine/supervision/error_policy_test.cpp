#include "weir/error_policy.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace weir {
namespace {

using namespace std::chrono_literals;

constexpr ErrorClass kClasses[] = {ErrorClass::data, ErrorClass::io, ErrorClass::timeout,
                                   ErrorClass::resource, ErrorClass::other};
static_assert(std::size(kClasses) == kErrorClasses);

ErrorInfo error_of(ErrorClass error_class) { return {.error_class = error_class}; }
ErrorInfo thrown(const std::function<void()>& raise) {
  try {
    raise();
  } catch (...) {
    return describe_current_exception();
  }
  return {};
}

std::string to_text(const Decision& decision) {
  switch (decision.kind) {
    case Decision::Kind::retry:
      return "retry " + std::to_string(decision.nth);
    case Decision::Kind::restart:
      return "restart " + std::to_string(decision.nth);
    case Decision::Kind::skip:
      return "skip";
    case Decision::Kind::dead_letter:
      return "dead_letter";
    case Decision::Kind::fail:
      break;
  }
  return "fail";
}

/// What is decided about a record that fails again and again, until its road ends.
std::string road_of(const ErrorPolicy& policy, const ErrorInfo& error) {
  std::string road;
  for (std::uint32_t failures = 1;; ++failures) {
    const Decision decision = policy.decide(error, failures);
    road += (road.empty() ? "" : ", ") + to_text(decision);
    const bool goes_on = decision.kind == Decision::Kind::retry || decision.kind == Decision::Kind::restart;
    EXPECT_EQ(decision.step != nullptr, goes_on);
    if (!goes_on) return road;
  }
}

TEST(ErrorPolicy, UsesUpEachStepOfAChainInOrderAndThenEnds) {
  const struct {
    ErrorChain chain;
    std::string road;
  } cases[] = {
      {FailureAction::fail, "fail"},
      {FailureAction::skip, "skip"},
      {FailureAction::dead_letter, "dead_letter"},
      {{{retry(1)}, FailureAction::fail}, "retry 0, fail"},
      {{{retry(3)}, FailureAction::skip}, "retry 0, retry 1, retry 2, skip"},
      {{{restart()}, FailureAction::fail}, "restart 0, fail"},
      {{{retry(2), restart(1)}, FailureAction::dead_letter}, "retry 0, retry 1, restart 0, dead_letter"},
      {{{restart(2), retry(1)}, FailureAction::fail}, "restart 0, restart 1, retry 0, fail"},
      {{{retry(1), retry(2)}, FailureAction::fail}, "retry 0, retry 0, retry 1, fail"},
      {{{retry(1), restart(1), retry(1), restart(1)}, FailureAction::skip},
       "retry 0, restart 0, retry 0, restart 0, skip"},
      {{{retry(0), restart(1), retry(0)}, FailureAction::fail}, "restart 0, fail"},
      {{{retry(0)}, FailureAction::skip}, "skip"},
  };
  for (const auto& [chain, road] : cases) {
    ErrorPolicy policy;
    policy.by_class.fill(chain);
    for (const ErrorClass error_class : kClasses)
      EXPECT_EQ(road_of(policy, error_of(error_class)), road);
  }
}

TEST(ErrorPolicy, StaysAtTheEndHoweverOftenTheRecordFails) {
  const ErrorPolicy policy = ErrorPolicy::always({{retry(2), restart(2)}, FailureAction::skip});
  for (const std::uint32_t failures : {5U, 6U, 100U, 4'294'967'295U})
    EXPECT_EQ(to_text(policy.decide(error_of(ErrorClass::io), failures)), "skip") << failures;
}

TEST(ErrorPolicy, DoesNotOverflowWhereStepsAreAsLongAsCanBe) {
  constexpr std::uint32_t kMost = 4'294'967'295U;
  const ErrorPolicy policy = ErrorPolicy::always({{retry(kMost), restart(kMost)}, FailureAction::skip});
  EXPECT_EQ(to_text(policy.decide(error_of(ErrorClass::io), kMost)), "retry " + std::to_string(kMost - 1));
  const ErrorPolicy two = ErrorPolicy::always({{retry(kMost - 1), restart(kMost)}, FailureAction::skip});
  EXPECT_EQ(to_text(two.decide(error_of(ErrorClass::io), kMost)), "restart 0");
}

TEST(ErrorPolicy, FailsUnlessItIsToldOtherwise) {
  const ErrorPolicy policy;
  for (const ErrorClass error_class : kClasses)
    EXPECT_EQ(road_of(policy, error_of(error_class)), "fail");
}

/// The same input gives the same failure: what is always done about others would be in vain.
TEST(ErrorPolicy, AlwaysTriesNoDataErrorAgain) {
  const ErrorPolicy policy = ErrorPolicy::always({{retry(2), restart(1)}, FailureAction::dead_letter});
  for (const ErrorClass error_class : kClasses) {
    EXPECT_EQ(road_of(policy, error_of(error_class)),
              error_class == ErrorClass::data ? "dead_letter" : "retry 0, retry 1, restart 0, dead_letter");
  }
}

TEST(ErrorPolicy, TriesADataErrorAgainWhereItIsListed) {
  ErrorPolicy policy = ErrorPolicy::always({{retry(1)}, FailureAction::fail});
  policy.of(ErrorClass::data) = {{retry(1)}, FailureAction::skip};
  EXPECT_EQ(road_of(policy, error_of(ErrorClass::data)), "retry 0, skip");
}

TEST(ErrorPolicy, EachClassHasAChainOfItsOwn) {
  ErrorPolicy policy;
  policy.of(ErrorClass::data) = FailureAction::dead_letter;
  policy.of(ErrorClass::io) = {{retry(1)}, FailureAction::fail};
  policy.of(ErrorClass::timeout) = {{restart(1)}, FailureAction::skip};
  EXPECT_EQ(road_of(policy, error_of(ErrorClass::data)), "dead_letter");
  EXPECT_EQ(road_of(policy, error_of(ErrorClass::io)), "retry 0, fail");
  EXPECT_EQ(road_of(policy, error_of(ErrorClass::timeout)), "restart 0, skip");
  EXPECT_EQ(road_of(policy, error_of(ErrorClass::resource)), "fail");
}

/// A record that fails once so and once otherwise must not have the steps of both.
TEST(ErrorPolicy, WhatWasUsedUpByOneClassOfErrorIsUsedUpForOthers) {
  ErrorPolicy policy;
  policy.of(ErrorClass::io) = {{retry(2)}, FailureAction::fail};
  policy.of(ErrorClass::timeout) = {{retry(1), restart(2)}, FailureAction::skip};
  EXPECT_EQ(to_text(policy.decide(error_of(ErrorClass::io), 1)), "retry 0");
  EXPECT_EQ(to_text(policy.decide(error_of(ErrorClass::timeout), 2)), "restart 0");
  EXPECT_EQ(to_text(policy.decide(error_of(ErrorClass::io), 3)), "fail");
  EXPECT_EQ(to_text(policy.decide(error_of(ErrorClass::timeout), 3)), "restart 1");
  EXPECT_EQ(to_text(policy.decide(error_of(ErrorClass::timeout), 4)), "skip");
}

TEST(ErrorPolicy, AsksForTheTypeOfWhatWasThrownBeforeItsClass) {
  ErrorPolicy policy = ErrorPolicy::always(FailureAction::skip);
  policy.by_type = {on<std::out_of_range>({{retry(1)}, FailureAction::fail}),
                    on<std::logic_error>(FailureAction::dead_letter),
                    on<int>({{restart(1)}, FailureAction::skip})};
  const auto road = [&](const std::function<void()>& raise) { return road_of(policy, thrown(raise)); };
  EXPECT_EQ(road([] { throw std::out_of_range("far"); }), "retry 0, fail") << "the first that matches";
  EXPECT_EQ(road([] { throw std::domain_error("odd"); }), "dead_letter")
      << "a type derived from it matches too";
  EXPECT_EQ(road([] { throw 17; }), "restart 0, skip");
  EXPECT_EQ(road([] { throw std::runtime_error("other"); }), "skip");
  EXPECT_EQ(road_of(policy, error_of(ErrorClass::other)), "skip")
      << "an error that was not thrown has no type";
}

TEST(ErrorPolicy, TheDecisionNamesTheStepForItsBackoff) {
  const ErrorPolicy policy =
      ErrorPolicy::always({{retry(1, {.initial = 1s}), retry(2, {.initial = 5s})}, FailureAction::fail});
  EXPECT_EQ(policy.decide(error_of(ErrorClass::io), 1).step->backoff.initial, 1s);
  EXPECT_EQ(policy.decide(error_of(ErrorClass::io), 2).step->backoff.initial, 5s);
  EXPECT_EQ(policy.decide(error_of(ErrorClass::io), 3).nth, 1u);
}

TEST(ErrorPolicy, KnowsWhatItMayDo) {
  ErrorPolicy policy;
  EXPECT_TRUE(policy.may(FailureAction::fail));
  EXPECT_FALSE(policy.may(FailureAction::skip));
  EXPECT_FALSE(policy.may(RecoveryStep::Kind::retry));
  policy.of(ErrorClass::timeout) = {{retry(1)}, FailureAction::dead_letter};
  EXPECT_TRUE(policy.may(FailureAction::dead_letter));
  EXPECT_TRUE(policy.may(RecoveryStep::Kind::retry));
  EXPECT_FALSE(policy.may(RecoveryStep::Kind::restart));
  policy.by_type = {on<int>({{restart(1)}, FailureAction::skip})};
  EXPECT_TRUE(policy.may(FailureAction::skip));
  EXPECT_TRUE(policy.may(RecoveryStep::Kind::restart));
}

TEST(FailureActions, AreNamedAsAConfigWritesThem) {
  EXPECT_EQ(to_string(FailureAction::fail), "fail");
  EXPECT_EQ(to_string(FailureAction::skip), "skip");
  EXPECT_EQ(to_string(FailureAction::dead_letter), "dead_letter");
}

ErrorChain any_chain() {
  const auto steps = *rc::gen::inRange(0, 5);
  ErrorChain chain(*rc::gen::element(FailureAction::fail, FailureAction::skip, FailureAction::dead_letter));
  for (int i = 0; i < steps; ++i) {
    const auto times = *rc::gen::inRange(0U, 6U);
    chain.steps.push_back(*rc::gen::arbitrary<bool>() ? RecoveryStep(retry(times)) : restart(times));
  }
  return chain;
}

RC_GTEST_PROP(ErrorPolicyProperty, ARecordIsTriedAgainAsOftenAsAllStepsSayAndNoOftener, ()) {
  const ErrorChain chain = any_chain();
  ErrorPolicy policy;
  policy.by_class.fill(chain);
  std::uint32_t all = 0;
  for (const RecoveryStep& step : chain.steps)
    all += step.times;
  const ErrorInfo error = error_of(*rc::gen::element(ErrorClass::data, ErrorClass::io, ErrorClass::other));
  std::vector<std::uint32_t> used(chain.steps.size());
  std::size_t at = 0;
  for (std::uint32_t failures = 1; failures <= all; ++failures) {
    const Decision decision = policy.decide(error, failures);
    RC_ASSERT(decision.step != nullptr);
    const auto step = static_cast<std::size_t>(decision.step - policy.of(error.error_class).steps.data());
    RC_ASSERT(step >= at);
    at = step;
    RC_ASSERT(decision.nth == used[step]++);
    RC_ASSERT((decision.kind == Decision::Kind::retry) == (decision.step->kind == RecoveryStep::Kind::retry));
  }
  for (std::size_t step = 0; step < used.size(); ++step)
    RC_ASSERT(used[step] == chain.steps[step].times);
  for (std::uint32_t more = 1; more < 4; ++more)
    RC_ASSERT(policy.decide(error, all + more).step == nullptr);
}

/// Whatever the order in which errors of different classes come, the longest chain bounds the attempts.
RC_GTEST_PROP(ErrorPolicyProperty, MixedErrorsMakeNoRecordLoop, ()) {
  ErrorPolicy policy;
  std::uint32_t longest = 0;
  for (ErrorChain& chain : policy.by_class) {
    chain = any_chain();
    std::uint32_t all = 0;
    for (const RecoveryStep& step : chain.steps)
      all += step.times;
    longest = std::max(longest, all);
  }
  std::uint32_t failures = 0;
  while (policy
             .decide(error_of(*rc::gen::elementOf(std::vector(std::begin(kClasses), std::end(kClasses)))),
                     ++failures)
             .step) {
    RC_ASSERT(failures <= longest);
  }
}

}  // namespace
}  // namespace weir
