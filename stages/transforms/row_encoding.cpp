#include "stages/transforms/row_encoding.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

namespace weir {
namespace {

// The byte before a value: 0 for NULL, else how many bytes follow and 1 more; kLongString: a length of four
// bytes first.
constexpr unsigned char kNull = 0;
constexpr unsigned char kLongString = 255;
constexpr std::size_t kNumberBytesMax = 1 + sizeof(std::uint64_t);
// The header of a string, and what copying a short one may write beyond it.
constexpr std::size_t kStringBytesSpare = 1 + sizeof(std::uint32_t) + StringSlot::kInline;

char* write_tag(char* at, std::size_t tag) noexcept {
  *at = static_cast<char>(static_cast<unsigned char>(tag));
  return at + 1;
}

// Small words, of either sign for integers, have many leading zeros.
std::uint64_t word_of(std::int64_t value) noexcept {
  return static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
}
std::uint64_t word_of(std::uint8_t value) noexcept { return value; }
std::uint64_t word_of(double value) noexcept { return __builtin_bswap64(canonical_bits(value)); }

char* write_value(char* at, std::uint64_t word) noexcept {
  const auto bytes = static_cast<std::size_t>(64 - std::countl_zero(word) + 7) / 8;
  at = write_tag(at, bytes + 1);
  std::memcpy(at, &word, sizeof word);
  return at + bytes;
}

char* write_value(char* at, const StringSlot& slot) noexcept {
  const std::string_view text = slot.view();
  if (slot.is_inline()) {
    at = write_tag(at, text.size() + 1);
    std::memcpy(at, text.data(), StringSlot::kInline);  // as many always: quicker than as many as there are
    return at + text.size();
  }
  if (text.size() + 1 < kLongString) {
    at = write_tag(at, text.size() + 1);
  } else {
    at = write_tag(at, kLongString);
    const auto size = static_cast<std::uint32_t>(text.size());
    std::memcpy(at, &size, sizeof size);
    at += sizeof size;
  }
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

// Appends one column's values, each at its row's `ends`, which move along.
template <class T>
void append_column(const Column& column, const RowSet& rows, std::vector<char*>& ends) {
  const T* values = column.values<T>();
  std::size_t i = 0;
  rows.for_each([&](std::size_t row) {
    char*& at = ends[i++];
    if (!column.is_valid(row)) {
      at = write_tag(at, kNull);
    } else if constexpr (std::is_same_v<T, StringSlot>) {
      at = write_value(at, values[row]);
    } else {
      at = write_value(at, word_of(values[row]));
    }
  });
}

void append_column(const Column& column, const RowSet& rows, std::vector<char*>& ends) {
  switch (column.type()) {
    case Type::boolean:
      return append_column<std::uint8_t>(column, rows, ends);
    case Type::int64:
    case Type::timestamp:
    case Type::date:
      return append_column<std::int64_t>(column, rows, ends);
    case Type::float64:
      return append_column<double>(column, rows, ends);
    case Type::string:
      return append_column<StringSlot>(column, rows, ends);
  }
}

// Where each row begins at the latest, so that columns can be written one after another; the end comes last.
std::vector<std::size_t> row_offsets(std::span<const ColumnPtr> columns, const RowSet& rows) {
  std::size_t fixed = 0;
  for (const ColumnPtr& column : columns)
    fixed += column->type() == Type::string ? kStringBytesSpare : kNumberBytesMax;
  std::vector<std::size_t> offsets(rows.size() + 1, fixed);
  offsets[0] = 0;
  for (const ColumnPtr& column : columns) {
    if (column->type() != Type::string) continue;
    const auto* slots = column->values<StringSlot>();
    std::size_t i = 0;
    rows.for_each([&](std::size_t row) { offsets[++i] += slots[row].size(); });
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    offsets[i + 1] += offsets[i];
  return offsets;
}

// Reads values from a row's bytes, one after another.
class RowReader {
 public:
  explicit RowReader(std::string_view bytes) noexcept : at_(bytes.data()) {}

  void read_into(ColumnBuilder& column, Type type, std::size_t row) {
    const auto tag = static_cast<unsigned char>(*at_++);
    if (tag == kNull) return column.set_null(row);
    if (type == Type::string) return column.set_view(row, text(tag));
    const std::uint64_t word = this->word(tag);
    if (type == Type::boolean) {
      column.values<std::uint8_t>()[row] = static_cast<std::uint8_t>(word);
    } else if (type == Type::float64) {
      column.values<double>()[row] = std::bit_cast<double>(__builtin_bswap64(word));
    } else {
      column.values<std::int64_t>()[row] = static_cast<std::int64_t>(word >> 1 ^ (0 - (word & 1)));
    }
  }

 private:
  std::string_view text(unsigned char tag) noexcept {
    std::uint32_t size = tag - 1u;
    if (tag == kLongString) {
      std::memcpy(&size, at_, sizeof size);
      at_ += sizeof size;
    }
    const std::string_view text(at_, size);
    at_ += size;
    return text;
  }
  std::uint64_t word(unsigned char tag) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, at_, tag - 1u);
    at_ += tag - 1u;
    return word;
  }

  const char* at_;
};

}  // namespace

std::uint64_t canonical_bits(double value) noexcept {
  if (value == 0) return 0;
  return std::bit_cast<std::uint64_t>(std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value);
}

EncodedRows encode_rows(std::span<const ColumnPtr> columns, const RowSet& rows) {
  const std::vector<std::size_t> offsets = row_offsets(columns, rows);
  EncodedRows encoded;
  encoded.bytes = std::make_unique_for_overwrite<char[]>(offsets.back());
  std::vector<char*> ends(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    ends[i] = encoded.bytes.get() + offsets[i];
  for (const ColumnPtr& column : columns)
    append_column(*column, rows, ends);
  encoded.slots.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const char* begin = encoded.bytes.get() + offsets[i];
    encoded.slots.emplace_back(std::string_view(begin, static_cast<std::size_t>(ends[i] - begin)));
  }
  return encoded;
}

std::vector<ColumnPtr> decode_rows(std::span<const StringSlot* const> rows, std::span<const Type> types,
                                   const Keepalive& keepalive) {
  std::vector<ColumnBuilder> builders;
  builders.reserve(types.size());
  for (const Type type : types) {
    builders.emplace_back(type, rows.size());
    if (type == Type::string) builders.back().keep(keepalive);
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    RowReader reader(rows[row]->view());
    for (std::size_t column = 0; column < types.size(); ++column)
      reader.read_into(builders[column], types[column], row);
  }
  std::vector<ColumnPtr> columns;
  columns.reserve(types.size());
  for (ColumnBuilder& builder : builders)
    columns.push_back(std::move(builder).finish());
  return columns;
}

}  // namespace weir
