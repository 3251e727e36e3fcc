// What a run says of itself when it has ended, or while it lasts.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "weir/error.hpp"
#include "weir/payload.hpp"

namespace weir {

enum class RunStatus : unsigned char {
  succeeded,
  failed,   ///< a stage gave up; `failure` says which and why
  drained,  ///< a stop was asked for; everything in flight was finished, nothing was published
  stopped,  ///< a second stop was asked for; what was in flight was abandoned
};
std::string_view to_string(RunStatus status) noexcept;

/// Why a run failed.
struct Failure {
  std::string stage = {};
  /// What the stage was doing: "open", "next", "decode", "process", "encode", "write", "prepare", "commit"
  /// ...
  std::string during = {};
  ErrorInfo error = {};
  Origin origin = {};
  std::string record = {};  ///< the record as text, where one record is to blame
  std::uint32_t attempts = 1;
};

/// Counters of one stage, in records unless said otherwise.
/// A stage balances when in + made = processed + dead + skipped + dropped + unneeded + abandoned.
struct StageReport {
  std::string name;
  std::string type;
  std::uint64_t in = 0;    ///< received; for a source: read
  std::uint64_t made = 0;  ///< results of a breaker's own that it then refused (a sum that does not fit)
  std::uint64_t processed = 0;
  std::uint64_t dead = 0;       ///< left by `errors`
  std::uint64_t skipped = 0;    ///< dropped by `on_error: skip`
  std::uint64_t dropped = 0;    ///< dropped where a threaded source enters, by its overflow policy
  std::uint64_t unneeded = 0;   ///< came after everything downstream had said *enough*
  std::uint64_t abandoned = 0;  ///< in hand when the run failed or was stopped
  std::uint64_t filtered = 0;   ///< left out on purpose, or emitted on an optional port that is not connected
  std::uint64_t emitted = 0;    ///< on all ports but `errors`
  std::uint64_t batches = 0;    ///< calls that returned
  std::uint64_t failures = 0;   ///< calls that threw
  std::uint64_t retried = 0;    ///< calls that were made again
  std::uint64_t restarts = 0;   ///< that its failures led to; a cascade is one
  std::uint64_t bisect_calls = 0;  ///< that looked for the record to blame
  std::uint64_t incarnation =
      0;                      ///< the present one, from 1; more than restarts + 1 where cascades reached it
  std::uint64_t busy_ns = 0;  ///< time inside the stage's code, over all threads; sampled for small batches
  bool maps_records = false;  ///< then processed = emitted + filtered as well
};

/// One edge: what went in and what came out. The same when the run is balanced.
struct EdgeReport {
  std::string from, from_port, to, to_port;
  std::uint64_t emitted = 0;
  std::uint64_t received = 0;
};

/// How far one source came.
struct SourceReport {
  std::string name;
  std::uint64_t done_bytes = 0;
  std::uint64_t total_bytes = 0;
  std::uint64_t tokens_peak = 0;  ///< most tokens in flight at once
};

/// How a run ended, and what became of every record.
struct [[nodiscard]] RunReport {
  std::string pipeline;
  RunStatus status = RunStatus::succeeded;
  std::optional<Failure> failure;
  std::vector<StageReport> stages;
  std::vector<EdgeReport> edges;
  std::vector<SourceReport> sources;
  std::uint64_t wall_ns = 0;
  std::size_t threads = 0;
  std::uint64_t restarts = 0;  ///< of all groups; a cascade is one
  bool deadline_reached = false;
  std::vector<std::string> hung = {};  ///< stages that were still at work when the run was given up

  bool succeeded() const noexcept { return status == RunStatus::succeeded; }

  /// For callers that would rather have an exception: throws RunFailed unless the run succeeded.
  void throw_if_failed() const;

  /// Where the ledger does not balance, one line a place; empty when every record is accounted for, and for a
  /// run that was given up, whose books were never closed.
  std::vector<std::string> imbalances() const;
};

/// A run that did not succeed, as an exception. What the stage threw is `failure()->error.cause`.
class RunFailed : public std::runtime_error {
 public:
  /// Of a report that did not succeed.
  explicit RunFailed(const RunReport& report);
  RunStatus status() const noexcept { return status_; }
  /// Nothing where the run was stopped.
  const std::optional<Failure>& failure() const noexcept { return failure_; }

 private:
  RunStatus status_;
  std::optional<Failure> failure_;
};

}  // namespace weir
