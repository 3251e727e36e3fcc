// Supervised children that do what a test tells them, and protocols of what they and their supervisor did.
//
// From any thread. What puppets write to is shared with them, so that one that was left behind may go on.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "weir/supervisor.hpp"

namespace weir::testing {

/// Lines in the order in which they were written, to be waited for. Waiting throws after ten real seconds, as
/// a test should fail rather than hang.
class Protocol {
 public:
  void write(std::string line);
  std::vector<std::string> lines() const;
  /// Waits for so many lines, and gives those that there are.
  std::vector<std::string> await(std::size_t lines) const;
  /// Waits until a line was written so many times.
  void await(const std::string& line, std::size_t times = 1) const;

 private:
  template <class Condition>
  void wait_for(const std::string& what, const Condition& condition) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> lines_;  ///< guarded by mutex_
};

/// What a puppet does when it is asked to stop.
enum class WhenAskedToStop : unsigned char { returns, throws, goes_on };

/// Children that wait for orders. They write "NAME begins", "NAME fails", "NAME returns" and "NAME stops", or
/// "NAME goes on" where they were asked to stop and do not.
class Puppets {
 public:
  Puppets();

  ChildBody body(std::string name, WhenAskedToStop when_asked = WhenAskedToStop::returns) const;
  /// Orders that the present incarnation takes, or the next.
  void let_fail(const std::string& name);
  void let_return(const std::string& name);

  const Protocol& protocol() const;
  void await(const std::string& line, std::size_t times = 1) const { protocol().await(line, times); }

 private:
  struct Strings;
  static void play(Strings& strings, const std::string& name, WhenAskedToStop when_asked,
                   const std::stop_token& stop);

  std::shared_ptr<Strings> strings_;
};

/// Writes the events that a supervisor tells, as "stage_started a 1", "restarting a: a b after 100ms by
/// inner", "escalated inner", "gave_up a: a fails", "failed a: a fails", "abandoned a 1", "run_ended stopped"
/// ...
Observer writes_to(Protocol& protocol);

}  // namespace weir::testing
