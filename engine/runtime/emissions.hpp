// What one call of a stage gave out, held until the call has returned.
#pragma once

#include <boost/container/small_vector.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "weir/emitter.hpp"
#include "weir/error_policy.hpp"

namespace weir::runtime {

class Emissions final : public Emitter {
 public:
  struct Item {
    Batch batch;
    std::size_t rows;
    PortIndex port;
  };
  struct Rejected {
    Batch batch;  ///< null: the call's input
    std::size_t row;
    std::uint32_t attempts;
    ErrorInfo error;
  };
  /// A record that threw inside a call, as Emitter::failed is told of it.
  struct FailedItem {
    std::size_t row = 0;
    std::uint32_t failures = 0;
    ErrorInfo error = {};
  };

  /// `wanted`: one for each port that the call may emit on, whether somebody reads it; outlives the
  /// emissions. `input_rows`: how many rows the call was given, and may refuse. What a stage says beyond that
  /// it is told at once, by a UsageError, so that nothing is lost silently. `policy` decides about single
  /// records; null: the call has none.
  Emissions(const std::vector<bool>& wanted, std::size_t input_rows,
            const ErrorPolicy* policy = nullptr) noexcept
      : wanted_(wanted), input_rows_(input_rows), policy_(policy) {}

  void emit(Batch batch, PortIndex port) override {
    if (port >= wanted_.size()) refuse("emit", "port", port, wanted_.size());
    if (!batch) return;
    if (const std::size_t rows = batch->rows(); rows > 0) items.push_back({std::move(batch), rows, port});
  }
  bool wanted(PortIndex port) const noexcept override { return port < wanted_.size() && wanted_[port]; }
  void reject(std::size_t row, ErrorInfo error) override {
    if (row >= input_rows_) refuse("reject", "row", row, input_rows_);
    rejected.push_back({nullptr, row, 1, std::move(error)});
  }
  ItemVerdict failed(std::size_t row, ErrorInfo error) override;
  void reject(Batch batch, std::size_t row, ErrorInfo error) override {
    if (input_rows_ > 0) throw UsageError("a stage refused a record beside its input; name the input's row");
    const std::size_t rows = batch ? batch->rows() : 0;
    if (row >= rows) refuse("reject", "row", row, rows);
    rejected.push_back({std::move(batch), row, 1, std::move(error)});
  }
  void filtered(std::size_t rows) override { filtered_rows += rows; }
  void enough() override { said_enough = true; }

  boost::container::small_vector<Item, 1> items;
  std::vector<Rejected> rejected;
  std::size_t filtered_rows = 0;
  bool said_enough = false;
  /// What calls that work record by record say of those that failed.
  struct Items {
    FailedItem failing;         ///< the last that failed; set before the call for one that had failed already
    std::uint64_t throws = 0;   ///< of records, inside the call
    std::uint64_t retried = 0;  ///< tried again inside the call
    std::optional<Decision> later;  ///< what must be done about it before the call can go on
  };
  std::unique_ptr<Items> failed_items;  ///< null: none failed

 private:
  [[noreturn]] static void refuse(const char* call, const char* what, std::size_t index, std::size_t count) {
    throw UsageError(std::string("a stage called ") + call + " for " + what + " " + std::to_string(index) +
                     ", but the call has " + std::to_string(count) + " of them");
  }

  const std::vector<bool>& wanted_;
  const std::size_t input_rows_;
  const ErrorPolicy* const policy_;
};

}  // namespace weir::runtime
