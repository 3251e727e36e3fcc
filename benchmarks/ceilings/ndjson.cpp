// How fast can two threads filter and group flights.ndjson, with bare simdjson?
//
// A chunk is one stream of documents to it. Fields are asked for in the order in which they stand, and
// nothing is read behind the last of them.

#include <simdjson.h>

#include <array>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

#include "benchmarks/ceilings/chunked_file.hpp"

namespace weir::ceilings {
namespace {

constexpr std::int64_t kLate = 15;
static_assert(kPadding >= simdjson::SIMDJSON_PADDING, "simdjson reads on behind the text");

struct Origin {
  std::int64_t flights = 0;
  std::int64_t delay = 0;
};

// Keys are the first bytes of names, as these have three.
using Origins = std::unordered_map<std::uint32_t, Origin>;

std::uint32_t key_of(std::string_view name) {
  if (name.size() != 3) fail("airports do not look as expected");
  std::uint32_t key = 0;
  std::memcpy(&key, name.data(), 3);
  return key;
}

void take_lines(const Lines& lines, simdjson::ondemand::parser& parser, Origins& origins) {
  const auto size = static_cast<std::size_t>(lines.end - lines.begin);
  simdjson::ondemand::document_stream stream;
  if (parser.iterate_many(lines.begin, size, size + 1).get(stream)) fail("simdjson");
  for (auto each : stream) {
    std::int64_t delay = 0;
    if (each["delay"].get_int64().get(delay)) fail("no delay");
    if (delay <= kLate) continue;
    std::string_view name;
    if (each["origin"].get_string().get(name)) fail("no origin");
    Origin& origin = origins[key_of(name)];
    ++origin.flights;
    origin.delay += delay;
  }
}

void answer(const std::string& data, const std::string& out) {
  std::array<Origins, kThreads> origins;
  std::array<simdjson::ondemand::parser, kThreads> parsers;
  for (auto& parser : parsers)
    parser.threaded = false;
  ChunkedFile(data + "/flights.ndjson")
      .for_each_chunk([&](std::size_t thread, std::size_t, const Lines& lines) {
        take_lines(lines, parsers[thread], origins[thread]);
      });
  std::map<std::uint32_t, Origin> all;
  for (const Origins& each : origins) {
    for (const auto& [key, origin] : each) {
      all[key].flights += origin.flights;
      all[key].delay += origin.delay;
    }
  }
  std::ofstream file(out);
  file.precision(17);
  file << "origin,flights,mean_delay\n";
  for (const auto& [key, origin] : all) {
    file.write(reinterpret_cast<const char*>(&key), 3);
    file << ',' << origin.flights << ','
         << static_cast<double>(origin.delay) / static_cast<double>(origin.flights) << '\n';
  }
}

}  // namespace
}  // namespace weir::ceilings

int main(int count, char** arguments) {
  if (count != 3) return 64;
  weir::ceilings::answer(arguments[1], arguments[2]);
}
