// How much of bare simdjson's speed is left when lines of JSON become columns? One thread, memory to memory,
// two fields of five.

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "stages/formats/ndjson_decoder.hpp"
#include "stages/formats/text_block.hpp"

namespace weir {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kBatchRows = 4096;

// Whole lines, of which the numbers vary in length as real ones do.
std::shared_ptr<TextBlock> flights() {
  constexpr std::string_view kAirports[] = {"LAS", "PHL", "ATL", "SAV", "MCI", "MDW", "ANC", "LAX"};
  std::uint64_t random = 42;
  const auto draw = [&](std::uint64_t below) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return (random >> 33) % below;
  };
  auto block = std::make_shared<TextBlock>(kBlockBytes);
  std::string text;
  for (;;) {
    const std::string line = R"({"date":"2001-01-)" + std::to_string(10 + draw(20)) + " 0" +
                             std::to_string(draw(10)) + ":" + std::to_string(10 + draw(50)) +
                             R"(:00","delay":)" + std::to_string(static_cast<int>(draw(160)) - 20) +
                             R"(,"distance":)" + std::to_string(60 + draw(2500)) + R"(,"origin":")" +
                             std::string(kAirports[draw(8)]) + R"(","destination":")" +
                             std::string(kAirports[draw(8)]) + "\"}\n";
    if (text.size() + line.size() > kBlockBytes) break;
    text += line;
  }
  std::memcpy(block->data(), text.data(), text.size());
  block->set_size(text.size());
  return block;
}

void count_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(bytes));
}

// As its documentation shows: a stream of documents, fields asked for in the order in which they come, values
// summed and nothing kept.
void bare_simdjson(benchmark::State& state) {
  const auto block = flights();
  simdjson::ondemand::parser parser;
  for (auto _ : state) {
    simdjson::ondemand::document_stream stream;
    if (parser.iterate_many(block->data(), block->size(), block->size()).get(stream)) std::abort();
    std::int64_t sum = 0;
    for (auto document : stream) {
      std::int64_t delay = 0;
      std::string_view origin;
      if (document["delay"].get(delay) || document["origin"].get(origin)) std::abort();
      sum += delay + static_cast<std::int64_t>(origin.size());
    }
    benchmark::DoNotOptimize(sum);
  }
  count_bytes(state, block->size());
}
BENCHMARK(bare_simdjson);

void columns(benchmark::State& state, const std::vector<JsonColumn>& wanted) {
  const auto block = flights();
  NdjsonDecoder decoder(wanted);
  LineIndex lines(LineIndex::Blanks::none);
  std::vector<JsonRefusal> refusals;
  for (auto _ : state) {
    for (std::size_t at = 0; at < block->size(); at = lines.next()) {
      lines.scan(block->text(), at, kBatchRows);
      benchmark::DoNotOptimize(decoder.decode({block->text(), block, lines}, refusals));
    }
    if (!refusals.empty()) std::abort();
  }
  count_bytes(state, block->size());
}

void two_columns(benchmark::State& state) {
  columns(state, {{{{"delay"}}, Type::int64}, {{{"origin"}}, Type::string}});
}
BENCHMARK(two_columns);

void all_columns(benchmark::State& state) {
  columns(state, {{{{"date"}}, Type::timestamp},
                  {{{"delay"}}, Type::int64},
                  {{{"distance"}}, Type::int64},
                  {{{"origin"}}, Type::string},
                  {{{"destination"}}, Type::string}});
}
BENCHMARK(all_columns);

}  // namespace
}  // namespace weir
