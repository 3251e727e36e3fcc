// What of one incarnation fails, as weir/testing/faults.hpp says.
//
// From any thread. Belongs to the incarnation, and shares the faults with those before and after it.
#pragma once

#include <string>

#include "weir/testing/faults.hpp"

namespace weir::testing {

class Weakness {
 public:
  explicit Weakness(FaultsPtr faults);

  // Each throws where the call that asks is to fail.
  void open() const;
  void finish() const;
  void next() const;
  void strike(const Payload& batch) const;

  /// A source gave a piece.
  void gave_piece() const;

 private:
  void fail_if_broken() const;
  /// Uses up one of `left`, where there is one.
  void strike(std::uint32_t& left, const std::string& where) const;

  const FaultsPtr faults_;
  mutable bool broken_ = false;  ///< guarded by the mutex of the faults
};

}  // namespace weir::testing
