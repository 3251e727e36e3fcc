#include "stages/sources/ndjson_source.hpp"

#include <utility>

#include "stages/formats/plain_text.hpp"
#include "stages/sources/line_rows.hpp"
#include "stages/sources/ndjson_refusals.hpp"
#include "stages/sources/source_column.hpp"
#include "stages/sources/text_range.hpp"

namespace weir {

// Decoders that no thread uses now; at most one a thread is ever made.
class NdjsonSource::Decoders {
 public:
  explicit Decoders(std::vector<JsonColumn> columns) : columns_(std::move(columns)) {}

  std::unique_ptr<NdjsonDecoder> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!unused_.empty()) {
        auto decoder = std::move(unused_.back());
        unused_.pop_back();
        return decoder;
      }
    }
    return std::make_unique<NdjsonDecoder>(columns_);
  }
  void give_back(std::unique_ptr<NdjsonDecoder> decoder) {
    const std::lock_guard lock(mutex_);
    unused_.push_back(std::move(decoder));
  }

 private:
  const std::vector<JsonColumn> columns_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<NdjsonDecoder>> unused_;  ///< guarded by mutex_
};

NdjsonSource::NdjsonSource(std::shared_ptr<const NdjsonReading> reading)
    : RangeSource(reading), reading_(std::move(reading)) {
  std::vector<JsonColumn> columns;
  for (std::size_t column = 0; column < reading_->paths.size(); ++column) {
    const Need need = reading_->needs[column];
    if (need == Need::none && !reading_->check_all) continue;
    const Field& field = (*reading_->schema)[column];
    const bool as_text = need != Need::value && !reading_->check_all;
    columns.push_back({reading_->paths[column], field.type, as_text ? Encoding::text : Encoding::values,
                       field.always_null && !as_text});
    wanted_.push_back(column);
  }
  decoders_ = std::make_shared<Decoders>(std::move(columns));
}

std::size_t NdjsonSource::end_of_last_record(std::string_view text) const { return end_of_last_line(text); }

Cursor NdjsonSource::decode(const Batch& work, Cursor at, Emitter& out) const {
  const auto range = std::static_pointer_cast<const TextRange>(work);
  const auto begin = static_cast<std::size_t>(at);
  LineIndex lines(LineIndex::Blanks::none);
  lines.scan(range->text(), begin, reading_->batch_rows);

  auto decoder = decoders_->take();
  std::vector<JsonRefusal> refusals;
  std::vector<ColumnPtr> decoded = decoder->decode({range->text(), range->block(), lines}, refusals);
  decoders_->give_back(std::move(decoder));
  for (const JsonRefusal& refusal : refusals)
    out.reject(
        range->refused_record(lines.begin(refusal.row), lines.end(refusal.row)), 0,
        describe_refusal(refusal, refusal.kind == JsonRefusal::Kind::no_json ? 0 : wanted_[refusal.column],
                         *reading_));

  const RowSet rows = rows_without(refusals, lines.size(), [](const JsonRefusal& each) { return each.row; });
  if (rows.size() > 0) {
    std::vector<ColumnPtr> columns(reading_->schema->size());
    for (std::size_t i = 0; i < wanted_.size(); ++i)
      columns[wanted_[i]] = std::move(decoded[i]);
    if (reading_->has_source_column && reading_->needs.back() != Need::none)
      columns.back() = source_column(reading_->files[range->file()].path, lines.size());
    out.emit(std::make_shared<RecordBatch>(
        reading_->schema, std::move(columns), rows,
        origins_of_lines(range, LineIndex::Blanks::none, begin, reading_->batch_rows), lines.next() - begin));
  }
  return lines.next() < range->text().size() ? Cursor{lines.next()} : kDone;
}

}  // namespace weir
