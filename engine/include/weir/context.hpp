// What a callable of a typed flow may be told of the call it is in: take a `weir::Context&` as the last
// parameter.
//
//     weir::map("fetch", [](const Url& url, weir::Context& context) { return fetch(url,
//     context.stop_token()); })
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>

#include "weir/run_signals.hpp"

namespace weir {

/// Valid during the call; for the calling thread.
class Context {
 public:
  /// `run` outlives the context; null: there is none.
  Context(const RunSignals* run, std::uint32_t attempt) noexcept : run_(run), attempt_(attempt) {}

  /// Requested when the run is to end at once: give up what the call waits for.
  std::stop_token stop_token() const noexcept { return run_ ? run_->stop : std::stop_token(); }
  /// The how many'th call for this item it is, from 1.
  std::uint32_t attempt() const noexcept { return attempt_; }
  /// When the run begins to drain; nothing: it has no deadline.
  std::optional<TimePoint> deadline() const noexcept {
    return run_ ? run_->deadline : std::optional<TimePoint>();
  }

 private:
  const RunSignals* run_;
  std::uint32_t attempt_;
};

}  // namespace weir
