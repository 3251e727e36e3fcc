// A job that says when it has begun, and goes on only when a test lets it: so that a worker is busy for as
// long as the test needs it to be.
//
// From any thread. It must outlive the job.
#pragma once

#include <latch>

namespace weir::testing {

class HeldJob {
 public:
  /// What a pool is given. Once.
  auto job() {
    return [this](auto&...) {
      begun_.count_down();
      may_go_on_.wait();
    };
  }
  void await_begin() const { begun_.wait(); }
  void let_go() { may_go_on_.count_down(); }

 private:
  std::latch begun_{1};
  std::latch may_go_on_{1};
};

}  // namespace weir::testing
