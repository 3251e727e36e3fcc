// What one run of a fused loop gave out and left behind, held until it has returned.
#pragma once

#include <boost/container/small_vector.hpp>
#include <optional>
#include <span>
#include <vector>

#include "weir/error_policy.hpp"
#include "weir/fused_loop.hpp"

namespace weir::runtime {

class LoopEmissions final : public LoopOutput {
 public:
  /// What became of one stage's records.
  struct Stage {
    const ErrorPolicy* policy = nullptr;
    std::uint64_t given = 0;
    std::uint64_t left = 0;      ///< that `leave` was told of
    std::uint64_t failures = 0;  ///< calls that threw
    std::uint64_t retried = 0;   ///< and were made again inside the loop
  };
  /// A record that the loop could not take further.
  struct Left {
    std::size_t stage = 0;
    std::size_t row = 0;    ///< of the loop's batch
    std::size_t place = 0;  ///< among the records that the stage was given
    std::uint32_t failures = 0;
    ErrorInfo error = {};
    Batch record = {};
  };

  void add_stage(const ErrorPolicy& policy) { stages_.push_back({.policy = &policy}); }

  void consumes_input() override { input_consumed = true; }
  void emit(Batch batch) override { out = std::move(batch); }
  void given(std::size_t stage, std::size_t records) override { stages_.at(stage).given += records; }
  ItemVerdict failed(std::size_t stage, std::size_t row, ErrorInfo error) override;
  void leave(Batch record, std::size_t place) override;

  std::span<const Stage> stages() const noexcept { return {stages_.data(), stages_.size()}; }

  bool input_consumed = false;
  Batch out;
  std::vector<Left> refused;  ///< in the order of their rows
  std::optional<Left> later;  ///< what must be done about it before the loop can go on
  Decision decision;          ///< about `later`

 private:
  boost::container::small_vector<Stage, 8> stages_;
  std::optional<Left> failing_;  ///< the last that failed
};

}  // namespace weir::runtime
