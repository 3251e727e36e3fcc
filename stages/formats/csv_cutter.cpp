#include "stages/formats/csv_cutter.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "stages/formats/byte_masks.hpp"
#include "stages/formats/plain_text.hpp"

namespace weir::csv {
namespace {

// Walks over a text and tells the newlines that end records from those inside quotes.
class RecordEnds {
 public:
  RecordEnds(std::string_view text, const Dialect& dialect) : text_(text), dialect_(dialect) {}

  // Ends of records among the 64 bytes from `base` on, as a mask. Called with 0, 64, 128 and so on.
  std::uint64_t next(std::size_t base) {
    const std::size_t rest = text_.size() - base;
    std::array<char, kMaskBytes> last_bytes{};
    if (rest < kMaskBytes) std::memcpy(last_bytes.data(), text_.data() + base, rest);
    const TextWord word(rest < kMaskBytes ? last_bytes.data() : text_.data() + base);

    const std::uint64_t newlines = word.equal_to('\n') & lowest_bits(rest);
    const std::uint64_t quotes = word.equal_to(dialect_.quote) & lowest_bits(rest);
    if (quotes == 0) return inside_ ? 0 : newlines;
    return newlines & ~quoted_bytes(quotes, base);
  }

 private:
  std::uint64_t quoted_bytes(std::uint64_t quotes, std::size_t base) {
    std::uint64_t quoted = 0;
    unsigned begin = 0;  // of the quoted bytes, while inside
    while (quotes != 0) {
      const unsigned at = take_lowest_bit(quotes);
      if (inside_) {
        inside_ = false;
        closed_at_ = base + at;
        quoted |= lowest_bits(at) & ~lowest_bits(begin);
      } else if (opens_at(base + at)) {
        inside_ = true;
        begin = at;
      }
    }
    if (inside_) quoted |= ~lowest_bits(begin);
    return quoted;
  }

  // A quote outside of quotes: the second of a doubled one goes back inside; else it opens where a field
  // begins.
  bool opens_at(std::size_t at) const noexcept {
    if (at == 0 || closed_at_ + 1 == at) return true;
    const char before = text_[at - 1];
    return before == dialect_.delimiter || before == '\n';
  }

  std::string_view text_;
  const Dialect& dialect_;
  std::size_t closed_at_ = static_cast<std::size_t>(-2);  ///< the last closing quote; none yet
  bool inside_ = false;
};

}  // namespace

std::size_t end_of_last_record(std::string_view text, const Dialect& dialect) {
  if (text.empty()) return 0;
  if (std::memchr(text.data(), dialect.quote, text.size()) == nullptr) return end_of_last_line(text);
  RecordEnds ends(text, dialect);
  std::size_t last = 0;
  for (std::size_t base = 0; base < text.size(); base += kMaskBytes) {
    const std::uint64_t mask = ends.next(base);
    if (mask != 0) last = base + kMaskBytes - static_cast<std::size_t>(std::countl_zero(mask));
  }
  return last;
}

std::size_t end_of_first_record(std::string_view text, const Dialect& dialect) {
  RecordEnds ends(text, dialect);
  for (std::size_t base = 0; base < text.size(); base += kMaskBytes) {
    const std::uint64_t mask = ends.next(base);
    if (mask != 0) return base + static_cast<std::size_t>(std::countr_zero(mask)) + 1;
  }
  return std::string_view::npos;
}

}  // namespace weir::csv
