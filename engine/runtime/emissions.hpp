// What one call of a stage gave out, held until the call has returned.
#pragma once

#include <boost/container/small_vector.hpp>
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

  /// `wanted`: one a port, whether somebody reads it. Outlives the emissions.
  explicit Emissions(const std::vector<bool>& wanted) noexcept : wanted_(wanted) {}

  void emit(Batch batch, PortIndex port) override {
    if (!batch) return;
    if (const std::size_t rows = batch->rows(); rows > 0) items.push_back({std::move(batch), rows, port});
  }
  bool wanted(PortIndex port) const noexcept override { return port < wanted_.size() && wanted_[port]; }
  void reject(std::size_t row, ErrorInfo error) override {
    rejected.push_back({nullptr, row, std::move(error)});
  }
  void reject(Batch batch, std::size_t row, ErrorInfo error) override {
    rejected.push_back({std::move(batch), row, std::move(error)});
  }
  void filtered(std::size_t rows) override { filtered_rows += rows; }
  void enough() override { said_enough = true; }

  boost::container::small_vector<Item, 2> items;
  std::vector<Rejected> rejected;
  std::size_t filtered_rows = 0;
  bool said_enough = false;

 private:
  const std::vector<bool>& wanted_;
};

}  // namespace weir::runtime
