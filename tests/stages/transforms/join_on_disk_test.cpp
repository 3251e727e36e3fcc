// Joins whose right input memory does not hold.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/planned_stage.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using testing::Delivery;
using ::testing::HasSubstr;
using testing::lines_of;
using testing::little_memory;
using testing::make_schema;
using testing::PlannedStage;
using testing::table;
using testing::WorkersAtRandom;

constexpr const char* kSchema = "k: string, n: int64";

// Records with every `step`th key, of which each comes `times` times in a row; one in 50 is NULL.
std::vector<Delivery> records(PortIndex port, std::size_t count, std::size_t step, std::size_t times) {
  std::vector<Delivery> all;
  for (std::size_t begin = 0; begin < count; begin += 100) {
    std::vector<std::string> lines;
    for (std::size_t i = begin; i < begin + 100; ++i) {
      const std::size_t key = i / times * step * 7919 % count;
      lines.push_back((i % 50 == 7 ? "~" : "a key that is not short " + std::to_string(key)) + ", " +
                      std::to_string(i));
    }
    const auto number = static_cast<std::uint32_t>(all.size());
    all.push_back({port, table(kSchema, lines), {0, number % 3, number / 3}});
  }
  return all;
}

std::vector<Delivery> both_inputs(std::size_t matches_of_right) {
  std::vector<Delivery> input = records(0, 3000, 3, 1);
  for (Delivery& each : records(1, 2000, 2, matches_of_right))
    input.push_back(std::move(each));
  return input;
}

PlannedStage join(const std::string& yaml, std::shared_ptr<MemoryBudget> memory) {
  return PlannedStage(describe_join(), yaml, {make_schema(kSchema), make_schema(kSchema)}, {},
                      std::move(memory));
}

struct JoinOnDiskCase {
  const char* name;
  std::size_t workers;
  std::size_t memory_bytes;
};

class JoinsOnDisk : public ::testing::TestWithParam<JoinOnDiskCase> {
 protected:
  static void expect_the_same(const std::string& yaml, std::size_t matches_of_right) {
    SCOPED_TRACE(yaml);
    CollectingEmitter in_memory;
    WorkersAtRandom(1, 7).run(join(yaml, nullptr), both_inputs(matches_of_right), in_memory);
    const auto memory = little_memory(GetParam().memory_bytes);
    CollectingEmitter on_disk;
    WorkersAtRandom(GetParam().workers, 7).run(join(yaml, memory), both_inputs(matches_of_right), on_disk);
    EXPECT_EQ(lines_of(on_disk.batches()), lines_of(in_memory.batches()));
    EXPECT_EQ(on_disk.filtered_rows, in_memory.filtered_rows);
    EXPECT_EQ(on_disk.rejections.size(), in_memory.rejections.size());
    EXPECT_EQ(memory->claimed_bytes(), 0u);
  }
};

TEST_P(JoinsOnDisk, GiveTheSameRecordsInTheSameOrder) {
  for (const char* how : {"inner", "left", "full", "semi", "anti"})
    expect_the_same("{on: k, how: " + std::string(how) + "}", 3);
}

TEST_P(JoinsOnDisk, RefuseTheSameRecords) { expect_the_same("{on: k, match: one}", 2); }

INSTANTIATE_TEST_SUITE_P(Memory, JoinsOnDisk,
                         ::testing::Values(JoinOnDiskCase{"OfOneWorker", 1, 200'000},
                                           JoinOnDiskCase{"OfSeveralWorkers", 4, 200'000},
                                           JoinOnDiskCase{"PartedAgain", 2, 60'000}),
                         [](const auto& info) { return info.param.name; });

TEST(JoinOnDisk, EndsWithAnErrorWhereOneKeyIsTooMuch) {
  const auto memory = little_memory(60'000);
  std::vector<std::string> lines(100, "the same key for all records, 1");
  std::vector<Delivery> input;
  for (std::size_t i = 0; i < 100; ++i)
    input.push_back({1, table(kSchema, lines), {0, 0, i}});
  CollectingEmitter out;
  try {
    WorkersAtRandom(1, 7).run(join("on: k", memory), input, out);
    FAIL() << "10,000 records fit into 60,000 bytes";
  } catch (const Error& error) {
    EXPECT_EQ(error.error_class(), ErrorClass::resource);
    EXPECT_THAT(
        error.what(),
        HasSubstr("out of memory: this stage holds the records of one key of a join's right input in "));
  }
}

}  // namespace
}  // namespace weir
