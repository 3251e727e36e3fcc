// An emitter that keeps everything, for tests of stages without an engine. One thread.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "weir/emitter.hpp"
#include "weir/record_batch.hpp"

namespace weir::testing {

struct Rejection {
  Batch record;  ///< null where a row of the input was rejected
  std::size_t row = 0;
  ErrorInfo error;
};

class CollectingEmitter final : public Emitter {
 public:
  void emit(Batch batch, PortIndex port = kMainPort) override {
    if (batch != nullptr && batch->rows() > 0) batches_[port].push_back(std::move(batch));
  }
  bool wanted(PortIndex port) const noexcept override { return unwanted.count(port) == 0; }
  void reject(std::size_t row, ErrorInfo error) override {
    rejections.push_back({nullptr, row, std::move(error)});
  }
  ItemVerdict failed(std::size_t row, ErrorInfo error) override {
    reject(row, std::move(error));
    return ItemVerdict::left_out;
  }
  void reject(Batch record, std::size_t row, ErrorInfo error) override {
    rejections.push_back({std::move(record), row, std::move(error)});
  }
  void filtered(std::size_t rows) override { filtered_rows += rows; }
  void enough() override { said_enough = true; }

  /// What was emitted on a port, empty batches left out.
  const std::vector<Batch>& batches(PortIndex port = kMainPort) { return batches_[port]; }
  /// Emits everything once more.
  void hand_on(Emitter& to) const {
    for (const auto& [port, batches] : batches_)
      for (const Batch& batch : batches)
        to.emit(batch, port);
  }
  /// The rows emitted on a port, each as JSON.
  std::vector<std::string> records(PortIndex port = kMainPort) {
    std::vector<std::string> records;
    for (const Batch& batch : batches_[port])
      for (std::size_t row = 0; row < batch->rows(); ++row)
        records.push_back(batch->describe(row));
    return records;
  }

  std::set<PortIndex> unwanted;  ///< ports that nobody reads
  std::vector<Rejection> rejections;
  std::size_t filtered_rows = 0;
  bool said_enough = false;

 private:
  std::map<PortIndex, std::vector<Batch>> batches_;
};

}  // namespace weir::testing
