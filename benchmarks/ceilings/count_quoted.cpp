// How fast can two threads count the records of quoted.csv, whose fields may have newlines in quotes?
//
// Whether a newline ends a record depends on how many quotes stand before it. A chunk does not know that of
// its beginning, so it counts for both cases, and the case is known when all chunks before it have been read.
// Within 64 bytes the parities of quotes are one carry-less multiplication (G. Langdale, D. Lemire, "Parsing
// gigabytes of JSON per second", 2019).

#include <immintrin.h>

#include <array>
#include <bit>
#include <fstream>
#include <string>
#include <vector>

#include "benchmarks/ceilings/chunked_file.hpp"

namespace weir::ceilings {
namespace {

// Ends of records in a chunk that begins outside of quotes [0], or inside [1].
struct Counted {
  std::array<std::uint64_t, 2> ends{};
  bool turns = false;  ///< it has an odd number of quotes
};

std::uint64_t places_of(const char* text, char byte) noexcept {
  const __m256i wanted = _mm256_set1_epi8(byte);
  const auto mask = [=](const char* at) {
    const __m256i part = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    return static_cast<std::uint64_t>(
        static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(part, wanted))));
  };
  return mask(text) | mask(text + 32) << 32;
}

std::uint64_t inside_of(std::uint64_t quotes) noexcept {
  const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(quotes)),
                                               _mm_set1_epi8(static_cast<char>(0xff)), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

Counted count(const Lines& lines) noexcept {
  Counted counted;
  std::uint64_t turned = 0;  // all ones behind an odd number of quotes
  for (const char* at = lines.begin; at < lines.end; at += 64) {
    const auto left = static_cast<std::size_t>(lines.end - at);
    const std::uint64_t text = left < 64 ? (std::uint64_t{1} << left) - 1 : ~std::uint64_t{0};
    const std::uint64_t newlines = places_of(at, '\n') & text;
    const std::uint64_t inside = inside_of(places_of(at, '"') & text) ^ turned;
    counted.ends[0] += static_cast<std::uint64_t>(std::popcount(newlines & ~inside));
    counted.ends[1] += static_cast<std::uint64_t>(std::popcount(newlines & inside));
    turned = -(inside >> 63);
  }
  counted.turns = turned != 0;
  return counted;
}

void answer(const std::string& data, const std::string& out) {
  ChunkedFile file(data + "/quoted.csv");
  std::vector<Counted> chunks(file.chunks());
  file.for_each_chunk(
      [&](std::size_t, std::size_t chunk, const Lines& lines) { chunks[chunk] = count(lines); });
  std::uint64_t lines = 0;
  bool inside = false;
  for (const Counted& chunk : chunks) {
    lines += chunk.ends[inside ? 1 : 0];
    inside ^= chunk.turns;
  }
  std::ofstream(out) << "records\n" << lines - 1 << '\n';
}

}  // namespace
}  // namespace weir::ceilings

int main(int count, char** arguments) {
  if (count != 3) return 64;
  weir::ceilings::answer(arguments[1], arguments[2]);
}
