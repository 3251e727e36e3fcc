// How fast can two threads count the flights of each origin in flights.csv, with their mean and greatest
// delay?
//
// An airport's three letters are its place in a table of a thread's own, five bits a letter.

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "benchmarks/ceilings/chunked_file.hpp"
#include "benchmarks/ceilings/flight_lines.hpp"

namespace weir::ceilings {
namespace {

struct Origin {
  std::int64_t flights = 0;
  std::int64_t delay = 0;
  std::int64_t worst = std::numeric_limits<std::int64_t>::min();
};

using Origins = std::vector<Origin>;
constexpr std::size_t kPlaces = std::size_t{1} << 15;

std::size_t place_of(const char* airport) noexcept {
  const std::uint64_t word = load_word(airport);
  return (word & 0x1f) | (word >> 3 & 0x3e0) | (word >> 6 & 0x7c00);
}

std::string name_of(std::size_t place) {
  const auto letter = [=](unsigned number) { return static_cast<char>('@' + (place >> 5 * number & 0x1f)); };
  return {letter(0), letter(1), letter(2)};
}

void answer(const std::string& data, const std::string& out) {
  std::array<Origins, kThreads> origins;
  origins.fill(Origins(kPlaces));
  ChunkedFile(data + "/flights.csv")
      .for_each_chunk([&](std::size_t thread, std::size_t chunk, const Lines& lines) {
        Origin* const its = origins[thread].data();
        const Lines flights = flights_of(lines, chunk);
        for (const char* at = flights.begin; at < flights.end;) {
          const Flight flight = take_flight(at);
          Origin& origin = its[place_of(flight.origin)];
          ++origin.flights;
          origin.delay += flight.delay;
          origin.worst = std::max(origin.worst, flight.delay);
        }
      });
  std::ofstream file(out);
  file.precision(17);
  file << "origin,flights,mean_delay,worst\n";
  for (std::size_t place = 0; place < kPlaces; ++place) {
    Origin all = origins[0][place];
    for (std::size_t thread = 1; thread < kThreads; ++thread) {
      all.flights += origins[thread][place].flights;
      all.delay += origins[thread][place].delay;
      all.worst = std::max(all.worst, origins[thread][place].worst);
    }
    if (all.flights > 0)
      file << name_of(place) << ',' << all.flights << ','
           << static_cast<double>(all.delay) / static_cast<double>(all.flights) << ',' << all.worst << '\n';
  }
}

}  // namespace
}  // namespace weir::ceilings

int main(int count, char** arguments) {
  if (count != 3) return 64;
  weir::ceilings::answer(arguments[1], arguments[2]);
}
