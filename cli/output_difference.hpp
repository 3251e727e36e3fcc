// Where two outputs differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace weir {

struct OutputDifference {
  std::uint64_t line = 0;  ///< the first that differs, from 1
  std::string expected;    ///< that line, cut where it is long; a note where there is none
  std::string got;
};

/// Nothing where both files hold the same bytes. A file that is not there is empty.
std::optional<OutputDifference> difference(const std::string& expected_path, const std::string& got_path);

}  // namespace weir
