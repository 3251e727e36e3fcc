#include "stages/formats/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace weir {

std::size_t count_newlines(std::string_view text) noexcept {
  // Counts in bytes, in lanes that compilers turn into vector registers, and sums them before a byte can
  // overflow.
  constexpr std::size_t kLanes = 32;
  constexpr std::size_t kRoundsMax = 255;
  std::size_t total = 0;
  std::size_t at = 0;
  while (text.size() - at >= kLanes) {
    const std::size_t rounds = std::min(kRoundsMax, (text.size() - at) / kLanes);
    std::array<std::uint8_t, kLanes> counts{};
    for (std::size_t round = 0; round < rounds; ++round, at += kLanes) {
      const char* bytes = text.data() + at;
      for (std::size_t lane = 0; lane < kLanes; ++lane)
        counts[lane] = static_cast<std::uint8_t>(counts[lane] + (bytes[lane] == '\n' ? 1 : 0));
    }
    for (const std::uint8_t count : counts)
      total += count;
  }
  return total + static_cast<std::size_t>(
                     std::count(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), '\n'));
}

std::size_t byte_order_mark_length(std::string_view text) noexcept {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.starts_with(kMark) ? kMark.size() : 0;
}

std::size_t end_of_last_line(std::string_view text) noexcept {
  const std::size_t newline = text.rfind('\n');
  return newline == std::string_view::npos ? 0 : newline + 1;
}

std::string_view foreign_format(std::string_view beginning) noexcept {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSignatures{{
      {"\x1F\x8B", "compressed by gzip"},
      {"\x28\xB5\x2F\xFD", "compressed by zstd"},
      {"PK\x03\x04", "a zip archive or a spreadsheet"},
      {"\xFF\xFE", "in UTF-16"},
      {"\xFE\xFF", "in UTF-16"},
  }};
  for (const auto& [signature, format] : kSignatures)
    if (beginning.starts_with(signature)) return format;
  return {};
}

}  // namespace weir
