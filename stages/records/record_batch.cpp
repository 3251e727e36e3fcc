#include "weir/record_batch.hpp"

#include <cassert>
#include <utility>

#include "stages/records/json_text.hpp"

namespace weir {
namespace {

// A batch may have no column at all (only its rows are counted); then the last row says how long it is.
std::size_t physical_length(const std::vector<ColumnPtr>& columns, const RowSet& rows) noexcept {
  for (const ColumnPtr& column : columns)
    if (column) return column->size();
  return rows.size() == 0 ? 0 : rows[rows.size() - 1] + 1;
}

}  // namespace

RowSet RowSet::range(std::size_t begin, std::size_t count) noexcept {
  RowSet rows;
  rows.begin_ = begin;
  rows.count_ = count;
  return rows;
}

RowSet RowSet::list(std::shared_ptr<const std::vector<std::uint32_t>> rows) noexcept {
  RowSet set;
  set.count_ = rows->size();
  set.list_ = std::move(rows);
  return set;
}

RowSet RowSet::slice(std::size_t offset, std::size_t count) const noexcept {
  assert(offset + count <= count_);
  RowSet part = *this;
  part.begin_ += offset;
  part.count_ = count;
  return part;
}

RecordBatch::RecordBatch(std::shared_ptr<const Schema> schema, std::vector<ColumnPtr> columns, RowSet rows,
                         std::shared_ptr<const OriginFinder> origins, std::size_t held_bytes)
    : schema_(std::move(schema)),
      columns_(std::move(columns)),
      rows_(std::move(rows)),
      origins_(std::move(origins)),
      held_bytes_(held_bytes),
      physical_rows_(physical_length(columns_, rows_)) {
  assert(columns_.size() == schema_->size());
}

std::shared_ptr<const RecordBatch> RecordBatch::with_rows(RowSet rows) const {
  auto batch = std::make_shared<RecordBatch>(*this);
  batch->rows_ = std::move(rows);
  return batch;
}

std::shared_ptr<const RecordBatch> RecordBatch::with_columns(std::shared_ptr<const Schema> schema,
                                                             std::vector<ColumnPtr> columns) const {
  assert(columns.size() == schema->size());
  auto batch = std::make_shared<RecordBatch>(*this);
  batch->schema_ = std::move(schema);
  batch->columns_ = std::move(columns);
  return batch;
}

std::size_t RecordBatch::bytes() const noexcept {
  std::size_t bytes = held_bytes_;
  for (const ColumnPtr& column : columns_)
    if (column) bytes += column->bytes();
  if (!rows_.is_range()) bytes += rows_.size() * sizeof(std::uint32_t);
  return bytes;
}

Batch RecordBatch::slice(std::size_t offset, std::size_t count) const {
  return with_rows(rows_.slice(offset, count));
}

std::shared_ptr<Payload> RecordBatch::clone() const { return std::make_shared<RecordBatch>(*this); }

Origin RecordBatch::origin_of(std::size_t row) const { return origins_ ? (*origins_)(rows_[row]) : Origin{}; }

std::string RecordBatch::describe(std::size_t row) const {
  std::string json = "{";
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!columns_[i]) continue;
    if (json.size() > 1) json += ", ";
    append_json_string(json, (*schema_)[i].name);
    json += ": ";
    append_json_value(json, *columns_[i], rows_[row]);
  }
  return json += "}";
}

}  // namespace weir
