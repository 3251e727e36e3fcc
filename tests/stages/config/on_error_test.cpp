#include "stages/config/on_error.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "stages/config/diagnostic_text.hpp"
#include "stages/config/yaml_reader.hpp"

namespace weir {
namespace {

std::string shown(const ErrorChain& chain) {
  std::string text;
  for (const RecoveryStep& step : chain.steps) {
    const bool retries = step.kind == RecoveryStep::Kind::retry;
    text += (retries ? "retry " : "restart ") + std::to_string(step.times);
    if (step.backoff.initial > Duration::zero()) {
      const auto in_ms = [](Duration delay) { return std::to_string(delay / std::chrono::milliseconds(1)); };
      text += " from " + in_ms(step.backoff.initial) + " to " + in_ms(step.backoff.max) + " ms";
      if (step.backoff.jitter > 0)
        text += " give or take " + std::to_string(step.backoff.jitter).substr(0, 4);
    }
    text += ", ";
  }
  return text.append(to_string(chain.last));
}

std::string shown(const ErrorThreshold& threshold) {
  std::string text;
  if (threshold.share) text += " share " + std::to_string(*threshold.share).substr(0, 5);
  if (threshold.min_records > 0) text += " of " + std::to_string(threshold.min_records);
  if (threshold.count) text += " count " + std::to_string(*threshold.count);
  return text;
}

// The chains of data, io, timeout, resource and other; then the threshold.
std::vector<std::string> read(const std::string& yaml) {
  Problems problems;
  const ConfigValue value = read_yaml(yaml, "x.yaml", "", problems);
  const auto policy = read_on_error(value, "stage.on_error", problems);
  if (!policy) return {to_text(problems.all(), Colour::never)};
  EXPECT_TRUE(problems.empty());
  std::vector<std::string> lines;
  for (const ErrorChain& chain : policy->by_class)
    lines.push_back(shown(chain));
  if (policy->threshold.is_set()) lines.push_back(shown(policy->threshold));
  return lines;
}

using Lines = std::vector<std::string>;

TEST(OnError, OneActionIsForErrorsOfEveryClass) {
  for (const std::string end : {"fail", "skip", "dead_letter"}) {
    EXPECT_EQ(read(end), Lines(5, end));
    EXPECT_EQ(read("[" + end + "]"), Lines(5, end));
  }
}

TEST(OnError, DataErrorsComeToTheirEndAtOnceUnlessTheirClassSaysOtherwise) {
  const std::string chain = "retry 3, restart 1, dead_letter";
  EXPECT_EQ(read("[{retry: 3}, restart, dead_letter]"), (Lines{"dead_letter", chain, chain, chain, chain}));
  EXPECT_EQ(read("data: [{retry: 3}, restart, dead_letter]"), (Lines{chain, "fail", "fail", "fail", "fail"}));
}

TEST(OnError, AChainEndsInFailWhereItSaysNothingElse) {
  EXPECT_EQ(read("restart")[4], "restart 1, fail");
  EXPECT_EQ(read("restart: 4")[4], "restart 4, fail");
  EXPECT_EQ(read("retry: 2")[4], "retry 2, fail");
  EXPECT_EQ(read("[{retry: 2}, {restart: 3}, {retry: 1}]")[4], "retry 2, restart 3, retry 1, fail");
}

TEST(OnError, RetriesBackOffAsTheySay) {
  EXPECT_EQ(read("{retry: 3, backoff: 250ms}")[4], "retry 3 from 250 to 10000 ms, fail");
  EXPECT_EQ(read("{retry: 3, backoff: 1m}")[4], "retry 3 from 60000 to 60000 ms, fail")
      << "the longest delay is at least the first";
  EXPECT_EQ(read("{retry: 3, backoff: 0s}")[4], "retry 3, fail");
  EXPECT_EQ(read("{retry: 3, backoff: {initial: 10ms, max: 1s, jitter: 0.25}}")[4],
            "retry 3 from 10 to 1000 ms give or take 0.25, fail");
  EXPECT_EQ(read("{retry: 3, backoff: {initial: 10ms, jitter: 50%}}")[4],
            "retry 3 from 10 to 10000 ms give or take 0.50, fail");
}

TEST(OnError, ByClassTheOthersFail) {
  EXPECT_EQ(read("{data: skip, io: [{retry: 3}, dead_letter], timeout: {restart: 2}, other: dead_letter}"),
            (Lines{"skip", "retry 3, dead_letter", "restart 2, fail", "fail", "dead_letter"}));
}

TEST(OnError, AThresholdIsAShareOrACount) {
  EXPECT_EQ(read("{data: skip, threshold: 1%}").back(), " share 0.010");
  EXPECT_EQ(read("{data: skip, threshold: 0.05}").back(), " share 0.050");
  EXPECT_EQ(read("{data: skip, threshold: 100}").back(), " count 100");
  EXPECT_EQ(read("{data: dead_letter, threshold: 0}").back(), " count 0");
  EXPECT_EQ(read("{data: skip, threshold: {share: 1%, min_records: 1000, count: 100}}").back(),
            " share 0.010 of 1000 count 100");
}

}  // namespace
}  // namespace weir
