// What one call of a stage gave out, held until the call has returned.
#pragma once

#include <boost/container/small_vector.hpp>
#include <string>
#include <vector>

#include "weir/emitter.hpp"

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
    ErrorInfo error;
  };

  /// `wanted`: one for each port that the call may emit on, whether somebody reads it; outlives the
  /// emissions. `input_rows`: how many rows the call was given, and may refuse. What a stage says beyond that
  /// it is told at once, by a UsageError, so that nothing is lost silently.
  Emissions(const std::vector<bool>& wanted, std::size_t input_rows) noexcept
      : wanted_(wanted), input_rows_(input_rows) {}

  void emit(Batch batch, PortIndex port) override {
    if (port >= wanted_.size()) refuse("emit", "port", port, wanted_.size());
    if (!batch) return;
    if (const std::size_t rows = batch->rows(); rows > 0) items.push_back({std::move(batch), rows, port});
  }
  bool wanted(PortIndex port) const noexcept override { return port < wanted_.size() && wanted_[port]; }
  void reject(std::size_t row, ErrorInfo error) override {
    if (row >= input_rows_) refuse("reject", "row", row, input_rows_);
    rejected.push_back({nullptr, row, std::move(error)});
  }
  ItemVerdict failed(std::size_t row, ErrorInfo error) override {
    reject(row, std::move(error));
    return ItemVerdict::left_out;
  }
  void reject(Batch batch, std::size_t row, ErrorInfo error) override {
    if (input_rows_ > 0) throw UsageError("a stage refused a record beside its input; name the input's row");
    const std::size_t rows = batch ? batch->rows() : 0;
    if (row >= rows) refuse("reject", "row", row, rows);
    rejected.push_back({std::move(batch), row, std::move(error)});
  }
  void filtered(std::size_t rows) override { filtered_rows += rows; }
  void enough() override { said_enough = true; }

  boost::container::small_vector<Item, 2> items;
  std::vector<Rejected> rejected;
  std::size_t filtered_rows = 0;
  bool said_enough = false;

 private:
  [[noreturn]] static void refuse(const char* call, const char* what, std::size_t index, std::size_t count) {
    throw UsageError(std::string("a stage called ") + call + " for " + what + " " + std::to_string(index) +
                     ", but the call has " + std::to_string(count) + " of them");
  }

  const std::vector<bool>& wanted_;
  const std::size_t input_rows_;
};

}  // namespace weir::runtime
