// Joins the branches of one piece of work where they meet again: one token comes out for each sequence
// number, with the batches of all branches in the order of their edges.
//
// Branches share one credit, so waiting for each other cannot starve them; where a branch may be held up
// upstream (`keeps_early`), the others give their credit up while they wait, and the last one's serves for
// all. Self-synchronised.
#pragma once

#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/runtime/token.hpp"

namespace weir::runtime {

class MergeBuffer {
 public:
  MergeBuffer(const std::vector<ArrivalPlan>& arrivals, bool keeps_early);

  /// Takes a branch; gives the merged token when it was the last one, else null.
  TokenPtr arrive(TokenPtr token);
  /// Takes out the tokens that still wait for a branch: after a run that was cut short.
  std::vector<TokenPtr> take_rest();

 private:
  struct Pending {
    TokenPtr token;
    std::size_t missing = 0;
  };
  static void take_over(Token& into, Token& from);

  const bool keeps_early_;
  std::map<FlowIndex, std::size_t> branches_;  ///< constant after construction
  std::mutex mutex_;
  std::map<std::pair<FlowIndex, std::uint64_t>, Pending> pending_;  ///< guarded by mutex_
};

}  // namespace weir::runtime
