#include "tests/engine/testing/timing_stages.hpp"

#include <utility>

#include "tests/engine/testing/number_stages.hpp"
#include "tests/engine/testing/scripted_stages.hpp"

namespace weir::testing {

StageSpec jitter(std::string name, std::uint64_t seed) {
  return jitter(std::move(name), seed, number_type());
}

StageSpec gated(std::string name, std::int64_t held, Gate& gate) {
  const auto is_held = [held](const Payload& batch) {
    return static_cast<const Numbers&>(batch).values().front() == held;
  };
  return gated(std::move(name), is_held, gate, number_type());
}

void Occupancy::enter() noexcept {
  const int now = ++inside_;
  int most = most_.load();
  while (now > most && !most_.compare_exchange_weak(most, now)) {
  }
}

StageSpec counted(std::string name, Occupancy& occupancy) {
  return scripted(std::move(name),
                  {.process =
                       [&occupancy](const Input& input, State*, Emitter& out) {
                         occupancy.enter();
                         dawdle(200);
                         occupancy.leave();
                         out.emit(input.batch);
                         return kDone;
                       }},
                  {.maps_records = true});
}

}  // namespace weir::testing
