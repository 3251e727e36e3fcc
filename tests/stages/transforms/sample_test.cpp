#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"
#include "tests/stages/testing/whole_pipeline.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using testing::deliveries;
using testing::Delivery;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::run_lines;
using testing::table;
using testing::WorkersAtRandom;

constexpr const char* kRows = "n: int64";

PlannedStage sample(const std::string& yaml) {
  return PlannedStage(describe_sample(), yaml, {make_schema(kRows)});
}

std::vector<Batch> rows(int count) {
  std::vector<Batch> batches;
  std::vector<std::string> lines;
  for (int row = 0; row < count; ++row) {
    lines.push_back(std::to_string(row));
    if (row % 37 == 36) batches.push_back(table(kRows, std::exchange(lines, {})));
  }
  batches.push_back(table(kRows, lines));
  return batches;
}

std::vector<int> numbers(const PlannedStage& stage, int count) {
  std::vector<int> all;
  for (const std::string& line : run_lines(stage, rows(count)))
    all.push_back(std::stoi(line));
  return all;
}

TEST(Sample, GivesAboutTheShareInTheOrderOfTheInput) {
  const auto chosen = numbers(sample("share: 10%"), 20'000);
  EXPECT_NEAR(static_cast<double>(chosen.size()), 2000, 200);
  EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
  EXPECT_THAT(numbers(sample("share: 0%"), 100), IsEmpty());
  EXPECT_EQ(numbers(sample("share: 100%"), 100).size(), 100u);
}

TEST(Sample, GivesSoManyRowsOfAllInTheOrderOfTheInput) {
  const auto chosen = numbers(sample("rows: 500"), 20'000);
  ASSERT_EQ(chosen.size(), 500u);
  EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
  const auto early = std::count_if(chosen.begin(), chosen.end(), [](int n) { return n < 10'000; });
  EXPECT_NEAR(static_cast<double>(early), 250, 70) << "the last are as likely as the first";
  EXPECT_EQ(numbers(sample("rows: 500"), 100).size(), 100u);
  EXPECT_THAT(numbers(sample("rows: 0"), 100), IsEmpty());
}

TEST(Sample, FollowsFromItsSeed) {
  for (const std::string what : {"share: 10%", "rows: 50"}) {
    EXPECT_EQ(numbers(sample("{" + what + ", seed: 1}"), 1000),
              numbers(sample("{" + what + ", seed: 1}"), 1000));
    EXPECT_NE(numbers(sample("{" + what + ", seed: 1}"), 1000),
              numbers(sample("{" + what + ", seed: 2}"), 1000));
  }
}

TEST(Sample, DoesNotDependOnTheWorkers) {
  const PlannedStage stage = sample("rows: 50");
  const auto expected = run_lines(stage, rows(5000));
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CollectingEmitter out;
    WorkersAtRandom(1 + seed % 4, seed).run(stage, deliveries(rows(5000)), out);
    EXPECT_EQ(lines_of(out.batches()), expected);
  }
}

// What was tried again comes in parts, numbered as such, that are slices of what the batch was.
TEST(Sample, DoesNotDependOnTheParts) {
  for (const char* yaml : {"share: 10%", "rows: 20"}) {
    std::vector<Delivery> parts;
    for (const Delivery& whole : deliveries(rows(500))) {
      const std::size_t cut = whole.batch->rows() / 3;
      parts.push_back({0, whole.batch->slice(0, cut), whole.place});
      Place behind = whole.place;
      ++behind.sub;
      parts.push_back({0, whole.batch->slice(cut, whole.batch->rows() - cut), behind});
    }
    CollectingEmitter out;
    WorkersAtRandom(2, 3).run(sample(yaml), std::move(parts), out);
    EXPECT_EQ(lines_of(out.batches()), run_lines(sample(yaml), rows(500))) << yaml;
  }
}

TEST(Sample, WantsEitherRowsOrAShare) {
  EXPECT_THAT(sample("seed: 1").problems(), HasSubstr("write one of them"));
  EXPECT_THAT(sample("{rows: 1, share: 1%}").problems(), HasSubstr("write one of them"));
  EXPECT_THAT(sample("share: 2").problems(), HasSubstr("a share"));
}

TEST(Sample, WritesTheSameWhateverTheThreads) {
  std::string csv = "n\n";
  for (int row = 0; row < 300'000; ++row)
    csv += std::to_string(row) + "\n";
  const std::string share = testing::WholePipeline(csv, "  - {type: sample, share: 1%, seed: 3}\n").output();
  EXPECT_NEAR(static_cast<double>(std::count(share.begin(), share.end(), '\n')), 3000, 300);
  const std::string some = testing::WholePipeline(csv, "  - {type: sample, rows: 1000}\n").output();
  EXPECT_EQ(std::count(some.begin(), some.end(), '\n'), 1001);
}

}  // namespace
}  // namespace weir
