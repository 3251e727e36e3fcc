// A column of values: Arrow's layout (validity bitmap, values, 16-byte string views), immutable once built.
//
// Columns are shared between batches and threads, so that selecting, slicing and renaming copy nothing.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "weir/schema.hpp"

namespace weir {

/// A string in a column: its length, then the bytes themselves (up to 12), or their first four and a pointer
/// to all of them in a buffer that the column keeps alive. Copying one copies 16 bytes and no string.
class StringSlot {
 public:
  static constexpr std::size_t kInline = 12;

  StringSlot() noexcept = default;
  /// Keeps a pointer into `text` when it is longer than kInline: whoever stores the slot keeps `text` alive.
  explicit StringSlot(std::string_view text) noexcept : size_(static_cast<std::uint32_t>(text.size())) {
    if (text.size() <= kInline) {
      if (!text.empty()) std::memcpy(bytes_, text.data(), text.size());
    } else {
      std::memcpy(bytes_, text.data(), 4);
      const char* data = text.data();
      std::memcpy(bytes_ + 4, &data, sizeof data);
    }
  }

  /// Becomes a slot for text of which kInline bytes can be read, whatever its length; else as the
  /// constructor. Readers fill columns with it: no call, and two whole words stored in place, since a slot
  /// that is put together piecemeal and then copied makes the copy wait for the pieces (7 ns instead of 1
  /// measured).
  void assign_padded(const char* data, std::size_t size) noexcept {
    if constexpr (std::endian::native != std::endian::little) {
      *this = StringSlot({data, size});
      return;
    }
    std::uint64_t first = 0;
    std::uint32_t rest = 0;
    std::memcpy(&first, data, sizeof first);
    std::memcpy(&rest, data + sizeof first, sizeof rest);
    const std::uint64_t behind_four = first >> 32 | std::uint64_t{rest} << 32;
    const std::uint64_t first_mask = size >= 4 ? ~std::uint64_t{0} : (std::uint64_t{1} << 8 * size) - 1;
    const std::uint64_t rest_mask = size > 4 ? ~std::uint64_t{0} >> (8 * (kInline - size) & 63) : 0;
    const std::uint64_t words[2] = {
        size | (first & first_mask) << 32,
        size > kInline ? reinterpret_cast<std::uintptr_t>(data) : behind_four & rest_mask,
    };
    std::memcpy(reinterpret_cast<char*>(this), &words[0], sizeof words[0]);
    std::memcpy(reinterpret_cast<char*>(this) + sizeof words[0], &words[1], sizeof words[1]);
  }

  /// Valid while the slot lies where it lies (short strings are inside it) and its buffer lives.
  std::string_view view() const noexcept {
    if (size_ <= kInline) return {bytes_, size_};
    const char* data = nullptr;
    std::memcpy(&data, bytes_ + 4, sizeof data);
    return {data, size_};
  }
  std::size_t size() const noexcept { return size_; }
  bool is_inline() const noexcept { return size_ <= kInline; }

  friend bool operator==(const StringSlot& a, const StringSlot& b) noexcept {
    if (std::memcmp(&a, &b, 8) != 0) return false;  // length and first four bytes
    return a.is_inline() ? std::memcmp(&a, &b, sizeof a) == 0 : has_same_long_text(a, b);
  }

 private:
  /// Of slots of one length, more than kInline. Up to 32 bytes are compared as words that overlap: keys of
  /// groups and joins are mostly as short, and a call costs more than that.
  static bool has_same_long_text(const StringSlot& a, const StringSlot& b) noexcept {
    const std::size_t size = a.size_;
    const char* const text_a = a.view().data();
    const char* const text_b = b.view().data();
    if (size > 32) return std::memcmp(text_a, text_b, size) == 0;
    const auto differs = [=](std::size_t at) { return load_word(text_a + at) ^ load_word(text_b + at); };
    const std::size_t middle = size < 16 ? 0 : 8;
    const std::size_t behind_middle = size < 16 ? 0 : size - 16;
    return (differs(0) | differs(middle) | differs(behind_middle) | differs(size - 8)) == 0;
  }
  static std::uint64_t load_word(const char* bytes) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
  }

