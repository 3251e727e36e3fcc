#include "stages/formats/line_index.hpp"

#include <array>
#include <cstring>

#include "stages/formats/byte_masks.hpp"

namespace weir {

void LineIndex::scan(std::string_view text, std::size_t at, std::size_t lines_max) {
  begins_.clear();
  ends_.clear();
  has_non_ascii_ = has_backslash_ = false;
  std::size_t begin = at;
  for (std::size_t base = at; base < text.size(); base += csv::kMaskBytes) {
    const std::size_t rest = text.size() - base;
    std::array<char, csv::kMaskBytes> last_bytes{};
    if (rest < csv::kMaskBytes) std::memcpy(last_bytes.data(), text.data() + base, rest);
    const csv::TextWord word(rest < csv::kMaskBytes ? last_bytes.data() : text.data() + base);
    has_non_ascii_ |= word.has_non_ascii();
    has_backslash_ |= word.equal_to('\\') != 0;
    for (std::uint64_t newlines = word.equal_to('\n'); newlines != 0;) {
      const std::size_t newline = base + csv::take_lowest_bit(newlines);
      add_line(text, begin, newline);
      begin = newline + 1;
      if (begins_.size() == lines_max) {
        next_ = begin;
        return;
      }
    }
  }
  if (begin < text.size()) add_line(text, begin, text.size());
  next_ = text.size();
}

void LineIndex::add_line(std::string_view text, std::size_t begin, std::size_t end) {
  if (end > begin && text[end - 1] == '\r') --end;
  if (blanks_ == Blanks::none) {
    const auto is_blank = [](char byte) { return byte == ' ' || byte == '\t'; };
    while (begin < end && is_blank(text[begin]))
      ++begin;
    while (begin < end && is_blank(text[end - 1]))
      --end;
    if (begin == end) return;
  }
  begins_.push_back(static_cast<std::uint32_t>(begin));
  ends_.push_back(static_cast<std::uint32_t>(end));
}

}  // namespace weir
