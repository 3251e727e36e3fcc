#include "tests/engine/supervision/puppets.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <stdexcept>
#include <stop_token>
#include <utility>

namespace weir::testing {

// -- protocols --

void Protocol::write(std::string line) {
  const std::lock_guard lock(mutex_);
  lines_.push_back(std::move(line));
  changed_.notify_all();
}

std::vector<std::string> Protocol::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

template <class Condition>
void Protocol::wait_for(const std::string& what, const Condition& condition) const {
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, std::chrono::seconds(10), condition)) return;
  std::string all = "waited in vain for " + what + "; there were:";
  for (const std::string& line : lines_)
    all += "\n  " + line;
  throw std::runtime_error(all);
}

std::vector<std::string> Protocol::await(std::size_t lines) const {
  wait_for(std::to_string(lines) + " lines", [&] { return lines_.size() >= lines; });
  return this->lines();
}

void Protocol::await(const std::string& line, std::size_t times) const {
  wait_for("'" + line + "'",
           [&] { return static_cast<std::size_t>(std::ranges::count(lines_, line)) >= times; });
}

// -- puppets --

struct Puppets::Strings {
  enum class Order : unsigned char { fail, return_ };
  std::mutex mutex;
  std::condition_variable_any pulled;
  std::map<std::string, std::deque<Order>> orders;  // guarded by mutex
  Protocol protocol;
};

Puppets::Puppets() : strings_(std::make_shared<Strings>()) {}

const Protocol& Puppets::protocol() const { return strings_->protocol; }

ChildBody Puppets::body(std::string name, WhenAskedToStop when_asked) const {
  return [strings = strings_, name = std::move(name), when_asked](const std::stop_token& stop) {
    play(*strings, name, when_asked, stop);
  };
}

void Puppets::play(Strings& strings, const std::string& name, WhenAskedToStop when_asked,
                   const std::stop_token& stop) {
  strings.protocol.write(name + " begins");
  const std::stop_callback when_asked_to(stop, [&] {
    if (when_asked == WhenAskedToStop::goes_on) strings.protocol.write(name + " goes on");
  });
  std::unique_lock lock(strings.mutex);
  std::deque<Strings::Order>& orders = strings.orders[name];
  const auto has_order = [&] { return !orders.empty(); };
  const std::stop_token never;
  if (!strings.pulled.wait(lock, when_asked == WhenAskedToStop::goes_on ? never : stop, has_order)) {
    strings.protocol.write(name + " stops");
    if (when_asked == WhenAskedToStop::throws) throw std::runtime_error(name + " does not like to stop");
    return;
  }
  const Strings::Order order = orders.front();
  orders.pop_front();
  strings.protocol.write(name + (order == Strings::Order::fail ? " fails" : " returns"));
  if (order == Strings::Order::fail) throw std::runtime_error(name + " fails");
}

void Puppets::let_fail(const std::string& name) {
  const std::lock_guard lock(strings_->mutex);
  strings_->orders[name].push_back(Strings::Order::fail);
  strings_->pulled.notify_all();
}

void Puppets::let_return(const std::string& name) {
  const std::lock_guard lock(strings_->mutex);
  strings_->orders[name].push_back(Strings::Order::return_);
  strings_->pulled.notify_all();
}

// -- events --

Observer writes_to(Protocol& protocol) {
  return [&protocol](const Event& event) {
    std::string line(to_string(event.kind));
    switch (event.kind) {
      case EventKind::stage_started:
      case EventKind::restarted:
      case EventKind::restart_failed:
      case EventKind::abandoned:
        line += " " + event.stage + " " + std::to_string(event.incarnation);
        break;
      case EventKind::restarting: {
        line += " " + event.stage + ":";
        for (const std::string& stage : event.stages)
          line += " " + stage;
        const auto delay = std::chrono::duration_cast<std::chrono::milliseconds>(event.delay);
        line += " after " + std::to_string(delay.count()) + "ms";
        if (!event.group.empty()) line += " by " + event.group;
        break;
      }
      case EventKind::escalated:
        line += " " + event.group;
        break;
      case EventKind::gave_up:
      case EventKind::failed:
        line += " " + event.stage + ": " + event.error.message;
        break;
      case EventKind::run_ended:
        line += " " + event.detail;
        break;
      default:
        break;
    }
    protocol.write(std::move(line));
  };
}

}  // namespace weir::testing
