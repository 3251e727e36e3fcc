#include "stages/transforms/sort_prefix.hpp"

#include <bit>

#include "stages/transforms/value_rank.hpp"

namespace weir {
namespace {

__extension__ using Wide = unsigned __int128;

// The byte that each key begins with. A number needs up to eight bytes: they are counted from it, upwards
// and, for negative ones, downwards. Whichever way a key goes, none of these becomes that of NULL.
constexpr std::uint64_t kPresent = 0x80;
constexpr std::uint64_t kNull = 0xff;

// Sixteen bytes, filled from the front; what comes when they are full is left out.
class PrefixWriter {
 public:
  bool is_full() const noexcept { return left_ == 0; }

  // The lowest `count` bytes of a word, 1 to 8 of them.
  void append(std::uint64_t word, unsigned count) noexcept {
    if (count > left_) {
      word >>= 8 * (count - left_);
      count = left_;
    }
    if (count == 0) return;
    bytes_ = bytes_ << 8 * count | word;
    left_ -= count;
  }

  SortPrefix finish() const noexcept {
    const Wide bytes = left_ == kBytes ? 0 : bytes_ << 8 * left_;
    return {static_cast<std::uint64_t>(bytes >> 64), static_cast<std::uint64_t>(bytes)};
  }

 private:
  static constexpr unsigned kBytes = 16;
  Wide bytes_ = 0;
  unsigned left_ = kBytes;
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

// The end is a zero; zeros and ones in the text are a one and one more than themselves.
void write(PrefixWriter& to, const StringSlot& slot, std::uint64_t flip) noexcept {
  to.append((kPresent ^ flip) & 0xff, 1);
  for (const char character : slot.view()) {
    if (to.is_full()) return;
    const auto byte = static_cast<unsigned char>(character);
    if (byte <= 1) {
      to.append(((0x0100u + byte + 1) ^ flip) & 0xffff, 2);
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
    if (!key.is_valid(row)) {
      writer->append(kNull, 1);
    } else if (!writer->is_full()) {
      write(*writer, values[row], flip);
    }
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
