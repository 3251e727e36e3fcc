#include "cli/output_difference.hpp"

#include <fstream>

namespace weir {
namespace {

/// As much of a line as is shown.
constexpr std::size_t kShownBytesMax = 200;

// A line with its end, or nothing behind the last.
std::optional<std::string> next_line(std::istream& stream) {
  std::string line;
  if (!std::getline(stream, line)) return std::nullopt;
  if (!stream.eof()) line += '\n';
  return line;
}

std::string shown(const std::optional<std::string>& line) {
  if (!line) return "(nothing more)";
  if (!line->ends_with('\n')) return *line + " (without an end of line)";
  if (line->size() > kShownBytesMax) return line->substr(0, kShownBytesMax) + "...";
  return line->substr(0, line->size() - 1);
}

}  // namespace

std::optional<OutputDifference> difference(const std::string& expected_path, const std::string& got_path) {
  std::ifstream expected(expected_path, std::ios::binary);
  std::ifstream got(got_path, std::ios::binary);
  for (std::uint64_t line = 1;; ++line) {
    const auto expected_line = next_line(expected);
    const auto got_line = next_line(got);
    if (expected_line != got_line) return OutputDifference{line, shown(expected_line), shown(got_line)};
    if (!expected_line) return std::nullopt;
  }
}

}  // namespace weir
