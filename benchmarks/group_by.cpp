// What does a row cost in an aggregation, apart from reading and expressions?
//
// One worker takes in batches of 8192 rows that are there already. Beside it stands what such a row costs at
// least: an expert's loop for that one query over the same columns.

#include <benchmark/benchmark.h>

#include <cmath>
#include <random>
#include <string>
#include <unordered_map>

#include "stages/transforms/aggregate_state.hpp"
#include "weir/expression.hpp"

namespace {

using namespace weir;

constexpr std::size_t kBatchRows = 8192;
constexpr std::size_t kBatches = 128;

// Columns: a code of three letters, a second one, an integer key, an integer value, a double.
const Schema& schema() {
  static const Schema schema({{"origin", Type::string},
                              {"destination", Type::string},
                              {"id", Type::int64},
                              {"delay", Type::int64},
                              {"share", Type::float64}});
  return schema;
}

std::string code_of(std::uint64_t number) {
  std::string code(3, 'A');
  for (char& letter : code) {
    letter = static_cast<char>('A' + number % 26);
    number /= 26;
  }
  return code;
}

std::shared_ptr<const RecordBatch> make_batch(std::uint64_t ids, std::mt19937_64& random) {
  constexpr std::uint64_t kCodes = 300;
  ColumnBuilder origin(Type::string, kBatchRows), destination(Type::string, kBatchRows);
  ColumnBuilder id(Type::int64, kBatchRows), delay(Type::int64, kBatchRows), share(Type::float64, kBatchRows);
  for (std::size_t row = 0; row < kBatchRows; ++row) {
    origin.set_copy(row, code_of(random() % kCodes));
    destination.set_copy(row, code_of(random() % kCodes));
    id.values<std::int64_t>()[row] = static_cast<std::int64_t>(random() % ids);
    delay.values<std::int64_t>()[row] = static_cast<std::int64_t>(random() % 200) - 20;
    share.values<double>()[row] = std::ldexp(static_cast<double>(random() >> 11), -40);
  }
  std::vector<ColumnPtr> columns;
  for (ColumnBuilder* each : {&origin, &destination, &id, &delay, &share})
    columns.push_back(std::move(*each).finish());
  return std::make_shared<RecordBatch>(std::make_shared<const Schema>(schema()), std::move(columns),
                                       RowSet::range(0, kBatchRows));
}

std::vector<std::shared_ptr<const RecordBatch>> make_batches(std::uint64_t ids) {
  std::mt19937_64 random(1);
  std::vector<std::shared_ptr<const RecordBatch>> batches;
  for (std::size_t i = 0; i < kBatches; ++i)
    batches.push_back(make_batch(ids, random));
  return batches;
}

// Takes all batches in, grouped by the columns `keys`, with the calls of `select`.
void aggregate(benchmark::State& state, const std::vector<std::size_t>& keys, const char* select,
               std::uint64_t ids) {
  const auto batches = make_batches(ids);
  std::vector<Field> key_fields;
  std::vector<Type> key_types;
  for (const std::size_t key : keys) {
    key_fields.push_back(schema()[key]);
    key_types.push_back(schema()[key].type);
  }
  const auto bound = AggregateExpression::bind(Expression::parse(select), schema(), Schema(key_fields));
  for (auto _ : state) {
    AggregateState groups(key_types, bound.calls());
    for (std::size_t i = 0; i < batches.size(); ++i) {
      std::vector<ColumnPtr> key_columns;
      for (const std::size_t key : keys)
        key_columns.push_back(batches[i]->columns()[key]);
      std::vector<ColumnPtr> arguments;
      for (const auto& call : bound.calls())
        arguments.push_back(call.argument ? batches[i]->columns()[*call.argument->plain_column()] : nullptr);
      groups.take(key_columns, arguments, batches[i]->row_set(), {0, 0, i});
    }
    benchmark::DoNotOptimize(groups.in_order().data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatches * kBatchRows));
}

void string_key_300_groups_avg_count(benchmark::State& state) {
  aggregate(state, {0}, "avg(delay) + count(*)", 1);
}
void string_key_300_groups_count(benchmark::State& state) { aggregate(state, {0}, "count(*)", 1); }
void string_key_300_groups_sum_of_integers(benchmark::State& state) {
  aggregate(state, {0}, "sum(delay)", 1);
}
void string_key_300_groups_sum_of_doubles(benchmark::State& state) { aggregate(state, {0}, "sum(share)", 1); }
void two_string_keys_90000_groups_count(benchmark::State& state) { aggregate(state, {0, 1}, "count(*)", 1); }
void integer_key_300_groups_count(benchmark::State& state) { aggregate(state, {2}, "count(*)", 300); }
void integer_key_million_groups_count(benchmark::State& state) {
  aggregate(state, {2}, "count(*)", 1'000'000);
}
void integer_key_million_groups_avg_count(benchmark::State& state) {
  aggregate(state, {2}, "avg(delay) + count(*)", 1'000'000);
}

// The floor for three-letter codes: no hashing at all, an array indexed by the letters.
void by_hand_string_key_300_groups_avg_count(benchmark::State& state) {
  const auto batches = make_batches(1);
  struct Group {
    std::int64_t count, sum;
  };
  for (auto _ : state) {
    std::vector<Group> groups(26 * 26 * 26);
    for (const auto& batch : batches) {
      const auto* codes = batch->column(0).values<StringSlot>();
      const auto* delays = batch->column(3).values<std::int64_t>();
      for (std::size_t row = 0; row < kBatchRows; ++row) {
        const std::string_view code = codes[row].view();
        Group& group =
            groups[static_cast<std::size_t>((code[0] - 'A') + 26 * ((code[1] - 'A') + 26 * (code[2] - 'A')))];
        ++group.count;
        group.sum += delays[row];
      }
    }
    benchmark::DoNotOptimize(groups.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatches * kBatchRows));
}

// What many would write.
void by_hand_integer_key_million_groups_unordered_map(benchmark::State& state) {
  const auto batches = make_batches(1'000'000);
  for (auto _ : state) {
    std::unordered_map<std::int64_t, std::int64_t> groups;
    for (const auto& batch : batches)
      for (std::size_t row = 0; row < kBatchRows; ++row)
        ++groups[batch->column(2).values<std::int64_t>()[row]];
    benchmark::DoNotOptimize(groups.size());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBatches * kBatchRows));
}

BENCHMARK(string_key_300_groups_avg_count)->Unit(benchmark::kMillisecond);
BENCHMARK(by_hand_string_key_300_groups_avg_count)->Unit(benchmark::kMillisecond);
BENCHMARK(string_key_300_groups_count)->Unit(benchmark::kMillisecond);
BENCHMARK(string_key_300_groups_sum_of_integers)->Unit(benchmark::kMillisecond);
BENCHMARK(string_key_300_groups_sum_of_doubles)->Unit(benchmark::kMillisecond);
BENCHMARK(two_string_keys_90000_groups_count)->Unit(benchmark::kMillisecond);
BENCHMARK(integer_key_300_groups_count)->Unit(benchmark::kMillisecond);
BENCHMARK(integer_key_million_groups_count)->Unit(benchmark::kMillisecond);
BENCHMARK(integer_key_million_groups_avg_count)->Unit(benchmark::kMillisecond);
BENCHMARK(by_hand_integer_key_million_groups_unordered_map)->Unit(benchmark::kMillisecond);

}  // namespace
