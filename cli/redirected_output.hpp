// Standard output turned into a file for a while. One at a time in a process.
#pragma once

#include <string>

#include "stages/formats/file_descriptor.hpp"

namespace weir {

/// From construction until destruction what is written to standard output goes to the file at `path`. Throws
/// IoError.
class RedirectedOutput {
 public:
  explicit RedirectedOutput(const std::string& path);
  ~RedirectedOutput();
  RedirectedOutput(const RedirectedOutput&) = delete;
  RedirectedOutput& operator=(const RedirectedOutput&) = delete;

 private:
  FileDescriptor before_;
};

}  // namespace weir
