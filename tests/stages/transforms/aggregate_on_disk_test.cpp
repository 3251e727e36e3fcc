// Aggregations of more groups than memory holds.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using testing::deliveries;
using testing::Delivery;
using ::testing::HasSubstr;
using testing::lines_of;
using testing::little_memory;
using testing::make_schema;
using testing::PlannedStage;
using testing::table;
using testing::WorkersAtRandom;

constexpr const char* kSchema = "k: string, n: int64";

// Each key comes three times, near or far apart; one is NULL.
enum class Apart { near, far };
std::vector<Delivery> many_keys(std::size_t keys, Apart apart) {
  std::vector<Batch> batches;
  for (std::size_t begin = 0; begin < 3 * keys; begin += 100) {
    std::vector<std::string> lines;
    for (std::size_t i = begin; i < begin + 100; ++i) {
      const std::size_t key = apart == Apart::far ? i * 7919 % keys : i / 3;
      lines.push_back((key == 5 ? "~" : "a key that is not short " + std::to_string(key)) + ", " +
                      std::to_string(i));
    }
    batches.push_back(table(kSchema, lines));
  }
  return deliveries(batches);
}

constexpr const char* kOfOneSize =
    "{group_by: k, select: {n: count(*), s: sum(n), a: avg(n), lo: min(n), hi: max(k), f: first(n), l: "
    "last(n), "
    "e: count(*) filter (where n % 2 = 0), x: 'arg_max(k, n)', v: stddev(n)}}";
constexpr const char* kOfAllValues =
    "{group_by: k, select: {m: median(n), o: mode(n), d: count(distinct n), t: string_agg(k), p: "
    "'approx_quantile(n, 0.5)', q: approx_count_distinct(n)}}";

PlannedStage aggregate(const std::string& yaml, std::shared_ptr<MemoryBudget> memory) {
  return PlannedStage(describe_aggregate(), yaml, {make_schema(kSchema)}, {}, std::move(memory));
}

std::vector<std::string> lines(const PlannedStage& stage, std::vector<Delivery> input, std::size_t workers,
                               CollectingEmitter& out) {
  WorkersAtRandom(workers, 42).run(stage, std::move(input), out);
  return lines_of(out.batches());
}

void expect_the_same(const char* yaml, const std::vector<Delivery>& input, std::size_t workers,
                     std::size_t memory_bytes) {
  CollectingEmitter in_memory;
  const std::vector<std::string> whole = lines(aggregate(yaml, nullptr), input, 1, in_memory);
  const auto memory = little_memory(memory_bytes);
  CollectingEmitter on_disk;
  EXPECT_EQ(lines(aggregate(yaml, memory), input, workers, on_disk), whole);
  EXPECT_EQ(memory->claimed_bytes(), 0u);
}

struct OnDiskCase {
  const char* name;
  std::size_t workers;
  std::size_t memory_bytes;
};

class AggregatesOnDisk : public ::testing::TestWithParam<OnDiskCase> {};

TEST_P(AggregatesOnDisk, GiveTheSameGroupsInTheSameOrder) {
  expect_the_same(kOfOneSize, many_keys(2000, Apart::far), GetParam().workers, GetParam().memory_bytes);
}

INSTANTIATE_TEST_SUITE_P(Memory, AggregatesOnDisk,
                         ::testing::Values(OnDiskCase{"OfOneWorker", 1, 1'000'000},
                                           OnDiskCase{"OfSeveralWorkers", 3, 1'500'000},
                                           OnDiskCase{"PartedAgain", 1, 200'000},
                                           OnDiskCase{"PartedAgainFromSeveralWorkers", 3, 400'000}),
                         [](const auto& info) { return info.param.name; });

TEST(AggregateOnDisk, KeepsAllValuesOfGroupsThatAreOnDisk) {
  expect_the_same(kOfAllValues, many_keys(2000, Apart::near), 1, 3'000'000);
  expect_the_same(kOfAllValues, many_keys(2000, Apart::near), 3, 6'000'000);
}

TEST(AggregateOnDisk, TellsWhichGroupsCannotBeComputedAsInMemory) {
  std::vector<Batch> batches;
  for (int i = 0; i < 6000; i += 100) {
    std::vector<std::string> rows;
    for (int key = i % 3000; key < i % 3000 + 100; ++key)
      rows.push_back("a key that is not short " + std::to_string(key) + ", " +
                     (key % 700 == 0 ? "9223372036854775807" : "1"));
    batches.push_back(table(kSchema, rows));
  }
  const std::vector<Delivery> input = deliveries(batches);
  constexpr const char* kSum = "{group_by: k, select: {s: sum(n)}}";
  CollectingEmitter in_memory;
  CollectingEmitter on_disk;
  EXPECT_EQ(lines(aggregate(kSum, nullptr), input, 1, in_memory),
            lines(aggregate(kSum, little_memory(300'000)), input, 1, on_disk));
  ASSERT_EQ(in_memory.rejections.size(), 5u);
  ASSERT_EQ(on_disk.rejections.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i)
    EXPECT_EQ(on_disk.rejections[i].error.message, in_memory.rejections[i].error.message);
}

TEST(AggregateOnDisk, EndsWithAnErrorWhereOneGroupIsTooMuch) {
  const PlannedStage stage = aggregate("select: {m: median(n)}", little_memory(20'000));
  CollectingEmitter out;
  try {
    lines(stage, many_keys(2000, Apart::far), 1, out);
    FAIL() << "6,000 values fit into 20,000 bytes";
  } catch (const Error& error) {
    EXPECT_EQ(error.error_class(), ErrorClass::resource);
    EXPECT_THAT(error.what(), HasSubstr("out of memory: this stage holds the values of groups in "));
    EXPECT_THAT(error.what(), HasSubstr("; give the run more by `runtime: {memory: ...}`"));
  }
}

}  // namespace
}  // namespace weir
