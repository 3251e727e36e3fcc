#include "stages/sources/csv_source.hpp"

#include <algorithm>
#include <utility>

#include "stages/formats/csv_cutter.hpp"
#include "stages/formats/csv_scanner.hpp"
#include "stages/sources/csv_refusals.hpp"
#include "stages/sources/source_column.hpp"
#include "stages/sources/text_range.hpp"

namespace weir {
namespace {

// Decodes one batch of a range.
class BatchDecoder {
 public:
  BatchDecoder(std::shared_ptr<const CsvReading> reading, std::shared_ptr<const TextRange> range,
               std::size_t at)
      : reading_(std::move(reading)),
        range_(std::move(range)),
        at_(at),
        rows_max_(
            std::clamp<std::size_t>(kCsvBatchFieldsMax / reading_->schema->size(), 1, reading_->batch_rows)),
        rows_(reading_->dialect, reading_->fields_of(range_->file())) {}

  /// Answers where the next batch begins.
  std::size_t decode_batch(Emitter& out) {
    rows_.scan(range_->text(), at_, rows_max_);
    std::vector<ColumnPtr> columns;
    for (std::size_t column = 0; column < reading_->read_columns(); ++column)
      columns.push_back(decode_column(column));
    if (reading_->has_source_column)
      columns.push_back(reading_->needs.back() == Need::none
                            ? nullptr
                            : source_column(reading_->files[range_->file()].path, rows_.rows()));
    keep_first_misfit_of_each_row();
    refuse(out);
    const RowSet rows = rows_that_fit();
    if (rows.size() > 0)
      out.emit(std::make_shared<RecordBatch>(reading_->schema, std::move(columns), rows, origins(),
                                             rows_.next() - at_));
    return rows_.next();
  }

 private:
  ColumnPtr decode_column(std::size_t column) {
    const Need need = reading_->needs[column];
    if (need == Need::value) return decode_values(column);
    if (reading_->check_all) decode_values(column);
    return need == Need::none ? nullptr : decode(column, Encoding::text);
  }

  ColumnPtr decode_values(std::size_t column) {
    ColumnPtr values = decode(column, Encoding::values);
    if ((*reading_->schema)[column].always_null) refuse_values(column, *values);
    return values;
  }

  ColumnPtr decode(std::size_t column, Encoding encoding) {
    const Type type = (*reading_->schema)[column].type;
    const auto field = reading_->field_of(range_->file(), column);
    if (!field) return nulls(type, encoding);
    const csv::ScannedText scanned{range_->text(), range_->block(), rows_, reading_->dialect};
    const std::size_t misfits_before = misfits_.size();
    ColumnPtr decoded = csv::decode_column(scanned, *field, type, encoding, misfits_);
    for (std::size_t i = misfits_before; i < misfits_.size(); ++i)
      misfits_[i].column = column;
    return decoded;
  }

  ColumnPtr nulls(Type type, Encoding encoding) const {
    ColumnBuilder builder(type, rows_.rows(), encoding);
    for (std::size_t row = 0; row < rows_.rows(); ++row)
      builder.set_null(row);
    return std::move(builder).finish();
  }

  // The column had no value when it was sniffed, and what computes with it was bound to NULL. A value that
  // came afterwards must not be passed over.
  void refuse_values(std::size_t column, const Column& values) {
    for (std::size_t row = 0; row < values.size(); ++row)
      if (values.is_valid(row)) misfits_.push_back({row, column, std::string(values.text(row)), true});
  }

  void keep_first_misfit_of_each_row() {
    std::stable_sort(misfits_.begin(), misfits_.end(),
                     [](const csv::Misfit& a, const csv::Misfit& b) { return a.row < b.row; });
    const auto same_row = [](const csv::Misfit& a, const csv::Misfit& b) { return a.row == b.row; };
    misfits_.erase(std::unique(misfits_.begin(), misfits_.end(), same_row), misfits_.end());
  }

  // Records of the wrong shape and records with misfits, in the order of the file.
  void refuse(Emitter& out) const {
    auto misshapen = rows_.misshapen().begin();
    const auto misshapen_end = rows_.misshapen().end();
    const auto refuse_misshapen_before = [&](std::size_t offset) {
      for (; misshapen != misshapen_end && misshapen->begin < offset; ++misshapen)
        out.reject(range_->refused_record(misshapen->begin, misshapen->end), 0,
                   describe_misshape(*misshapen, *reading_, range_->file()));
    };
    for (const csv::Misfit& misfit : misfits_) {
      const std::size_t begin = rows_.row_begin(misfit.row);
      refuse_misshapen_before(begin);
      out.reject(range_->refused_record(begin, rows_.row_end(misfit.row)), 0,
                 describe_misfit(misfit, *reading_));
    }
    refuse_misshapen_before(range_->text().size() + 1);
  }

  RowSet rows_that_fit() const {
    if (misfits_.empty()) return RowSet::range(0, rows_.rows());
    auto rows = std::make_shared<std::vector<std::uint32_t>>();
    auto misfit = misfits_.begin();
    for (std::size_t row = 0; row < rows_.rows(); ++row) {
      if (misfit != misfits_.end() && misfit->row == row)
        ++misfit;
      else
        rows->push_back(static_cast<std::uint32_t>(row));
    }
    return RowSet::list(std::move(rows));
  }

  // Keeps the range rather than a place for each row, and scans again for the one that is asked for.
  std::shared_ptr<const OriginFinder> origins() const {
    return std::make_shared<const OriginFinder>(
        [reading = reading_, range = range_, at = at_, rows_max = rows_max_](std::size_t physical_row) {
          csv::RowIndex rows(reading->dialect, reading->fields_of(range->file()));
          rows.scan(range->text(), at, rows_max);
          return range->origin_at(rows.row_begin(physical_row));
        });
  }

  const std::shared_ptr<const CsvReading> reading_;
  const std::shared_ptr<const TextRange> range_;
  const std::size_t at_;
  const std::size_t rows_max_;
  csv::RowIndex rows_;
  std::vector<csv::Misfit> misfits_;
};

}  // namespace

std::size_t CsvSource::records_begin(std::string_view text) const {
  if (!reading_->header) return 0;
  return std::min(csv::end_of_first_record(text, reading_->dialect), text.size());
}

std::size_t CsvSource::end_of_last_record(std::string_view text) const {
  return csv::end_of_last_record(text, reading_->dialect);
}

std::string_view CsvSource::why_endless() const { return "is a quote opened there and never closed?"; }

Cursor CsvSource::decode(const Batch& work, Cursor at, Emitter& out) const {
  auto range = std::static_pointer_cast<const TextRange>(work);
  const std::size_t size = range->text().size();
  const std::size_t next =
      BatchDecoder(reading_, std::move(range), static_cast<std::size_t>(at)).decode_batch(out);
  return next < size ? Cursor{next} : kDone;
}

}  // namespace weir
