// How many bytes of CSV a second does one core cut into ranges, and decode, by the number of columns that are
// needed?
//
// The text is made of rows as in the US BTS flights as packaged in vega-datasets (date, delay, distance,
// origin, destination) and, with quotes, of the same rows with their airports quoted.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stages/formats/csv_cutter.hpp"
#include "stages/formats/plain_text.hpp"
#include "stages/formats/csv_decoder.hpp"
#include "stages/formats/csv_scanner.hpp"
#include "stages/formats/csv_writer.hpp"
#include "stages/formats/text_block.hpp"
#include "weir/record_batch.hpp"
#include "weir/schema.hpp"

namespace weir::csv {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kBatchRows = 4096;

const Schema& flights_schema() {
  static const Schema schema({{"date", Type::timestamp},
                              {"delay", Type::int64},
                              {"distance", Type::int64},
                              {"origin", Type::string},
                              {"destination", Type::string}});
  return schema;
}

// A block of whole rows. The numbers vary in length as the real ones do.
std::shared_ptr<TextBlock> flights(bool quoted) {
  constexpr std::string_view kAirports[] = {"LAS", "PHL", "ATL", "SAV", "MCI", "MDW", "ANC", "LAX"};
  const std::string quote = quoted ? "\"" : "";
  std::uint64_t random = 42;
  const auto draw = [&](std::uint64_t below) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return (random >> 33) % below;
  };
  auto block = std::make_shared<TextBlock>(kBlockBytes);
  std::string text;
  for (;;) {
    const std::string row = "2001-01-" + std::to_string(10 + draw(20)) + " 0" + std::to_string(draw(10)) +
                            ":" + std::to_string(10 + draw(50)) + ":00," +
                            std::to_string(static_cast<int>(draw(160)) - 20) + "," +
                            std::to_string(60 + draw(2500)) + "," + quote + std::string(kAirports[draw(8)]) +
                            quote + "," + quote + std::string(kAirports[draw(8)]) + quote + "\n";
    if (text.size() + row.size() > kBlockBytes) break;
    text += row;
  }
  std::memcpy(block->data(), text.data(), text.size());
  block->set_size(text.size());
  return block;
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

void cut(benchmark::State& state, bool quoted) {
  const auto block = flights(quoted);
  for (auto _ : state) {
    benchmark::DoNotOptimize(end_of_last_record(block->text(), {}));
    benchmark::DoNotOptimize(count_newlines(block->text()));
  }
  count_bytes(state, block->size());
}

// Decodes the columns of a block, batch after batch; with none, only finds the fields.
void decode(benchmark::State& state, bool quoted, const std::vector<std::size_t>& columns,
            Encoding encoding) {
  const auto block = flights(quoted);
  const Dialect dialect;
  std::vector<Misfit> misfits;
  for (auto _ : state) {
    for (std::size_t at = 0; at < block->size();) {
      RowIndex rows(dialect, flights_schema().size());
      rows.scan(block->text(), at, kBatchRows);
      for (const std::size_t column : columns)
        benchmark::DoNotOptimize(decode_column({block->text(), block, rows, dialect}, column,
                                               flights_schema()[column].type, encoding, misfits));
      at = rows.next();
    }
  }
  count_bytes(state, block->size());
}

// Writes a block's first batch, decoded before, with its columns merely copied or as values.
void encode(benchmark::State& state, Encoding encoding) {
  const auto block = flights(false);
  const Dialect dialect;
  RowIndex rows(dialect, flights_schema().size());
  rows.scan(block->text(), 0, kBatchRows);
  std::vector<ColumnPtr> columns;
  std::vector<Misfit> misfits;
  for (std::size_t column = 0; column < flights_schema().size(); ++column)
    columns.push_back(decode_column({block->text(), block, rows, dialect}, column,
                                    flights_schema()[column].type, encoding, misfits));
  const RecordBatch batch(std::make_shared<const Schema>(flights_schema()), columns,
                          RowSet::range(0, rows.rows()));
  for (auto _ : state) {
    std::string text;
    append_records(text, batch, dialect);
    benchmark::DoNotOptimize(text.data());
  }
  count_bytes(state, rows.next());
}

BENCHMARK_CAPTURE(cut, plain, false);
BENCHMARK_CAPTURE(cut, quoted, true);
BENCHMARK_CAPTURE(decode, find_fields, false, {}, Encoding::values);
BENCHMARK_CAPTURE(decode, find_fields_quoted, true, {}, Encoding::values);
BENCHMARK_CAPTURE(decode, delay, false, {1}, Encoding::values);
BENCHMARK_CAPTURE(decode, delay_distance_origin, false, {1, 2, 3}, Encoding::values);
BENCHMARK_CAPTURE(decode, delay_distance_origin_quoted, true, {1, 2, 3}, Encoding::values);
BENCHMARK_CAPTURE(decode, date, false, {0}, Encoding::values);
BENCHMARK_CAPTURE(decode, all, false, {0, 1, 2, 3, 4}, Encoding::values);
BENCHMARK_CAPTURE(decode, all_as_text, false, {0, 1, 2, 3, 4}, Encoding::text);
BENCHMARK_CAPTURE(encode, text, Encoding::text);
BENCHMARK_CAPTURE(encode, values, Encoding::values);

}  // namespace
}  // namespace weir::csv
