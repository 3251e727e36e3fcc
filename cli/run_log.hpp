// The log of a run: its events as lines of text or JSON.
//
// At the default level it tells what a run survives and a person may want to act upon: restarts, hangs, open
// breakers, deadlines. What happens to single records is told as counts when the run has ended, and one by
// one at `debug`: there may be millions.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "cli/console.hpp"
#include "stages/config/diagnostic_text.hpp"
#include "weir/event.hpp"

namespace spdlog {
class logger;
}

namespace weir {

enum class LogFormat : unsigned char { text, json };
enum class LogLevel : unsigned char { error, warning, info, debug };

/// How much an event matters.
LogLevel level_of(EventKind kind) noexcept;

class RunLog {
 public:
  RunLog(LogFormat format, LogLevel level, std::shared_ptr<Console> console, Colour colour);
  ~RunLog();
  RunLog(const RunLog&) = delete;
  RunLog& operator=(const RunLog&) = delete;

  /// As an Observer: by one thread at a time.
  void tell(const Event& event);
  /// What the command itself has to say, whatever the level: to people as a sentence, to machines as an event
  /// called `name`. From any thread.
  void note(const std::string& name, const std::string& text);

 private:
  const LogFormat format_;
  const std::shared_ptr<Console> console_;
  const std::chrono::system_clock::time_point begun_;  ///< event.at counts from here
  const std::unique_ptr<spdlog::logger> logger_;
};

/// Keeps the log alive: a run that was given up may tell more than anybody waits for.
Observer observer_of(std::shared_ptr<RunLog> log);

}  // namespace weir
