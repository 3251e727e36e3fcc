#include "weir/testing/timing.hpp"

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

namespace weir::testing {
namespace {

/// Spreads the bits of a number (the finaliser of SplitMix64).
std::uint64_t mixed(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

using BeforePassing = std::function<void(const Input&)>;

class Passing final : public Transform {
 public:
  explicit Passing(BeforePassing before) : before_(std::move(before)) {}
  Cursor process(const Input& input, State*, Emitter& out) override {
    before_(input);
    out.emit(input.batch);
    return kDone;
  }

 private:
  const BeforePassing before_;
};

StageSpec passing(std::string name, std::string what, BeforePassing before, PayloadType type) {
  return {.name = std::move(name),
          .type = std::move(what),
          .body = TransformSpec{.make = [before =
                                             std::move(before)] { return std::make_unique<Passing>(before); },
                                .traits = {.maps_records = true}},
          .inputs = {{.type = type}},
          .outputs = {{.type = type}}};
}

}  // namespace

void dawdle(std::uint64_t steps) noexcept {
  for (std::uint64_t step = 0; step < steps; ++step) {
    std::atomic_signal_fence(std::memory_order_seq_cst);  // so that the loop is not thought away
    if (step % 64 == 63) std::this_thread::yield();
  }
}

StageSpec jitter(std::string name, std::uint64_t seed, PayloadType type) {
  return passing(
      std::move(name), "jitter",
      [seed](const Input& input) { dawdle(mixed(seed ^ input.place.sequence) % 512); }, std::move(type));
}

void Gate::open() noexcept {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

bool Gate::is_open() const noexcept {
  const std::lock_guard lock(mutex_);
  return open_;
}

void Gate::pass() {
  std::unique_lock lock(mutex_);
  ++came_;
  changed_.notify_all();
  if (!changed_.wait_for(lock, kTestPatience, [this] { return open_; }))
    throw std::runtime_error("nobody opened the gate");
}

std::size_t Gate::came() const noexcept {
  const std::lock_guard lock(mutex_);
  return came_;
}

void Gate::await(std::size_t count) const {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kTestPatience, [&] { return came_ >= count; }))
    throw std::runtime_error("only " + std::to_string(came_) + " of " + std::to_string(count) +
                             " came to the gate");
}

StageSpec gated(std::string name, std::function<bool(const Payload&)> held, Gate& gate, PayloadType type) {
  return passing(
      std::move(name), "gated",
      [held = std::move(held), &gate](const Input& input) {
        if (held(*input.batch)) gate.pass();
      },
      std::move(type));
}

}  // namespace weir::testing
