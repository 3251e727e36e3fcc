// How fast can two threads say the least, mean and greatest temperature of each station of measurements.txt?
//
// A name is found and masked out of 32 bytes at once, and looked up by them in a table of cache lines of a
// thread's own; temperatures are whole tenths, read without a branch (by Q. A. Mai, from the one billion row
// challenge); three lines are in work at a time, so that the processor need not wait for one of them.

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "benchmarks/ceilings/chunked_file.hpp"

namespace weir::ceilings {
namespace {

constexpr std::size_t kNameBytesMax = 32;

struct Values {
  std::int64_t sum = 0;
  std::uint32_t count = 0;
  std::int16_t least = INT16_MAX;
  std::int16_t greatest = INT16_MIN;

  void absorb(const Values& other) {
    sum += other.sum;
    count += other.count;
    least = std::min(least, other.least);
    greatest = std::max(greatest, other.greatest);
  }
};

struct alignas(64) Station {
  std::array<char, kNameBytesMax> name{};
  Values values;
};

class Stations {
 public:
  Values& find(__m256i name) {
    for (std::size_t at = hash(name) & kMask;; at = (at + 1) & kMask) {
      Station& station = stations_[at];
      const auto* const known = reinterpret_cast<const __m256i*>(station.name.data());
      const __m256i differs = _mm256_xor_si256(_mm256_load_si256(known), name);
      if (_mm256_testz_si256(differs, differs)) [[likely]]
        return station.values;
      if (station.values.count == 0) {
        std::memcpy(station.name.data(), &name, sizeof name);
        return station.values;
      }
    }
  }
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Station& station : stations_)
      if (station.values.count > 0) visit(station);
  }

 private:
  static constexpr std::size_t kMask =
      (std::size_t{1} << 15) - 1;  // of three times as many as there are stations

  static std::uint64_t hash(__m256i name) noexcept {
    const __m128i half = _mm_xor_si128(_mm256_castsi256_si128(name), _mm256_extracti128_si256(name, 1));
    const auto low = static_cast<std::uint64_t>(_mm_cvtsi128_si64(half));
    const auto high = static_cast<std::uint64_t>(_mm_extract_epi64(half, 1));
    const std::uint64_t mixed = (low ^ std::rotl(high, 23)) * 0x9E3779B97F4A7C15u;
    return mixed >> 40;
  }
  std::vector<Station> stations_ = std::vector<Station>(kMask + 1);
};

// The tenths between a semicolon and a newline. Moves `at` behind it.
std::int64_t read_tenths(const char*& at) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  const auto point = static_cast<unsigned>(std::countr_zero(~word & 0x10101000u));
  const auto sign = static_cast<std::int64_t>(~word << 59) >> 63;
  const std::uint64_t digits =
      ((word & ~static_cast<std::uint64_t>(sign & 0xff)) << (28 - point)) & 0x0F000F0F00u;
  const auto magnitude = static_cast<std::int64_t>(((digits * 0x640a0001u) >> 32) & 0x3ffu);
  at += (point >> 3) + 3;
  return (magnitude ^ sign) - sign;
}

void take_line(const char*& at, Stations& stations) {
  alignas(32) static constexpr auto kMasks = [] {
    std::array<char, 2 * kNameBytesMax> masks{};
    std::fill_n(masks.begin(), kNameBytesMax, '\xff');
    return masks;
  }();
  const __m256i text = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
  const auto ends =
      static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_set1_epi8(';'))));
  if (ends == 0) [[unlikely]]
    fail("a name is longer than any that was expected");
  const auto length = static_cast<std::size_t>(std::countr_zero(ends));
  const auto* const mask = reinterpret_cast<const __m256i*>(kMasks.data() + kNameBytesMax - length);
  Values& values = stations.find(_mm256_and_si256(text, _mm256_loadu_si256(mask)));
  at += length + 1;
  const std::int64_t tenths = read_tenths(at);
  values.sum += tenths;
  ++values.count;
  values.least = std::min(values.least, static_cast<std::int16_t>(tenths));
  values.greatest = std::max(values.greatest, static_cast<std::int16_t>(tenths));
}

void take_lines(const Lines& lines, Stations& stations) {
  const auto line_from = [&](std::ptrdiff_t offset) {
    const char* const at = lines.begin + offset;
    return at +
           (static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(lines.end - at))) - at) +
           1;
  };
  const std::ptrdiff_t size = lines.end - lines.begin;
  if (size == 0) return;
  const char* const third = line_from(2 * size / 3);
  const char* const second = line_from(size / 3);
  const char* a = lines.begin;
  const char* b = second;
  const char* c = third;
  while (a < second && b < third && c < lines.end) {
    take_line(a, stations);
    take_line(b, stations);
    take_line(c, stations);
  }
  while (a < second)
    take_line(a, stations);
  while (b < third)
    take_line(b, stations);
  while (c < lines.end)
    take_line(c, stations);
}

void answer(const std::string& data, const std::string& out) {
  std::array<Stations, kThreads> stations;
  ChunkedFile(data + "/measurements.txt")
      .for_each_chunk(
          [&](std::size_t thread, std::size_t, const Lines& lines) { take_lines(lines, stations[thread]); });
  std::map<std::string, Values> all;
  for (const Stations& each : stations)
    each.for_each([&](const Station& station) { all[station.name.data()].absorb(station.values); });
  std::ofstream file(out);
  file.precision(17);
  file << "station,least,mean,greatest\n";
  for (const auto& [name, values] : all)
    file << name << ',' << values.least / 10.0 << ',' << static_cast<double>(values.sum) / 10 / values.count
         << ',' << values.greatest / 10.0 << '\n';
}

}  // namespace
}  // namespace weir::ceilings

int main(int count, char** arguments) {
  if (count != 3) return 64;
  weir::ceilings::answer(arguments[1], arguments[2]);
}
