// A supervisor of puppets on a manual clock, and a look at what they did.
//
// For one thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/engine/supervision/puppets.hpp"
#include "weir/testing/manual_clock.hpp"
#include "weir/supervisor.hpp"

namespace weir::testing {

class SupervisorFixture : public ::testing::Test {
 protected:
  /// 5 restarts in 30 s, the first two of them 100 and 200 ms late unless `backoff` says otherwise.
  static RestartPolicy policy(Strategy strategy = Strategy::one_for_one, std::uint32_t max_restarts = 5,
                              Backoff backoff = {}) {
    return {.strategy = strategy, .max_restarts = max_restarts, .backoff = backoff};
  }
  static constexpr Backoff kDoubling{std::chrono::milliseconds(100), std::chrono::seconds(10), 0};

  SupervisorOptions options(RestartPolicy of_topmost = policy()) {
    return {.name = "test", .policy = of_topmost, .observers = {writes_to(events_)}, .clock = &clock_};
  }

  /// Adds puppets and starts them. They have begun when it returns.
  void start(Supervisor& supervisor, const std::vector<std::string>& names, const ChildOptions& how = {}) {
    for (const std::string& name : names)
      supervisor.add(name, puppets_.body(name), how);
    supervisor.start();
    for (const std::string& name : names)
      puppets_.await(name + " begins");
  }

  static const ChildReport& child(const SupervisorReport& report, const std::string& name) {
    return *std::ranges::find(report.children, name, &ChildReport::name);
  }
  /// The lines that end in one of these words, such as "stops".
  std::vector<std::string> that(const std::string& word) const {
    std::vector<std::string> all;
    for (std::string& line : puppets_.protocol().lines()) {
      if (line.ends_with(" " + word)) all.push_back(std::move(line));
    }
    return all;
  }

  ManualClock clock_;
  Protocol events_;
  Puppets puppets_;
};

}  // namespace weir::testing
