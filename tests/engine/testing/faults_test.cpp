// What weir/testing/faults.hpp promises to those who test with it.
#include "weir/testing/faults.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "tests/engine/testing/number_stages.hpp"
#include "weir/testing/run_inline.hpp"

namespace weir::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FaultsTest : public ::testing::Test {
 protected:
  enum Stage : StageIndex { kSource, kMap, kSink };

  FaultsTest() {
    graph_ = chain(
        {count_up("numbers", 6, 2), map("same", [](std::int64_t n) { return n; }), collect("out", out_)});
  }
  RunReport run_with_faults(StageIndex stage, const ErrorChain& chain) {
    StageSpec& spec = graph_.stages[stage];
    spec.on_error = ErrorPolicy::always(chain);
    spec = faulty(spec, faults_);
    return run_inline(graph_);
  }

  CollectedPtr out_ = std::make_shared<Collected>();
  FaultsPtr faults_ = std::make_shared<Faults>();
  Graph graph_;
};

TEST_F(FaultsTest, StrikeTheRecordThatDescribesItselfSo) {
  faults_->at_value("3");
  EXPECT_TRUE(run_with_faults(kMap, FailureAction::skip).succeeded());
  EXPECT_THAT(out_->values, ElementsAre(0, 1, 2, 3, 4, 5))
      << "it strikes once; the batch's halves went through";
  EXPECT_EQ(faults_->left(), 0u);
}

TEST_F(FaultsTest, StrikeAsOftenAsTheyAreTold) {
  faults_->at_value("3", 2);
  EXPECT_TRUE(run_with_faults(kMap, FailureAction::skip).succeeded());
  EXPECT_THAT(out_->values, ElementsAre(0, 1, 2, 4, 5)) << "the batch, then the record alone";
}

TEST_F(FaultsTest, StrikeTheNthRecordWhateverItIs) {
  faults_->at_record(4, 3);
  const RunReport report = run_with_faults(kMap, {{retry(1)}, FailureAction::skip});
  EXPECT_TRUE(report.succeeded());
  EXPECT_THAT(out_->values, ElementsAre(0, 1, 2, 4, 5));
  EXPECT_EQ(report.stages[kMap].failures, 3u);
}

TEST_F(FaultsTest, StrikeASourcesPieces) {
  faults_->at_piece(2, 2);
  EXPECT_TRUE(run_with_faults(kSource, {{retry(2)}, FailureAction::fail}).succeeded());
  EXPECT_EQ(out_->values, zero_to(6));
  EXPECT_EQ(faults_->left(), 0u);
}

TEST_F(FaultsTest, StrikeASinksRecords) {
  faults_->at_value("5", 9);
  const RunReport report = run_with_faults(kSink, FailureAction::skip);
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(out_->values, zero_to(5));
}

TEST_F(FaultsTest, FailTheRunWhereTheFirstOpeningThrows) {
  faults_->in_open(1);
  const RunReport report = run_with_faults(kMap, FailureAction::skip);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->during, "open");
  EXPECT_THAT(report.failure->error.message, HasSubstr("a fault on purpose, at open"));
}

TEST_F(FaultsTest, BreakTheIncarnationAndItsSuccessorsOpening) {
  faults_->at_value("3").breaking_it().in_open(2);
  const RunReport report = run_with_faults(kMap, {{restart(3)}, FailureAction::fail});
  EXPECT_TRUE(report.succeeded());
  EXPECT_EQ(out_->values, zero_to(6));
  EXPECT_EQ(report.stages[kMap].restarts, 2u) << "the broken one, and the one that did not open";
}

TEST_F(FaultsTest, ThrowWhatTheyAreTold) {
  faults_->at_value("3", 9).throwing([](const std::string& where) { throw IoError("gone at " + where); });
  const RunReport report = run_with_faults(kMap, FailureAction::fail);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->error.error_class, ErrorClass::io);
  EXPECT_EQ(report.failure->error.message, "gone at record 3");
}

TEST_F(FaultsTest, StrikeWhatABreakerDoesWhenItsInputHasEnded) {
  faults_->in_finish(1);
  graph_.stages[kMap] = sum("same");
  EXPECT_TRUE(run_with_faults(kMap, {{retry(1)}, FailureAction::fail}).succeeded());
  EXPECT_THAT(out_->values, ElementsAre(15));
  EXPECT_EQ(faults_->left(), 0u);
}

}  // namespace
}  // namespace weir::testing
