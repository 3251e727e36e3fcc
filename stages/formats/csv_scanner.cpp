#include "stages/formats/csv_scanner.hpp"

#include <algorithm>
#include <bit>

#include "stages/formats/byte_masks.hpp"
#include "stages/formats/quoted_bytes.hpp"

namespace weir::csv {
namespace {

// The most fields that a word of text and the end of the text add between two checks of the room for them.
constexpr std::size_t kFieldsAWordMax = kMaskBytes + 1;

constexpr std::size_t kNoRow = static_cast<std::size_t>(-1);

// Offsets of the set bits of `mask`, each plus `base`, to `out`; answers the end of what was written.
std::uint32_t* append_places(std::uint64_t mask, std::uint32_t base, std::uint32_t* out) noexcept {
  while (mask != 0)
    *out++ = base + take_lowest_bit(mask);
  return out;
}

}  // namespace

// Where a scan is. `fields` and `rows` count what has ended.
struct RowIndex::Progress {
  std::size_t begin = 0;
  std::size_t fields = 0;
  std::size_t rows = 0;
  QuotedBytes quoted;
  std::vector<std::size_t> rows_with_text_after_quote;
  std::size_t open_row = kNoRow;  ///< the row whose quote the text's end leaves open
};

void RowIndex::scan(std::string_view text, std::size_t at, std::size_t rows_max) {
  misshapen_.clear();
  has_non_ascii_ = false;
  after_fields_.make_room(rows_max * columns_ + kFieldsAWordMax);
  row_begins_.make_room(rows_max + 1 + kFieldsAWordMax);
  row_begins_[0] = static_cast<std::uint32_t>(at);

  Progress progress;
  progress.begin = at;
  scan_words(text, progress, rows_max);
  if (progress.rows < rows_max) end_last_record(text, progress);

  const std::size_t rows = std::min(progress.rows, rows_max);
  next_ = std::min<std::size_t>(row_begins_[rows], text.size());
  rows_ = rows;
  const bool right_shape = progress.fields >= rows * columns_ && all_rows_have_shape(rows) &&
                           progress.rows_with_text_after_quote.empty() && progress.open_row == kNoRow;
  if (!right_shape) leave_out_misshapen(text, rows, progress);
  leave_out_carriage_returns(text, at);
}

void RowIndex::scan_words(std::string_view text, Progress& progress, std::size_t rows_max) {
  const WantedBytes wanted = {'\n', dialect_.delimiter, dialect_.quote};
  has_non_ascii_ = for_each_mask(text, progress.begin, wanted, [&](std::size_t base, const Masks& masks) {
    const auto [newlines, delimiters, quotes] = masks;
    const std::uint64_t separators = delimiters | newlines;
    const std::uint64_t outside = ~progress.quoted.next(quotes, separators);
    if (quotes != 0) note_text_after_quotes(text, base, ~(separators | quotes), newlines & outside, progress);
    if (progress.fields + kFieldsAWordMax > after_fields_.size())
      after_fields_.make_room(2 * after_fields_.size());
    const auto behind = static_cast<std::uint32_t>(base + 1);
    std::uint32_t* fields = after_fields_.data() + progress.fields;
    progress.fields += static_cast<std::size_t>(append_places(separators & outside, behind, fields) - fields);
    std::uint32_t* rows = row_begins_.data() + progress.rows + 1;
    progress.rows += static_cast<std::size_t>(append_places(newlines & outside, behind, rows) - rows);
    return progress.rows < rows_max;
  });
}

// Behind a closing quote a field ends, or it was the first of a doubled one. `others`: bytes that are neither
// a separator nor a quote.
void RowIndex::note_text_after_quotes(std::string_view text, std::size_t base, std::uint64_t others,
                                      std::uint64_t newlines, Progress& progress) const {
  constexpr std::uint64_t kLast = std::uint64_t{1} << (kMaskBytes - 1);
  const std::uint64_t closing = progress.quoted.closing();
  std::uint64_t suspects = (closing & others >> 1) | (closing & kLast);
  while (suspects != 0) {
    const unsigned place = take_lowest_bit(suspects);
    if (!has_text_after(text, base + place)) continue;
    const auto ended = static_cast<std::size_t>(std::popcount(newlines & lowest_bits(place)));
    progress.rows_with_text_after_quote.push_back(progress.rows + ended);
  }
}

bool RowIndex::has_text_after(std::string_view text, std::size_t quote) const noexcept {
  const std::string_view after = text.substr(quote + 1);
  return !after.empty() && after[0] != dialect_.delimiter && after[0] != dialect_.quote && after[0] != '\n' &&
         after != "\r" && !after.starts_with("\r\n");
}

// The last record of a text may have no line end: the text's end is as good.
void RowIndex::end_last_record(std::string_view text, Progress& progress) {
  if (row_begins_[progress.rows] >= text.size()) return;
  if (progress.quoted.inside()) progress.open_row = progress.rows;
  const auto behind = static_cast<std::uint32_t>(text.size() + 1);
  after_fields_[progress.fields++] = behind;
  row_begins_[++progress.rows] = behind;
}

bool RowIndex::all_rows_have_shape(std::size_t rows) const noexcept {
  const std::uint32_t* after_last_fields = after_fields_.data() + columns_ - 1;
  bool same = true;
  for (std::size_t row = 0; row < rows; ++row)
    same &= after_last_fields[row * columns_] == row_begins_[row + 1];
  return same;
}

// Closes the gaps that misshapen records and empty lines leave, so that each row has its fields at row *
// columns_.
void RowIndex::leave_out_misshapen(std::string_view text, std::size_t rows, const Progress& progress) {
  std::size_t kept = 0;
  std::size_t first_field = 0;
  auto after_quote = progress.rows_with_text_after_quote.begin();
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t begin = row_begins_[row];
    const std::size_t behind = row_begins_[row + 1];
    std::size_t last_field = first_field;
    while (after_fields_[last_field] != behind)
      ++last_field;
    const std::size_t fields = last_field + 1 - first_field;

    bool text_after_quote = false;
    for (; after_quote != progress.rows_with_text_after_quote.end() && *after_quote == row; ++after_quote)
      text_after_quote = true;
    std::size_t end = behind - 1;
    if (end > begin && text[end - 1] == '\r') --end;

    const bool empty_line = end == begin && columns_ > 1;
    const bool open = row == progress.open_row;
    if (fields == columns_ && !text_after_quote && !open) {
      std::copy_n(after_fields_.data() + first_field, columns_, after_fields_.data() + kept * columns_);
      row_begins_[kept++] = static_cast<std::uint32_t>(begin);
    } else if (!empty_line) {
      const Misshape misshape = open               ? Misshape::open_quote
                                : text_after_quote ? Misshape::text_after_quote
                                                   : Misshape::field_count;
      misshapen_.push_back({misshape, fields, begin, end});
    }
    first_field = last_field + 1;
  }
  rows_ = kept;
}

// The last field of a row that ends in CRLF ends before the CR.
void RowIndex::leave_out_carriage_returns(std::string_view text, std::size_t at) noexcept {
  std::uint32_t* after_last_fields = after_fields_.data() + columns_ - 1;
  for (std::size_t row = 0; row < rows_; ++row) {
    const std::size_t end = after_last_fields[row * columns_] - 1;
    if (end > at && text[end - 1] == '\r') --after_last_fields[row * columns_];
  }
}

ColumnFields RowIndex::column(std::size_t column) const noexcept {
  const std::uint32_t* after_ends = after_fields_.data() + column;
  if (column == 0) return {row_begins_.data(), 1, after_ends, columns_};
  return {after_ends - 1, columns_, after_ends, columns_};
}

}  // namespace weir::csv
