#include "tests/engine/testing/timing_stages.hpp"

#include <stdexcept>
#include <thread>

#include "tests/engine/testing/number_stages.hpp"
#include "tests/engine/testing/scripted_stages.hpp"

namespace weir::testing {
namespace {

/// Spreads the bits of a number (the finaliser of SplitMix64).
std::uint64_t mixed(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

}  // namespace

void dawdle(std::uint64_t steps) noexcept {
  for (std::uint64_t step = 0; step < steps; ++step) {
    std::atomic_signal_fence(std::memory_order_seq_cst);  // so that the loop is not thought away
    if (step % 64 == 63) std::this_thread::yield();
  }
}

StageSpec jitter(std::string name, std::uint64_t seed) {
  return scripted(std::move(name),
                  {.process =
                       [seed](const Input& input, State*, Emitter& out) {
                         dawdle(mixed(seed ^ input.place.sequence) % 512);
                         out.emit(input.batch);
                         return kDone;
                       }},
                  {.maps_records = true});
}

void Gate::pass() {
  ++came_;
  if (!wait_until([this] { return is_open(); })) throw std::runtime_error("nobody opened the gate");
}

StageSpec gated(std::string name, std::int64_t held, Gate& gate) {
  return scripted(std::move(name),
                  {.process =
                       [held, &gate](const Input& input, State*, Emitter& out) {
                         if (values_of(input.batch).front() == held) gate.pass();
                         out.emit(input.batch);
                         return kDone;
                       }},
                  {.maps_records = true});
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
