#include "cli/exit_code.hpp"

#include <gtest/gtest.h>

namespace weir {
namespace {

RunReport failed(const std::string& stage, const std::string& during, ErrorClass error_class) {
  RunReport report;
  report.status = RunStatus::failed;
  report.edges = {
      {"reader", "out", "filter", "in"}, {"filter", "out", "sort", "in"}, {"sort", "out", "writer", "in"}};
  report.failure = Failure{stage, during, {error_class, "message", "type", nullptr}, {}, {}};
  return report;
}

TEST(ExitCodeOfARun, FollowsItsFailure) {
  EXPECT_EQ(exit_code(failed("filter", "process", ErrorClass::data)), ExitCode::bad_data);
  EXPECT_EQ(exit_code(failed("reader", "decode", ErrorClass::data)), ExitCode::bad_data);
  EXPECT_EQ(exit_code(failed("reader", "open", ErrorClass::io)), ExitCode::missing_input);
  EXPECT_EQ(exit_code(failed("writer", "open", ErrorClass::io)), ExitCode::unwritable_output);
  EXPECT_EQ(exit_code(failed("reader", "next", ErrorClass::io)), ExitCode::io_failed);
  EXPECT_EQ(exit_code(failed("writer", "write", ErrorClass::io)), ExitCode::io_failed);
  EXPECT_EQ(exit_code(failed("filter", "process", ErrorClass::other)), ExitCode::run_failed);
  EXPECT_EQ(exit_code(failed("sort", "process", ErrorClass::resource)), ExitCode::run_failed);
}

TEST(ExitCodeOfARun, FollowsItsStatus) {
  RunReport report;
  EXPECT_EQ(exit_code(report), ExitCode::done);
  report.status = RunStatus::drained;
  EXPECT_EQ(exit_code(report), ExitCode::stopped);
  report.status = RunStatus::stopped;
  EXPECT_EQ(exit_code(report), ExitCode::interrupted);
}

TEST(ExitCodeOfARun, IsThatOfACleanStopWhereItsDeadlineWasReached) {
  RunReport report;
  report.deadline_reached = true;
  report.status = RunStatus::drained;
  EXPECT_EQ(exit_code(report), ExitCode::stopped);
  report.status = RunStatus::stopped;
  EXPECT_EQ(exit_code(report), ExitCode::stopped);
  report.status = RunStatus::succeeded;
  EXPECT_EQ(exit_code(report), ExitCode::done) << "it came to its end all the same";
}

TEST(ExitCodeOfARun, AdmitsOurBugFirst) {
  RunReport report = failed("filter", "process", ErrorClass::data);
  StageReport stage;
  stage.name = "filter";
  stage.in = 5;
  stage.processed = 4;
  report.stages = {stage};
  EXPECT_EQ(exit_code(report), ExitCode::our_bug);
  report.hung = {"filter"};
  EXPECT_EQ(exit_code(report), ExitCode::bad_data)
      << "the missing record is with the stage that never returned";
}

TEST(ExitCodeOfAConfig, IsThatOfTheWorstProblem) {
  Diagnostic config, bad, input, output;
  bad.kind = ProblemKind::bad_input;
  input.kind = ProblemKind::missing_input;
  output.kind = ProblemKind::unwritable_output;
  EXPECT_EQ(exit_code(ConfigError({input, config, output})), ExitCode::wrong_config);
  EXPECT_EQ(exit_code(ConfigError({input, bad})), ExitCode::bad_data);
  EXPECT_EQ(exit_code(ConfigError({output, input})), ExitCode::missing_input);
  EXPECT_EQ(exit_code(ConfigError({output})), ExitCode::unwritable_output);
}

}  // namespace
}  // namespace weir
