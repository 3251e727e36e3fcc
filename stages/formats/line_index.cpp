#include "stages/formats/line_index.hpp"

#include "stages/formats/byte_masks.hpp"

namespace weir {

void LineIndex::scan(std::string_view text, std::size_t at, std::size_t lines_max) {
  begins_.clear();
  ends_.clear();
  has_backslash_ = false;
  next_ = text.size();
  std::size_t begin = at;
  has_non_ascii_ = for_each_mask(text, at, {'\n', '\\', '\\'}, [&](std::size_t base, const Masks& masks) {
    has_backslash_ |= masks[1] != 0;
    for (std::uint64_t newlines = masks[0]; newlines != 0;) {
      const std::size_t newline = base + take_lowest_bit(newlines);
      add_line(text, begin, newline);
      begin = newline + 1;
      if (begins_.size() == lines_max) {
        next_ = begin;
        return false;
      }
    }
    return true;
  });
  if (begins_.size() < lines_max && begin < text.size()) add_line(text, begin, text.size());
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
