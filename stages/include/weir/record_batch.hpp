// A batch of records: columns of one length, and which of their rows count.
//
// Filtering narrows the rows and copies no column; so does slicing. All columns of a batch have the same physical
// length; `rows()` says which physical rows the batch's records are. Immutable; shared by any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "weir/column.hpp"
#include "weir/payload.hpp"
#include "weir/schema.hpp"

namespace weir {

/// Which physical rows a batch consists of: a range, or a list in ascending order.
class RowSet {
 public:
  RowSet() = default;
  /// Physical rows [begin, begin + count).
  static RowSet range(std::size_t begin, std::size_t count) noexcept;
  /// Ascending physical rows.
  static RowSet list(std::shared_ptr<const std::vector<std::uint32_t>> rows) noexcept;

  std::size_t size() const noexcept { return count_; }
  bool is_range() const noexcept { return list_ == nullptr; }
  /// The physical row of record `i`. Requires i < size().
  std::size_t operator[](std::size_t i) const noexcept { return list_ ? (*list_)[begin_ + i] : begin_ + i; }
  /// Records [offset, offset + count) of these. Requires offset + count <= size().
  RowSet slice(std::size_t offset, std::size_t count) const noexcept;

  /// Calls visit(physical_row) for each row in order, with one branch on the kind outside the loop.
  template <class Visit>
  void for_each(Visit&& visit) const {
    if (list_ == nullptr) {
      for (std::size_t row = begin_, end = begin_ + count_; row < end; ++row) visit(row);
    } else {
      const std::uint32_t* rows = list_->data() + begin_;
      for (std::size_t i = 0; i < count_; ++i) visit(std::size_t{rows[i]});
    }
  }

 private:
  std::shared_ptr<const std::vector<std::uint32_t>> list_;
  std::size_t begin_ = 0;
  std::size_t count_ = 0;
};

/// Says where a physical row of a batch was read. May be slow: it may scan the text again.
using OriginFinder = std::function<Origin(std::size_t physical_row)>;

/// The batch; see above.
class RecordBatch final : public Payload {
 public:
  /// All columns have `physical_rows` rows; `columns[i]` has the type of field i of the schema. A column that nobody
  /// downstream needs may be null. `held_bytes`: what the columns' slots point to, as far as this batch is to account.
  RecordBatch(std::shared_ptr<const Schema> schema, std::vector<ColumnPtr> columns, RowSet rows,
              std::shared_ptr<const OriginFinder> origins = nullptr, std::size_t held_bytes = 0);

  const Schema& schema() const noexcept { return *schema_; }
  const std::shared_ptr<const Schema>& schema_ptr() const noexcept { return schema_; }
  const std::vector<ColumnPtr>& columns() const noexcept { return columns_; }
  /// Of field `i`, which must not be null.
  const Column& column(std::size_t i) const noexcept { return *columns_[i]; }
  const RowSet& row_set() const noexcept { return rows_; }
  const std::shared_ptr<const OriginFinder>& origins() const noexcept { return origins_; }
  std::size_t held_bytes() const noexcept { return held_bytes_; }
  /// The length that columns made for this batch must have.
  std::size_t physical_rows() const noexcept { return physical_rows_; }

  /// The same columns, other rows.
  std::shared_ptr<const RecordBatch> with_rows(RowSet rows) const;
  /// Other columns, the same rows and origins. The columns have this batch's physical length.
  std::shared_ptr<const RecordBatch> with_columns(std::shared_ptr<const Schema> schema,
                                                  std::vector<ColumnPtr> columns) const;

  std::size_t rows() const noexcept override { return rows_.size(); }
  std::size_t bytes() const noexcept override;
  Batch slice(std::size_t offset, std::size_t count) const override;
  std::shared_ptr<Payload> clone() const override;
  Origin origin_of(std::size_t row) const override;
  /// The record as a JSON object.
  std::string describe(std::size_t row) const override;

 private:
  std::shared_ptr<const Schema> schema_;
  std::vector<ColumnPtr> columns_;
  RowSet rows_;
  std::shared_ptr<const OriginFinder> origins_;
  std::size_t held_bytes_ = 0;
  std::size_t physical_rows_ = 0;
};

/// The payload of all record streams.
inline const PayloadType& record_payload_type() {
  static const PayloadType type{"records"};
  return type;
}

/// A payload known to be a RecordBatch: that of every stage of this library.
inline const RecordBatch& as_records(const Batch& batch) { return static_cast<const RecordBatch&>(*batch); }

}  // namespace weir
