// Keeps the tokens of a probe side until the build side has ended, where one source feeds both and so cannot
// wait.
//
// A parked token has given its credit up: else the source would run dry before the build had ended. When the
// lot opens, tokens leave in order, each under a new credit of the lot's own. Self-synchronised.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/runtime/scheduler.hpp"
#include "engine/runtime/token.hpp"

namespace weir::runtime {

class ParkingLot {
 public:
  /// `flows` in the order in which their tokens leave when the lot opens.
  ParkingLot(Scheduler& scheduler, std::vector<FlowIndex> flows, std::size_t limit_tokens,
             std::size_t limit_bytes, std::function<void(TokenPtr)> release);

  /// Keeps the token, or passes it on where the lot is open.
  void park(TokenPtr token);
  void open();
  /// Takes out what is still parked: after a run that was cut short.
  std::vector<TokenPtr> take_rest();

 private:
  void let_out();

  Scheduler& scheduler_;
  const std::vector<FlowIndex> flows_;
  const std::function<void(TokenPtr)> release_;
  CreditPool credits_;
  std::mutex mutex_;
  bool open_ = false;                                                 ///< guarded by mutex_, as is parked_
  std::map<std::pair<std::size_t, std::uint64_t>, TokenPtr> parked_;  ///< by rank of the flow, and sequence
};

}  // namespace weir::runtime
