// One call of a stage that is made on a thread of the stage's own.
//
// It shares all that it touches, because it may be abandoned: then its thread comes back late, or never, when
// the run may be over.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/runtime/emissions.hpp"
#include "weir/error_policy.hpp"
#include "weir/transform.hpp"

namespace weir::runtime {

class IoCall {
 public:
  /// What all calls of a stage have in common.
  struct Stage {
    Stage(std::vector<bool> its_wanted, ErrorPolicy its_policy)
        : wanted(std::move(its_wanted)), on_error(std::move(its_policy)) {}
    std::vector<bool> wanted;
    ErrorPolicy on_error;
  };

  /// What one of them is given; see Input.
  struct Request {
    Batch batch = {};
    std::size_t rows = 0;
    PortIndex port = 0;
    Place place = {};
    Cursor at = 0;
    std::uint32_t failures = 0;
    std::shared_ptr<const RunSignals> run = {};
  };

  IoCall(std::shared_ptr<const Stage> stage, std::shared_ptr<Transform> incarnation, Request request)
      : out(stage->wanted, request.rows, &stage->on_error),
        next(request.at),
        stage_(std::move(stage)),
        incarnation_(std::move(incarnation)),
        request_(std::move(request)) {}

  /// Makes the call, and then calls `on_end`. False: it was abandoned meanwhile, and nobody wants its end. On
  /// the stage's thread. Whoever goes on in `on_end` may come to the end of the run: what must be done before
  /// that is done in `before_end`.
  bool make(const std::function<void()>& before_end = {});
  /// Gives the call up, and calls `on_end`. False: it has ended already. From any thread.
  bool abandon(const std::function<void()>& before_end);
  bool was_abandoned() const noexcept { return state_.load() == State::abandoned; }

  /// Set before the call is made; called once, short.
  std::function<void()> on_end;
  /// Thrown inside the call before the stage is called, where that is wanted; may be empty.
  std::function<void()> before;

  // What came of it; for whoever was told that it ended. Of one that was abandoned its thread still has them.
  Emissions out;
  Cursor next;
  std::optional<ErrorInfo> error;

 private:
  enum class State : unsigned char { under_way, ended, abandoned };
  const std::shared_ptr<const Stage> stage_;
  const std::shared_ptr<Transform> incarnation_;
  const Request request_;
  std::atomic<State> state_{State::under_way};
};

}  // namespace weir::runtime
