#include "engine/telemetry/duration_text.hpp"

#include <array>
#include <utility>

namespace weir {

std::string duration_text(Duration duration) {
  using namespace std::chrono_literals;
  static constexpr std::array<std::pair<Duration, const char*>, 7> kUnits{
      {{24h, "d"}, {1h, "h"}, {1min, "m"}, {1s, "s"}, {1ms, "ms"}, {1us, "us"}, {1ns, "ns"}}};
  if (duration == Duration::zero()) return "0s";
  for (const auto& [unit, name] : kUnits) {
    if (duration % unit == Duration::zero()) return std::to_string(duration / unit) + name;
  }
  return {};
}

}  // namespace weir