  std::uint32_t size_ = 0;
  char bytes_[kInline] = {};
};
static_assert(sizeof(StringSlot) == 16);

/// How a column's values lie in memory.
enum class Encoding : unsigned char {
  values,  ///< uint8_t (0 or 1), int64_t, double, StringSlot, int64_t microseconds or days, by the type
  text,  ///< StringSlot of the bytes as they were read, whatever the type: columns merely copied from file to
         ///< file
};

/// Keeps something alive: a buffer that slots point into.
using Keepalive = std::shared_ptr<const void>;

class Column;
using ColumnPtr = std::shared_ptr<const Column>;

/// The values of one column, and which of them are NULL. Immutable; shared by any number of threads. Made by
/// a ColumnBuilder.
class Column {
 public:
  Type type() const noexcept { return type_; }
  Encoding encoding() const noexcept { return encoding_; }
  std::size_t size() const noexcept { return size_; }
  /// The bytes of values and validity; what slots point to is counted by the batch.
  std::size_t bytes() const noexcept { return values_.size() + validity_.size(); }

  /// Whether any value may be NULL; false is a promise.
  bool has_nulls() const noexcept { return !validity_.empty(); }
  /// Whether the value is not NULL.
  bool is_valid(std::size_t row) const noexcept {
    return validity_.empty() || ((static_cast<unsigned>(validity_[row >> 3]) >> (row & 7)) & 1u) != 0;
  }

  /// The values; T as Encoding says. Values of NULL rows are unspecified but initialised.
  template <class T>
  const T* values() const noexcept {
    return reinterpret_cast<const T*>(values_.data());
  }
  /// Of a column of StringSlots: the bytes. Valid while the column lives.
  std::string_view text(std::size_t row) const noexcept { return values<StringSlot>()[row].view(); }

  const std::vector<Keepalive>& keepalives() const noexcept { return keepalives_; }

 private:
  friend class ColumnBuilder;
  Column() = default;

  Type type_ = Type::string;
  Encoding encoding_ = Encoding::values;
  std::size_t size_ = 0;
  std::vector<std::byte> values_;
  std::vector<std::uint8_t> validity_;  ///< a bit a row, lowest first, 1 = valid; empty: all are
  std::vector<Keepalive> keepalives_;
};

/// The width in bytes of one value.
std::size_t value_width(Type type, Encoding encoding) noexcept;

/// Fills a column of a known number of rows, in any order of rows. One thread.
class ColumnBuilder {
 public:
  /// All values zero (or empty) and valid.
  ColumnBuilder(Type type, std::size_t rows, Encoding encoding = Encoding::values);

  Type type() const noexcept { return column_->type_; }

  /// Where values are written: T as Encoding says.
  template <class T>
  T* values() noexcept {
    return reinterpret_cast<T*>(column_->values_.data());
  }
  /// Makes the value NULL.
  void set_null(std::size_t row);
  /// Makes NULL what is NULL in `other`, a column of as many rows: whole bytes of validity at a time.
  void set_null_where(const Column& other);
  /// Stores a string that lives in a buffer handed to `keep`.
  void set_view(std::size_t row, std::string_view text) noexcept {
    values<StringSlot>()[row] = StringSlot(text);
  }
  /// Stores a copy of a string.
  void set_copy(std::size_t row, std::string_view text);
  /// Keeps alive what views point into, for as long as the column lives.
  void keep(Keepalive buffer);
  /// Keeps alive what another column's slots point to.
  void keep(const Column& other);
  /// Takes away rows from the end: fewer came than were thought.
  void truncate(std::size_t rows);

  /// The column. The builder is used up.
  ColumnPtr finish() &&;

 private:
  class Arena;
  std::shared_ptr<Column> column_;
  std::shared_ptr<Arena> arena_;  ///< strings copied in; made when the first long one comes
};

}  // namespace weir
