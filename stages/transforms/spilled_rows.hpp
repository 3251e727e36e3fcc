// The rows of an aggregation as columns that can be put on disk: keys, what its calls are computed of, and
// where each row stood.
//
// Read by any thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "stages/transforms/aggregate_table.hpp"

namespace weir {

class SpilledRows {
 public:
  SpilledRows(std::span<const Type> key_types, std::span<const AggregateExpression::Call> calls);

  const std::shared_ptr<const Schema>& schema() const noexcept { return schema_; }
  std::vector<ColumnPtr> columns_of(const AggregateRows& rows) const;

  /// Rows that were read back; `rows()` is valid while this lives.
  class Read {
   public:
    AggregateRows rows() const {
      return {keys_, calls_, RowSet::range(0, places_.size()), RowPlaces(places_)};
    }

   private:
    friend class SpilledRows;
    std::vector<ColumnPtr> keys_;
    std::vector<CallColumns> calls_;
    std::vector<RecordPlace> places_;
  };
  Read read(const RecordBatch& batch) const;

 private:
  /// Which columns a call has.
  struct Call {
    bool argument = false;
    bool key = false;
    bool filter = false;
  };

  std::size_t keys_;
  std::vector<Call> calls_;
  std::shared_ptr<const Schema> schema_;
};

}  // namespace weir
