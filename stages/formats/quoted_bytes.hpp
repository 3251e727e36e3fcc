// Which bytes of CSV text lie in quotes, 64 at a time: what tells separators that mean something from others.
//
// In nearly every text quotes stand only where a field begins and ends, or are doubled. Then a byte lies in
// quotes where an odd number of them stands before it, which a few shifts say of 64 bytes at once (G.
// Langdale, D. Lemire, "Parsing gigabytes of JSON per second", 2019). A word with a quote elsewhere is walked
// through quote by quote. One thread.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stages/formats/byte_masks.hpp"

namespace weir::csv {

class QuotedBytes {
 public:
  /// Bytes of the next word that lie in quotes, of which the first counts as one and the last does not.
  /// Called with word after word of a text that begins where a record begins. `separators`: delimiters and
  /// newlines, also those in quotes.
  std::uint64_t next(std::uint64_t quotes, std::uint64_t separators) noexcept {
    if (quotes == 0) {
      closing_ = 0;
      may_open_ = separators >> (kMaskBytes - 1) & static_cast<std::uint64_t>(!inside_);
      return inside_ ? ~std::uint64_t{0} : 0;
    }
    std::uint64_t quoted = odd_before(quotes) ^ (inside_ ? ~std::uint64_t{0} : 0);
    closing_ = quotes & ~quoted;
    std::uint64_t before_field = (separators & ~quoted) | closing_;
    if ((quotes & quoted & ~(before_field << 1 | may_open_)) != 0) [[unlikely]] {
      quoted = walk(quotes, separators);
      before_field = (separators & ~quoted) | closing_;
    }
    inside_ = (quoted >> (kMaskBytes - 1)) != 0;
    may_open_ = before_field >> (kMaskBytes - 1);
    return quoted;
  }

  /// Quotes of the last word that end quoted text: the first of a doubled one, too.
  std::uint64_t closing() const noexcept { return closing_; }
  /// Whether the text goes on in quotes.
  bool inside() const noexcept { return inside_; }

 private:
  /// Each bit is the parity of the bits up to it.
  static std::uint64_t odd_before(std::uint64_t bits) noexcept {
    for (unsigned shift = 1; shift < kMaskBytes; shift *= 2)
      bits ^= bits << shift;
    return bits;
  }

  std::uint64_t walk(std::uint64_t quotes, std::uint64_t separators) noexcept;

  bool inside_ = false;
  std::uint64_t may_open_ = 1;  ///< bit 0: a quote that comes first in the next word opens, or is doubled
  std::uint64_t closing_ = 0;
};

}  // namespace weir::csv
