#include "cli/event_text.hpp"

#include <algorithm>
#include <cctype>

#include "cli/quantity_text.hpp"
#include "cli/run_text.hpp"

namespace weir {
namespace {

std::string quoted(const std::string& name) { return "`" + name + "`"; }

std::string list_of(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += quoted(names[i]);
  }
  return text;
}

// What others wrote may have ends of lines in it, and a log's line is one line.
std::string on_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, ' ');
  return text;
}

std::string soon(Duration delay) {
  return delay == Duration::zero() ? "at once" : "in " + duration_text(delay);
}

std::string group_text(const std::string& group) {
  return group.empty() ? "the topmost group" : "the group " + quoted(group);
}

std::string attempts_text(const Event& event) {
  return event.attempts > 1 ? " after " + std::to_string(event.attempts) + " attempts" : "";
}

// ": connection refused (io)", or nothing where the event has no cause.
std::string cause_text(const Event& event) {
  if (event.error.message.empty()) return {};
  return ": " + on_one_line(event.error.message) + " (" + std::string(to_string(event.error.error_class)) +
         ")";
}

std::string detail_text(const Event& event) {
  return event.detail.empty() ? "" : ": " + on_one_line(event.detail);
}

// "`late` failed at in.csv:7 after 3 attempts: division by zero (data)".
std::string record_failure(const Event& event) {
  const std::string place = origin_text(event.origin);
  return quoted(event.stage) + " failed" + (place.empty() ? "" : " at " + place) + attempts_text(event) +
         cause_text(event);
}

std::string restarting_text(const Event& event) {
  const bool alone =
      event.stages.empty() || (event.stages.size() == 1 && event.stages.front() == event.stage);
  return record_failure(event) + "; restarting " + (alone ? "it" : list_of(event.stages)) + " " +
         soon(event.delay);
}

std::string text_of_kind(const Event& event) {
  switch (event.kind) {
    case EventKind::run_started:
      return quoted(event.pipeline) + " has started";
    case EventKind::stage_started:
      return quoted(event.stage) + " has started";
    case EventKind::retried:
      return record_failure(event) + "; trying again " + soon(event.delay);
    case EventKind::dead_lettered:
      return record_failure(event) + "; the record goes to " + quoted(event.stage + ".errors");
    case EventKind::skipped:
      return record_failure(event) + "; the record is skipped";
    case EventKind::failed:
      return record_failure(event) + "; the run fails";
    case EventKind::restarting:
      return restarting_text(event);
    case EventKind::restarted:
      return quoted(event.stage) + " is restarted, incarnation " + std::to_string(event.incarnation);
    case EventKind::restart_failed:
      return quoted(event.stage) + " could not be restarted" + cause_text(event);
    case EventKind::escalated:
      return group_text(event.group) + " had more restarts than it may" +
             (event.group.empty() ? "" : "; the group above decides");
    case EventKind::gave_up:
      return group_text(event.group) + " had more restarts than it may; the run gives up on " +
             quoted(event.stage) + cause_text(event);
    case EventKind::hang_suspected:
      return quoted(event.stage) + " has been in one call for longer than its timeout" + detail_text(event);
    case EventKind::hang_ended:
      return quoted(event.stage) + " came back from the call that took too long" + detail_text(event);
    case EventKind::abandoned:
      return quoted(event.stage) + " is left alone with a call that takes too long; its record fails" +
             detail_text(event);
    case EventKind::breaker_opened:
      return quoted(event.stage) + " fails too often" + cause_text(event) + "; it is left alone for " +
             duration_text(event.delay);
    case EventKind::breaker_closed:
      return quoted(event.stage) + " works again";
    case EventKind::threshold_exceeded:
      return quoted(event.stage) + " had more bad records than its threshold allows" + detail_text(event);
    case EventKind::deadline_reached:
      return "the deadline is reached: sources stop, and what is in flight is finished";
    case EventKind::draining:
      return "draining: sources stop, and what is in flight is finished" + detail_text(event);
    case EventKind::run_ended:
      break;
  }
  return quoted(event.pipeline) + " has ended" + detail_text(event);
}

}  // namespace

std::string event_text(const Event& event) {
  std::string text = text_of_kind(event);
  if (event.left_out > 0) text += " (and " + count_text(event.left_out) + " more such before it)";
  return text;
}

}  // namespace weir
