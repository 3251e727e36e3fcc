#include "stages/formats/quoted_bytes.hpp"

namespace weir::csv {

// A quote outside of quotes: the second of a doubled one goes back inside; else it opens where a field
// begins. Others are bytes like any.
std::uint64_t QuotedBytes::walk(std::uint64_t quotes, std::uint64_t separators) noexcept {
  std::uint64_t quoted = 0;
  bool inside = inside_;
  unsigned begin = 0;  // of the quoted bytes, while inside
  closing_ = 0;
  while (quotes != 0) {
    const unsigned at = take_lowest_bit(quotes);
    const std::uint64_t bit = std::uint64_t{1} << at;
    if (inside) {
      inside = false;
      closing_ |= bit;
      quoted |= lowest_bits(at) & ~lowest_bits(begin);
    } else if ((((separators | closing_) << 1 | may_open_) & bit) != 0) {
      inside = true;
      begin = at;
    }
  }
  return inside ? quoted | ~lowest_bits(begin) : quoted;
}

}  // namespace weir::csv
