#include "stages/sources/csv_source.hpp"

#include <algorithm>
#include <utility>

#include "stages/formats/csv_cutter.hpp"
#include "stages/formats/csv_scanner.hpp"
#include "stages/sources/csv_refusals.hpp"
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
        rows_(reading_->dialect, reading_->schema->size()) {}

  /// Answers where the next batch begins.
  std::size_t decode_batch(Emitter& out) {
    rows_.scan(range_->text(), at_, rows_max_);
    std::vector<ColumnPtr> columns;
    for (std::size_t column = 0; column < reading_->schema->size(); ++column)
      columns.push_back(decode_column(column));
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
    const csv::ScannedText scanned{range_->text(), range_->block(), rows_, reading_->dialect};
    return csv::decode_column(scanned, column, (*reading_->schema)[column].type, encoding, misfits_);
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
                   describe_misshape(*misshapen, *reading_));
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
          csv::RowIndex rows(reading->dialect, reading->schema->size());
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
