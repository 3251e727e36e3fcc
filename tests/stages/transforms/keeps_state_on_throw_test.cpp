// The stages say that `process` leaves their state untouched when it throws. Here every single allocation of
// a call fails in turn; the batch is then given up or tried again, and the output must be that of a run
// without failures.

#include <gtest/gtest.h>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/failing_allocation.hpp"
#include "tests/stages/testing/planned_stage.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using testing::FailingAllocation;
using testing::lines_of;
using testing::make_schema;
using testing::PlannedStage;
using testing::table;

constexpr const char* kSchema = "s: string, n: int64, x: double";

struct KeepsStateCase {
  const char* name;
  StageDescription (*describe)();
  const char* yaml;
  std::size_t memory_bytes = 0;  ///< 0: all there is
};

class KeepsStateOnThrow : public ::testing::TestWithParam<KeepsStateCase> {
 protected:
  KeepsStateOnThrow()
      : stage_(GetParam().describe(), GetParam().yaml, {make_schema(kSchema), make_schema(kSchema)}, {},
               GetParam().memory_bytes > 0 ? testing::little_memory(GetParam().memory_bytes) : nullptr) {
    for (int batch = 0; batch < 4; ++batch) {
      std::vector<std::string> lines;
      for (int row = 0; row < 40; ++row) {
        const int value = (batch * 40 + row) * 37 % 101;
        lines.push_back("a key longer than its slot " + std::to_string(value % (10 * batch + 7)) + ", " +
                        std::to_string(value) + ", 1e" + std::to_string(batch * 60 - value % 7));
      }
      batches_.push_back(table(kSchema, lines));
    }
  }

  PortIndex port() const { return stage_.retained_port().value_or(0); }

  // What comes out when batches listed in `left_out` are not processed. A failing call is followed by a whole
  // one for those that are.
  std::vector<std::string> output_with_failures(std::size_t failing_allocation, std::size_t left_out,
                                                bool& failed) {
    const auto transform = stage_.make();
    const auto state = transform->make_state();
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      CollectingEmitter dropped;
      bool threw = false;
      try {
        const FailingAllocation failing(failing_allocation);
        transform->process({batches_[i], port(), {0, 0, i}, 0}, state.get(), dropped);
      } catch (const std::bad_alloc&) {
        threw = failed = true;
      }
      if (threw && i != left_out)
        transform->process({batches_[i], port(), {0, 0, i}, 0}, state.get(), dropped);
      if (!threw && i == left_out) return {};
    }
    return finish(*transform, *state);
  }

  std::vector<std::string> output_without(std::size_t left_out) {
    const auto transform = stage_.make();
    const auto state = transform->make_state();
    CollectingEmitter out;
    for (std::size_t i = 0; i < batches_.size(); ++i)
      if (i != left_out) transform->process({batches_[i], port(), {0, 0, i}, 0}, state.get(), out);
    return finish(*transform, *state);
  }

  std::vector<std::string> finish(Transform& transform, State& state) {
    CollectingEmitter out;
    if (stage_.retained_port()) {
      transform.end_of_input(port(), &state);
      for (Cursor at = 0; at != kDone;)
        at = transform.process({batches_[0], 0, {}, at}, &state, out);
    }
    for (Cursor at = 0; at != kDone && stage_.traits().breaker;)
      at = transform.next_output(&state, at, out);
    return lines_of(out.batches());
  }

  PlannedStage stage_;
  std::vector<Batch> batches_;
};

TEST_P(KeepsStateOnThrow, WhicheverAllocationFails) {
  ASSERT_EQ(stage_.traits().state_after_throw, StateAfterThrow::kept);
  constexpr std::size_t kNone = 99;
  const std::vector<std::string> whole = output_without(kNone);
  std::size_t allocation = 0;
  for (bool failed = true; failed; ++allocation) {
    failed = false;
    ASSERT_EQ(output_with_failures(allocation, kNone, failed), whole) << "allocation " << allocation;
    if (!failed) break;
    for (std::size_t left_out = 0; left_out < batches_.size(); ++left_out) {
      const std::vector<std::string> lines = output_with_failures(allocation, left_out, failed);
      if (lines.empty()) continue;
      ASSERT_EQ(lines, output_without(left_out)) << "allocation " << allocation;
    }
  }
  EXPECT_GT(allocation, 5u) << "few allocations failed: is this test testing anything?";
}

INSTANTIATE_TEST_SUITE_P(
    Stages, KeepsStateOnThrow,
    ::testing::Values(
        KeepsStateCase{"AggregateByString", describe_aggregate,
                       "{group_by: s, select: {n: count(*), a: avg(n), d: sum(x), lo: min(s), hi: max(s)}}"},
        KeepsStateCase{"AggregateByRow", describe_aggregate,
                       "{group_by: [n, s], select: {d: sum(x), lo: min(x)}}"},
        KeepsStateCase{"AggregateByNumber", describe_aggregate,
                       "{group_by: n, select: {d: avg(x), hi: max(s)}}"},
        KeepsStateCase{
            "AggregateThatChooses", describe_aggregate,
            "{group_by: n, select: {a: first(s), b: last(s), c: any_value(x), d: 'arg_min(s, x)', e: "
            "'arg_max(n, s)'}}"},
        KeepsStateCase{
            "AggregateThatTallies", describe_aggregate,
            "{group_by: [n % 5 as k], select: {a: count(distinct s), b: mode(n), c: 'approx_quantile(x, "
            "0.3)', d: sum(distinct n)}}"},
        KeepsStateCase{
            "AggregateThatKeepsAll", describe_aggregate,
            "{group_by: [n % 5 as k], select: {a: median(x), b: 'quantile_disc(n, 0.3)', c: string_agg(s)}}"},
        KeepsStateCase{
            "AggregateOfSketchesAndSpreads", describe_aggregate,
            "{group_by: [n % 3 as k], select: {a: approx_count_distinct(s), b: stddev(x), c: var_pop(n), d: "
            "count(*) filter (where n > 50)}}"},
        KeepsStateCase{"AggregateWithoutKeys", describe_aggregate, "select: {d: sum(x), hi: max(s)}"},
        KeepsStateCase{"AggregateOnDisk", describe_aggregate,
                       "{group_by: [n, s], select: {d: sum(x), f: first(x), l: min(s) filter (where n > 9)}}",
                       30'000},
        KeepsStateCase{"Sort", describe_sort, "by: [s desc, n]"},
        KeepsStateCase{"SortOnDisk", describe_sort, "by: [s desc, n]", 10'000},
        KeepsStateCase{"SortWithLimit", describe_sort, "{by: [s desc, n], limit: 30}"},
        KeepsStateCase{"SortPerGroup", describe_sort, "{by: [x desc, n], per: s, limit: 2}"},
        KeepsStateCase{"DistinctLast", describe_distinct, "{by: [s, n], keep: last}"},
        KeepsStateCase{"Window", describe_window,
                       "{partition_by: s, order_by: n, set: {w: lag(x), i: rank()}}"},
        KeepsStateCase{"Join", describe_join, "on: [upper(s), n]"},
        KeepsStateCase{"JoinOnDisk", describe_join, "on: [upper(s), n]", 20'000}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace weir
