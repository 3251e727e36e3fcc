#include "stages/records/row_gather.hpp"

#include <string>

#include "stages/records/value_text.hpp"

namespace weir {
namespace {

template <class T>
void gather_values(std::span<const Column* const> sources, std::span<const RowRef> rows, T* to) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i] != kNoRow) to[i] = sources[rows[i].batch]->values<T>()[rows[i].row];
}

void gather_nulls(std::span<const Column* const> sources, bool has_nulls, std::span<const RowRef> rows,
                  ColumnBuilder& to) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool exists = rows[i] != kNoRow;
    if (!exists || (has_nulls && !sources[rows[i].batch]->is_valid(rows[i].row))) to.set_null(i);
  }
}

// Columns of which some are values become text: what a writer of text would have made of them.
void gather_as_text(std::span<const Column* const> sources, std::span<const RowRef> rows, ColumnBuilder& to) {
  std::string text;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == kNoRow) continue;
    text.clear();
    append_value(text, *sources[rows[i].batch], rows[i].row);
    to.set_copy(i, text);
  }
}

std::size_t copied_bytes(const Column& column) {
  if (column.encoding() != Encoding::text && column.type() != Type::string) return 0;
  std::size_t bytes = 0;
  const auto* slots = column.values<StringSlot>();
  for (std::size_t i = 0; i < column.size(); ++i)
    bytes += slots[i].is_inline() ? 0 : slots[i].size();
  return bytes;
}

}  // namespace

RowGatherer::RowGatherer(std::shared_ptr<const Schema> schema, Batches batches)
    : schema_(std::move(schema)), batches_(std::make_shared<const Batches>(std::move(batches))) {
  columns_.reserve(schema_->size());
  for (std::size_t column = 0; column < schema_->size(); ++column)
    columns_.push_back(sources_of(column));
}

RowGatherer::Sources RowGatherer::sources_of(std::size_t column) const {
  Sources sources;
  sources.columns.reserve(batches_->size());
  bool any_text = false;
  bool any_values = false;
  for (const auto& batch : *batches_) {
    const Column* source = batch->columns()[column].get();
    sources.columns.push_back(source);
    if (source == nullptr) {
      sources.needed = false;
      continue;
    }
    (source->encoding() == Encoding::text ? any_text : any_values) = true;
    sources.has_nulls |= source->has_nulls();
  }
  sources.encoding = any_text ? Encoding::text : Encoding::values;
  sources.mixed = any_text && any_values;
  return sources;
}

void RowGatherer::gather_slots(const Sources& sources, std::span<const RowRef> rows, GatheredStrings strings,
                               ColumnBuilder& to) const {
  if (sources.mixed) return gather_as_text(sources.columns, rows, to);
  if (strings == GatheredStrings::shared) {
    to.keep(batches_);
    return gather_values<StringSlot>(sources.columns, rows, to.values<StringSlot>());
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i] != kNoRow) to.set_copy(i, sources.columns[rows[i].batch]->text(rows[i].row));
}

ColumnPtr RowGatherer::gather(std::size_t column, std::span<const RowRef> rows,
                              GatheredStrings strings) const {
  const Sources& sources = columns_[column];
  if (!sources.needed) return nullptr;
  const Type type = (*schema_)[column].type;
  ColumnBuilder builder(type, rows.size(), sources.encoding);
  if (sources.encoding == Encoding::text || type == Type::string) {
    gather_slots(sources, rows, strings, builder);
  } else if (type == Type::boolean) {
    gather_values<std::uint8_t>(sources.columns, rows, builder.values<std::uint8_t>());
  } else if (type == Type::float64) {
    gather_values<double>(sources.columns, rows, builder.values<double>());
  } else {
    gather_values<std::int64_t>(sources.columns, rows, builder.values<std::int64_t>());
  }
  gather_nulls(sources.columns, sources.has_nulls, rows, builder);
  return std::move(builder).finish();
}

std::shared_ptr<const RecordBatch> RowGatherer::gather(std::span<const RowRef> rows,
                                                       GatheredStrings strings) const {
  std::vector<ColumnPtr> columns;
  columns.reserve(columns_.size());
  std::size_t held_bytes = 0;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    columns.push_back(gather(column, rows, strings));
    if (strings == GatheredStrings::copied && columns.back()) held_bytes += copied_bytes(*columns.back());
  }
  return std::make_shared<RecordBatch>(schema_, std::move(columns), RowSet::range(0, rows.size()), nullptr,
                                       held_bytes);
}

std::shared_ptr<const RecordBatch> copy_of(std::shared_ptr<const RecordBatch> batch) {
  std::vector<RowRef> rows;
  rows.reserve(batch->rows());
  batch->row_set().for_each([&](std::size_t row) { rows.push_back({0, static_cast<std::uint32_t>(row)}); });
  const auto schema = batch->schema_ptr();
  return RowGatherer(schema, {std::move(batch)}).gather(rows, GatheredStrings::copied);
}

std::shared_ptr<const OriginFinder> gathered_origins(const RecordBatch& from,
                                                     std::vector<std::uint32_t> rows) {
  if (!from.origins()) return nullptr;
  return std::make_shared<const OriginFinder>(
      [origins = from.origins(), rows = std::move(rows)](std::size_t row) { return (*origins)(rows[row]); });
}

}  // namespace weir
