#include "stages/sources/csv_source.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

#include "stages/formats/csv_cutter.hpp"
#include "stages/formats/csv_scanner.hpp"
#include "stages/formats/csv_sniffer.hpp"
#include "stages/sources/csv_range.hpp"
#include "stages/sources/csv_refusals.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

// Decodes one batch of a range.
class BatchDecoder {
 public:
  BatchDecoder(std::shared_ptr<const CsvReading> reading, std::shared_ptr<const CsvRange> range,
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
        out.reject(refused_record(*range_, misshapen->begin, misshapen->end), 0,
                   describe_misshape(*misshapen, *reading_));
    };
    for (const csv::Misfit& misfit : misfits_) {
      const std::size_t begin = rows_.row_begin(misfit.row);
      refuse_misshapen_before(begin);
      out.reject(refused_record(*range_, begin, rows_.row_end(misfit.row)), 0,
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
  const std::shared_ptr<const CsvRange> range_;
  const std::size_t at_;
  const std::size_t rows_max_;
  csv::RowIndex rows_;
  std::vector<csv::Misfit> misfits_;
};

}  // namespace

// Text read from an input. What is not taken of it when this goes, whatever the reason, goes back to where it
// was read, so that a source stands where it stood.
class CsvSource::BorrowedText {
 public:
  BorrowedText(ByteInput& input, std::shared_ptr<TextBlock> block)
      : input_(input), block_(std::move(block)) {}
  ~BorrowedText() { input_.unread(text().substr(taken_)); }
  BorrowedText(const BorrowedText&) = delete;
  BorrowedText& operator=(const BorrowedText&) = delete;

  std::string_view text() const noexcept { return block_->text(); }
  const std::shared_ptr<TextBlock>& block() const noexcept { return block_; }
  bool is_full() const noexcept { return block_->size() == block_->capacity(); }
  /// Reads on until the block is full or the input ends. The text begins at `offset` of the input.
  void read_on(std::uint64_t offset) {
    input_.expect_unread(block_->capacity());
    const std::size_t had = block_->size();
    block_->set_size(had + input_.read_at(offset + had, block_->data() + had, block_->capacity() - had));
  }
  /// Goes on in a larger block with the same text.
  void move_to(std::shared_ptr<TextBlock> larger) noexcept { block_ = std::move(larger); }
  void take(std::size_t size) noexcept { taken_ = size; }

 private:
  ByteInput& input_;
  std::shared_ptr<TextBlock> block_;
  std::size_t taken_ = 0;
};

CsvSource::CsvSource(std::shared_ptr<const CsvReading> reading, std::shared_ptr<ByteInput> stream)
    : reading_(std::move(reading)), stream_(std::move(stream)), blocks_(reading_->block_bytes) {}

void CsvSource::open() { input_ = stream_ ? stream_ : std::make_shared<ByteInput>(*reading_->path); }

std::optional<Work> CsvSource::next() {
  BorrowedText borrowed(*input_, blocks_.take());
  const auto records = read_records(borrowed);
  if (!records) return std::nullopt;
  const std::string_view text = borrowed.text();
  const std::uint64_t block_offset = offset_.load(std::memory_order_relaxed);
  const std::uint64_t line = line_ + csv::count_newlines(text.substr(0, records->begin));
  const Origin origin{reading_->path, block_offset + records->begin, line};
  Work work{std::make_shared<CsvRange>(borrowed.block(), records->begin, records->end, origin), origin};

  borrowed.take(records->end);
  line_ = line + csv::count_newlines(text.substr(records->begin, records->end - records->begin));
  offset_.store(block_offset + records->end, std::memory_order_relaxed);
  return work;
}

// Reads from offset_ on until a record ends in what was read. Nothing when there are no more records.
std::optional<CsvSource::Extent> CsvSource::read_records(BorrowedText& borrowed) const {
  const std::uint64_t offset = offset_.load(std::memory_order_relaxed);
  for (;;) {
    borrowed.read_on(offset);
    if (input_->stopped()) return std::nullopt;
    const bool at_end = !borrowed.is_full();
    const std::string_view text = borrowed.text();
    const std::size_t begin = offset == 0 ? data_begin(text) : 0;
    if (at_end && begin >= text.size()) return std::nullopt;
    if (begin < text.size()) {
      const std::size_t end =
          at_end ? text.size() : begin + csv::end_of_last_record(text.substr(begin), reading_->dialect);
      if (end > begin) return Extent{begin, end};
    }
    borrowed.move_to(grown(*borrowed.block()));
  }
}

// Where the records begin in a file's first bytes: behind byte order mark and header. The text's size where
// it ends before the header does.
std::size_t CsvSource::data_begin(std::string_view text) const {
  if (const std::string_view format = csv::foreign_format(text); !format.empty())
    throw IoError("'" + *reading_->path + "' is " + std::string(format) + ", not text in UTF-8");
  const std::size_t mark = csv::byte_order_mark_length(text);
  if (!reading_->header) return mark;
  const std::size_t end = csv::end_of_first_record(text.substr(mark), reading_->dialect);
  return end == std::string_view::npos ? text.size() : mark + end;
}

std::shared_ptr<TextBlock> CsvSource::grown(const TextBlock& block) const {
  if (block.capacity() >= reading_->record_bytes_max)
    throw RecordError("the record at line " + std::to_string(line_) + " of '" + *reading_->path +
                      "' does not end within " + std::to_string(block.capacity()) +
                      " bytes; is a quote opened there and never closed?");
  auto larger = std::make_shared<TextBlock>(std::min(2 * block.capacity(), reading_->record_bytes_max));
  std::memcpy(larger->data(), block.data(), block.size());
  larger->set_size(block.size());
  return larger;
}

Cursor CsvSource::decode(const Batch& work, Cursor at, Emitter& out) const {
  auto range = std::static_pointer_cast<const CsvRange>(work);
  const std::size_t size = range->text().size();
  const std::size_t next =
      BatchDecoder(reading_, std::move(range), static_cast<std::size_t>(at)).decode_batch(out);
  return next < size ? Cursor{next} : kDone;
}

std::string CsvSource::position() const {
  return std::to_string(offset_.load(std::memory_order_relaxed)) + ' ' + std::to_string(line_);
}

void CsvSource::seek(const std::string& position) {
  const char* const end = position.data() + position.size();
  std::uint64_t offset = 0;
  std::uint64_t line = 0;
  const auto offset_read = std::from_chars(position.data(), end, offset);
  const bool has_line = offset_read.ec == std::errc() && offset_read.ptr != end && *offset_read.ptr == ' ';
  if (!has_line || std::from_chars(offset_read.ptr + 1, end, line).ptr != end || line == 0)
    throw UsageError("not a position of a CSV reader: '" + position + "'");
  if (input_ != nullptr && input_->is_regular() && offset > input_->size())
    throw IoError("'" + *reading_->path + "' is shorter than what was read of it: it has " +
                  std::to_string(input_->size()) + " bytes, not " + std::to_string(offset));
  offset_.store(offset, std::memory_order_relaxed);
  line_ = line;
}

void CsvSource::stop() noexcept {
  if (input_ != nullptr) input_->stop();
}

SourceProgress CsvSource::progress() const noexcept {
  return {offset_.load(std::memory_order_relaxed), input_ == nullptr ? 0 : input_->size()};
}

}  // namespace weir
