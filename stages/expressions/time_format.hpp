// A format of strftime and strptime, taken apart once: `%d/%m/%Y %H:%M`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir::expressions {

/// Immutable; any thread.
class TimeFormat {
 public:
  /// Throws BadArgument, for argument 1, where a specifier is unknown.
  explicit TimeFormat(std::string_view format);

  /// The first specifier that a time can be written by, but not read by; '\0': there is none.
  char unreadable() const noexcept;

  /// Appends a timestamp in microseconds.
  void append(std::string& to, std::int64_t micros) const;
  /// Reads one; nothing where the text is not as the format says. What the format does not name is that of
  /// 1900-01-01 00:00:00. An offset (%z) is taken away to give UTC.
  std::optional<std::int64_t> parse(std::string_view text) const noexcept;

 private:
  struct Piece {
    char specifier = '\0';  ///< '\0': the text itself
    bool padded = true;     ///< false: written with a dash, as in %-d
    std::string text = {};
  };
  std::vector<Piece> pieces_;
};

}  // namespace weir::expressions
