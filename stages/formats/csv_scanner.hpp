// Finding the fields of CSV records: where each begins and ends, and which records have the wrong shape.
//
// Scanning gives offsets only; what the fields mean is the decoder's business. A RowIndex belongs to one
// thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/formats/csv_dialect.hpp"

namespace weir::csv {

/// The texts of one column, a row each, as offsets into the scanned text. A field's text is [begin, end);
/// quotes are still around it.
class ColumnFields {
 public:
  ColumnFields(const std::uint32_t* begins, std::size_t begin_stride, const std::uint32_t* after_ends,
               std::size_t end_stride) noexcept
      : begins_(begins), begin_stride_(begin_stride), after_ends_(after_ends), end_stride_(end_stride) {}

  std::uint32_t begin(std::size_t row) const noexcept { return begins_[row * begin_stride_]; }
  std::uint32_t end(std::size_t row) const noexcept { return after_ends_[row * end_stride_] - 1; }

 private:
  const std::uint32_t* begins_;
  std::size_t begin_stride_;
  const std::uint32_t* after_ends_;  ///< offsets behind the separators
  std::size_t end_stride_;
};

/// What is wrong with the shape of a record.
enum class Misshape : unsigned char { field_count, text_after_quote, open_quote };

/// A record that has the wrong shape, and where it lies: [begin, end) without its line end.
struct MisshapenRow {
  Misshape misshape = Misshape::field_count;
  std::size_t fields = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Offsets into a text, not initialised: a scan writes each before anybody reads it.
class Offsets {
 public:
  std::size_t size() const noexcept { return size_; }
  /// Makes room for `size` of them; those that are there stay.
  void make_room(std::size_t size) {
    if (size <= size_) return;
    auto larger = std::make_unique_for_overwrite<std::uint32_t[]>(size);
    std::copy_n(offsets_.get(), size_, larger.get());
    offsets_ = std::move(larger);
    size_ = size;
  }
  std::uint32_t* data() noexcept { return offsets_.get(); }
  const std::uint32_t* data() const noexcept { return offsets_.get(); }
  std::uint32_t& operator[](std::size_t at) noexcept { return offsets_[at]; }
  std::uint32_t operator[](std::size_t at) const noexcept { return offsets_[at]; }

 private:
  std::unique_ptr<std::uint32_t[]> offsets_;
  std::size_t size_ = 0;
};

/// The fields of some records of a text. Reused from scan to scan to save allocations.
class RowIndex {
 public:
  /// For records of `columns` fields. Requires columns > 0.
  RowIndex(const Dialect& dialect, std::size_t columns) : dialect_(dialect), columns_(columns) {}

  /// Scans at most `rows_max` records, the first of which begins at `at`. The text ends where a record ends,
  /// with or without a line end, and is smaller than 4 GiB. Empty lines are no records, save where there is
  /// one column.
  void scan(std::string_view text, std::size_t at, std::size_t rows_max);

  /// Records of the right shape.
  std::size_t rows() const noexcept { return rows_; }
  /// Where the next scan of this text begins; the text's size when all was scanned.
  std::size_t next() const noexcept { return next_; }
  bool has_non_ascii() const noexcept { return has_non_ascii_; }
  /// Those of the wrong shape, in order. They are no rows.
  const std::vector<MisshapenRow>& misshapen() const noexcept { return misshapen_; }

  ColumnFields column(std::size_t column) const noexcept;
  std::size_t row_begin(std::size_t row) const noexcept { return row_begins_[row]; }
  /// Where a row ends, without its line end.
  std::size_t row_end(std::size_t row) const noexcept { return column(columns_ - 1).end(row); }

 private:
  struct Progress;  // of one scan, csv_scanner.cpp

  void scan_words(std::string_view text, Progress& progress, std::size_t rows_max);
  void note_text_after_quotes(std::string_view text, std::size_t base, std::uint64_t others,
                              std::uint64_t newlines, Progress& progress) const;
  bool has_text_after(std::string_view text, std::size_t quote) const noexcept;
  void end_last_record(std::string_view text, Progress& progress);
  bool all_rows_have_shape(std::size_t rows) const noexcept;
  void leave_out_misshapen(std::string_view text, std::size_t rows, const Progress& progress);
  void leave_out_carriage_returns(std::string_view text, std::size_t at) noexcept;

  Dialect dialect_;
  std::size_t columns_;
  std::size_t rows_ = 0;
  std::size_t next_ = 0;
  bool has_non_ascii_ = false;
  Offsets after_fields_;  ///< behind each field's separator, row after row
  Offsets row_begins_;    ///< one more than rows: the last is where the last row's line ends
  std::vector<MisshapenRow> misshapen_;
};

}  // namespace weir::csv
