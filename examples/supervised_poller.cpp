// Two supervised threads: one polls a sensor that fails now and then, and is begun again when it does; the
// other prints what was read, and notices nothing.
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>
#include <optional>
#include <stop_token>

#include "weir/supervisor.hpp"

namespace {

using namespace std::chrono_literals;

/// Gives six readings in all; every third call fails. For one thread.
class Sensor {
 public:
  std::optional<int> read() {
    if (++calls_ % 3 == 0) throw weir::IoError("the sensor does not answer");
    if (readings_ == 6) return std::nullopt;
    return 20 + ++readings_;
  }

 private:
  int calls_ = 0;
  int readings_ = 0;
};

/// Hands readings from one thread to the other. It outlives both, so nothing in it is lost when one fails.
class Readings {
 public:
  void push(std::optional<int> reading) {
    const std::lock_guard lock(mutex_);
    readings_.push_back(reading);
    pushed_.notify_one();
  }
  /// Nothing once there are no more, or `stop` is requested.
  std::optional<int> pop(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!pushed_.wait(lock, stop, [this] { return !readings_.empty(); })) return std::nullopt;
    const std::optional<int> reading = readings_.front();
    readings_.pop_front();
    return reading;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any pushed_;
  std::deque<std::optional<int>> readings_;
};

}  // namespace

int main() {
  Sensor sensor;
  Readings readings;
  weir::Supervisor supervisor({.policy = {.max_restarts = 5, .within = 30s, .backoff = {10ms, 1s, 0.2}}});
  supervisor.add("printer", [&](const std::stop_token& stop) {
    while (const auto reading = readings.pop(stop))
      std::cout << *reading << " degrees\n";
  });
  supervisor.add("poller", [&](const std::stop_token& stop) {
    std::optional<int> reading;
    do {
      readings.push(reading = sensor.read());
    } while (reading && !stop.stop_requested());
  });

  const weir::SupervisorReport report = supervisor.run();
  for (const weir::ChildReport& child : report.children) {
    std::cout << child.name << ": started " << child.starts << " times, " << to_string(child.end);
    if (child.failures > 0) std::cout << "; had failed: " << child.error.message;
    std::cout << '\n';
  }
  return report.status == weir::SupervisorStatus::ended ? 0 : 1;
}
