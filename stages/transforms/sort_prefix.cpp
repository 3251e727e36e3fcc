#include "stages/transforms/sort_prefix.hpp"

#include <bit>

#include "stages/transforms/value_rank.hpp"

namespace weir {
namespace {

__extension__ using Wide = unsigned __int128;

// The byte that a key begins with. A number needs up to eight more: they are counted from this byte, upwards
// and, for negative ones, downwards. Whichever way a key goes, its first byte is not that of NULL. Strings
// that ascend need no such byte, as none begins with that of NULL.
constexpr std::uint64_t kPresent = 0x80;
constexpr std::uint64_t kNull = 0xff;

// Fifteen bytes, filled from the front, and how many keys were written whole. What comes when they are full
// is left out.
class PrefixWriter {
 public:
  bool is_full() const noexcept { return left_ == 0; }

  // The lowest `count` bytes of a word, 1 to 8 of them.
  void append(std::uint64_t word, unsigned count) noexcept {
    if (count > left_) {
      is_cut_ = true;
      if (left_ == 0) return;
      word >>= 8 * (count - left_);
      count = left_;
    }
    bytes_ = bytes_ << 8 * count | word;
    left_ -= count;
  }
  void cut() noexcept { is_cut_ = true; }

  void end_key() noexcept {
    if (!is_cut_ && whole_keys_ < kWholeKeysMax) ++whole_keys_;
  }

  SortPrefix finish() const noexcept {
    const Wide bytes = (left_ == kBytes ? 0 : bytes_ << 8 * (left_ + 1)) | whole_keys_;
    return {static_cast<std::uint64_t>(bytes >> 64), static_cast<std::uint64_t>(bytes)};
  }

 private:
  static constexpr unsigned kBytes = 15;
  static constexpr unsigned kWholeKeysMax = 0xff;
  Wide bytes_ = 0;
  unsigned left_ = kBytes;
  unsigned whole_keys_ = 0;
  bool is_cut_ = false;
};

constexpr std::uint64_t mask_of(unsigned bytes) noexcept {
  return bytes == 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << 8 * bytes) - 1;
}

// `flip`: all ones for a key that descends, else zero.
void write(PrefixWriter& to, std::int64_t value, std::uint64_t flip) noexcept {
  const auto word = static_cast<std::uint64_t>(value);
  const std::uint64_t magnitude = value < 0 ? ~word : word;
  const auto bytes = static_cast<unsigned>(std::bit_width(magnitude) + 7) / 8;
  to.append(((value < 0 ? kPresent - 1 - bytes : kPresent + bytes) ^ flip) & 0xff, 1);
  if (bytes > 0) to.append((word ^ flip) & mask_of(bytes), bytes);
}

void write(PrefixWriter& to, std::uint8_t value, std::uint64_t flip) noexcept {
  to.append(((kPresent + value) ^ flip) & 0xff, 1);
}

void write(PrefixWriter& to, double value, std::uint64_t flip) noexcept {
  constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;
  to.append((kPresent ^ flip) & 0xff, 1);
  to.append(static_cast<std::uint64_t>(rank_of(value + 0.0)) ^ kSignBit ^ flip, 8);  // -0 + 0 is 0
}

// The end is a zero. The bytes 0, 1, and from 0xfe on, which no text has, are written as two: a one or 0xfe,
// and which.
void write(PrefixWriter& to, const StringSlot& slot, std::uint64_t flip) noexcept {
  if (flip != 0) to.append((kPresent ^ flip) & 0xff, 1);
  for (const char character : slot.view()) {
    if (to.is_full()) return to.cut();
    const auto byte = static_cast<unsigned char>(character);
    if (byte <= 1) {
      to.append(((0x0100u + byte + 1) ^ flip) & 0xffff, 2);
    } else if (byte >= 0xfe) {
      to.append(((0xfe00u + byte - 0xfd) ^ flip) & 0xffff, 2);
    } else {
      to.append((byte ^ flip) & 0xff, 1);
    }
  }
  to.append(flip & 0xff, 1);
}

template <class T>
void write_column(const Column& key, bool descending, const RowSet& rows,
                  std::vector<PrefixWriter>& writers) {
  const std::uint64_t flip = descending ? ~std::uint64_t{0} : 0;
  const T* values = key.values<T>();
  auto writer = writers.begin();
  rows.for_each([&](std::size_t row) {
    if (key.is_valid(row)) {
      write(*writer, values[row], flip);
    } else {
      writer->append(kNull, 1);
    }
    writer->end_key();
    ++writer;
  });
}

}  // namespace

std::vector<SortPrefix> sort_prefixes(std::span<const Column* const> keys,
                                      const std::vector<bool>& descending, const RowSet& rows) {
  std::vector<PrefixWriter> writers(rows.size());
  for (std::size_t key = 0; key < keys.size(); ++key) {
    switch (keys[key]->type()) {
      case Type::boolean:
        write_column<std::uint8_t>(*keys[key], descending[key], rows, writers);
        break;
      case Type::float64:
        write_column<double>(*keys[key], descending[key], rows, writers);
        break;
      case Type::string:
        write_column<StringSlot>(*keys[key], descending[key], rows, writers);
        break;
      case Type::int64:
      case Type::timestamp:
      case Type::date:
        write_column<std::int64_t>(*keys[key], descending[key], rows, writers);
        break;
    }
  }
  std::vector<SortPrefix> prefixes;
  prefixes.reserve(writers.size());
  for (const PrefixWriter& writer : writers)
    prefixes.push_back(writer.finish());
  return prefixes;
}

}  // namespace weir
