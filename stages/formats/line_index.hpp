// Where the lines of a text begin and end.
//
// Reused from scan to scan to save allocations. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace weir {

class LineIndex {
 public:
  /// What becomes of blanks and tabs around a line's text.
  enum class Blanks : unsigned char {
    text,  ///< they belong to it, and lines without any text are lines
    none,  ///< they are left out, and so are lines of nothing else
  };
  explicit LineIndex(Blanks blanks) noexcept : blanks_(blanks) {}

  /// Finds at most `lines_max` lines, the first of which begins at `at`. The text ends where a line ends,
  /// with or without a newline, and is smaller than 4 GiB. Lines end in LF or CRLF.
  void scan(std::string_view text, std::size_t at, std::size_t lines_max);

  std::size_t size() const noexcept { return begins_.size(); }
  /// Where the next scan of this text begins; the text's size when all was scanned.
  std::size_t next() const noexcept { return next_; }
  /// Line [begin, end) without its line end.
  std::size_t begin(std::size_t line) const noexcept { return begins_[line]; }
  std::size_t end(std::size_t line) const noexcept { return ends_[line]; }
  bool has_non_ascii() const noexcept { return has_non_ascii_; }
  bool has_backslash() const noexcept { return has_backslash_; }

 private:
  void add_line(std::string_view text, std::size_t begin, std::size_t end);

  Blanks blanks_;
  std::vector<std::uint32_t> begins_;
  std::vector<std::uint32_t> ends_;
  std::size_t next_ = 0;
  bool has_non_ascii_ = false;  ///< among the bytes looked at, perhaps behind the last line
  bool has_backslash_ = false;
};

}  // namespace weir
