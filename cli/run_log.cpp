#include "cli/run_log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "cli/event_json.hpp"
#include "cli/event_text.hpp"

namespace weir {
namespace {

constexpr const char* kTextPattern = "%H:%M:%S.%e %^%l%$: %v";
// The message is the rest of an object.
constexpr const char* kJsonPattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)";

spdlog::level::level_enum level_for(LogLevel level) {
  switch (level) {
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::debug:
      break;
  }
  return spdlog::level::debug;
}

std::string_view paint_for(spdlog::level::level_enum level) {
  constexpr std::string_view kRed = "\x1b[1;31m";
  constexpr std::string_view kYellow = "\x1b[33m";
  constexpr std::string_view kGreen = "\x1b[32m";
  if (level == spdlog::level::err) return kRed;
  return level == spdlog::level::warn ? kYellow : kGreen;
}

// Lines to a console; the level is coloured where that is wanted.
class ConsoleSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  ConsoleSink(std::shared_ptr<Console> console, Colour colour)
      : console_(std::move(console)), colour_(colour) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    constexpr std::string_view kPlain = "\x1b[0m";
    spdlog::memory_buf_t buffer;
    formatter_->format(message, buffer);
    std::string line(buffer.data(), buffer.size());
    if (colour_ == Colour::always && message.color_range_end > message.color_range_start) {
      line.insert(message.color_range_end, kPlain);
      line.insert(message.color_range_start, paint_for(message.level));
    }
    console_->write(line);
  }
  void flush_() override {}

 private:
  const std::shared_ptr<Console> console_;
  const Colour colour_;
};

std::unique_ptr<spdlog::logger> make_logger(LogFormat format, LogLevel level,
                                            std::shared_ptr<Console> console, Colour colour) {
  auto sink =
      std::make_shared<ConsoleSink>(std::move(console), format == LogFormat::text ? colour : Colour::never);
  auto logger = std::make_unique<spdlog::logger>("run", std::move(sink));
  logger->set_level(level_for(level));
  const bool is_text = format == LogFormat::text;
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      is_text ? kTextPattern : kJsonPattern,
      is_text ? spdlog::pattern_time_type::local : spdlog::pattern_time_type::utc, "\n"));
  return logger;
}

}  // namespace

LogLevel level_of(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::failed:
    case EventKind::gave_up:
    case EventKind::threshold_exceeded:
      return LogLevel::error;
    case EventKind::restarting:
    case EventKind::restart_failed:
    case EventKind::escalated:
    case EventKind::hang_suspected:
    case EventKind::hang_ended:
    case EventKind::abandoned:
    case EventKind::breaker_opened:
    case EventKind::breaker_closed:
    case EventKind::deadline_reached:
      return LogLevel::warning;
    case EventKind::run_started:
    case EventKind::restarted:
    case EventKind::draining:
    case EventKind::run_ended:
      return LogLevel::info;
    case EventKind::stage_started:
    case EventKind::retried:
    case EventKind::dead_lettered:
    case EventKind::skipped:
      break;
  }
  return LogLevel::debug;
}

RunLog::RunLog(LogFormat format, LogLevel level, std::shared_ptr<Console> console, Colour colour)
    : format_(format),
      console_(std::move(console)),
      begun_(std::chrono::system_clock::now()),
      logger_(make_logger(format, level, console_, colour)) {}

RunLog::~RunLog() = default;

void RunLog::tell(const Event& event) {
  // What ends a run is told to people when it has ended, with record and mend.
  const bool is_told_at_the_end =
      event.kind == EventKind::failed || event.kind == EventKind::threshold_exceeded;
  if (format_ == LogFormat::text && is_told_at_the_end) return;
  const auto level = level_for(level_of(event.kind));
  if (!logger_->should_log(level)) return;
  const auto time = begun_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(event.at);
  const std::string message = format_ == LogFormat::text ? event_text(event) : event_json(event).substr(1);
  logger_->log(time, spdlog::source_loc{}, level, message);
}

void RunLog::note(const std::string& name, const std::string& text) {
  if (format_ == LogFormat::text) {
    console_->write("weir: " + text + "\n");
  } else {
    logger_->log(spdlog::level::critical, note_json(name, text).substr(1));
  }
}

Observer observer_of(std::shared_ptr<RunLog> log) {
  return [log = std::move(log)](const Event& event) { log->tell(event); };
}

}  // namespace weir
