#include "stages/memory/size_text.hpp"

#include <array>

namespace weir {

std::string size_text(std::uint64_t bytes) {
  constexpr std::array kUnits = {" KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
  if (bytes < 1024) return std::to_string(bytes) + " bytes";
  std::size_t unit = 0;
  double size = static_cast<double>(bytes) / 1024;
  while (size >= 1024 && unit + 1 < kUnits.size()) {
    size /= 1024;
    ++unit;
  }
  const auto tenths = static_cast<std::uint64_t>(size * 10);
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + kUnits[unit];
}

}  // namespace weir
