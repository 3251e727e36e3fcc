#include "stages/formats/csv_scanner.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "stages/formats/byte_masks.hpp"

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
  std::size_t closed_at = static_cast<std::size_t>(-2);  ///< the last closing quote; none yet
  bool inside = false;
  std::vector<std::size_t> rows_with_text_after_quote;
  std::size_t open_row = kNoRow;  ///< the row whose quote the text's end leaves open
};

void RowIndex::scan(std::string_view text, std::size_t at, std::size_t rows_max) {
  misshapen_.clear();
  has_non_ascii_ = false;
  after_fields_.resize(std::max(after_fields_.size(), rows_max * columns_ + kFieldsAWordMax));
  row_begins_.resize(std::max(row_begins_.size(), rows_max + 1 + kFieldsAWordMax));
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
  bool non_ascii = false;
  for (std::size_t base = progress.begin; base < text.size() && progress.rows < rows_max;
       base += kMaskBytes) {
    const std::size_t rest = text.size() - base;
    std::array<char, kMaskBytes> last_bytes{};
    if (rest < kMaskBytes) std::memcpy(last_bytes.data(), text.data() + base, rest);
    const TextWord word(rest < kMaskBytes ? last_bytes.data() : text.data() + base);
    const std::uint64_t in_text = lowest_bits(rest);
    const std::uint64_t newlines = word.equal_to('\n') & in_text;
    const std::uint64_t separators = (word.equal_to(dialect_.delimiter) & in_text) | newlines;
    const std::uint64_t quotes = word.equal_to(dialect_.quote) & in_text;
    non_ascii |= word.has_non_ascii();

    if (progress.fields + kFieldsAWordMax > after_fields_.size())
      after_fields_.resize(2 * after_fields_.size());
    if ((quotes | static_cast<std::uint64_t>(progress.inside)) != 0) {
      scan_quoted_word(text, base, quotes, newlines, separators, progress);
      continue;
    }
    const auto behind = static_cast<std::uint32_t>(base + 1);
    std::uint32_t* fields = after_fields_.data() + progress.fields;
    progress.fields += static_cast<std::size_t>(append_places(separators, behind, fields) - fields);
    std::uint32_t* rows = row_begins_.data() + progress.rows + 1;
    progress.rows += static_cast<std::size_t>(append_places(newlines, behind, rows) - rows);
  }
  has_non_ascii_ = non_ascii;
}

// The same word by word with quotes in it: from one byte that may mean something to the next.
void RowIndex::scan_quoted_word(std::string_view text, std::size_t base, std::uint64_t quotes,
                                std::uint64_t newlines, std::uint64_t separators, Progress& progress) {
  std::uint64_t marks = quotes | separators;
  while (marks != 0) {
    const std::uint64_t mark = marks & (~marks + 1);
    const std::size_t at = base + take_lowest_bit(marks);
    if ((quotes & mark) != 0) {
      if (!progress.inside) {
        progress.inside = opens_field(at, progress);
        continue;
      }
      progress.inside = false;
      progress.closed_at = at;
      const char after = at + 1 < text.size() ? text[at + 1] : '\n';
      const bool ends_field = after == dialect_.delimiter || after == '\n' ||
                              (after == '\r' && (at + 2 == text.size() || text[at + 2] == '\n'));
      if (!ends_field && after != dialect_.quote)
        progress.rows_with_text_after_quote.push_back(progress.rows);
    } else if (!progress.inside) {
      after_fields_[progress.fields++] = static_cast<std::uint32_t>(at + 1);
      if ((newlines & mark) != 0) row_begins_[++progress.rows] = static_cast<std::uint32_t>(at + 1);
    }
  }
}

// A quote outside of quotes: the second of a doubled one goes back inside; else it opens where a field
// begins.
bool RowIndex::opens_field(std::size_t at, const Progress& progress) const noexcept {
  if (progress.closed_at + 1 == at) return true;
  return at == (progress.fields == 0 ? progress.begin : after_fields_[progress.fields - 1]);
}

// The last record of a text may have no line end: the text's end is as good.
void RowIndex::end_last_record(std::string_view text, Progress& progress) {
  if (row_begins_[progress.rows] >= text.size()) return;
  if (progress.inside) progress.open_row = progress.rows;
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
      std::copy_n(after_fields_.begin() + static_cast<std::ptrdiff_t>(first_field), columns_,
                  after_fields_.begin() + static_cast<std::ptrdiff_t>(kept * columns_));
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
