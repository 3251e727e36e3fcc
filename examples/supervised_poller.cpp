// Two supervised threads: one polls a sensor that fails now and then, and is begun again when it does; the
// other prints what was read, and notices nothing.
#include <chrono>
#include <iostream>
#include <optional>
#include <stop_token>

#include "weir/channel.hpp"
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

}  // namespace

int main() {
  Sensor sensor;
  weir::Channel<int> readings;  // outlives both threads, so nothing in it is lost when one fails
  weir::Supervisor supervisor({.policy = {.max_restarts = 5, .within = 30s, .backoff = {10ms, 1s, 0.2}}});
  supervisor.add("printer", [&](const std::stop_token& stop) {
    while (const auto reading = readings.receive(stop))
      std::cout << *reading << " degrees\n";
  });
  supervisor.add("poller", [&](const std::stop_token& stop) {
    while (const auto reading = sensor.read()) {
      if (!readings.send(*reading, stop)) return;
    }
    readings.close();
  });

  const weir::SupervisorReport report = supervisor.run();
  for (const weir::ChildReport& child : report.children) {
    std::cout << child.name << ": started " << child.starts << " times, " << to_string(child.end);
    if (child.failures > 0) std::cout << "; had failed: " << child.error.message;
    std::cout << '\n';
  }
  return report.status == weir::SupervisorStatus::ended ? 0 : 1;
}
