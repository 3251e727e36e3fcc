// A folder of its own among the system's temporary files, removed with all that is in it.
#pragma once

#include <string>

namespace weir {

class ScratchFolder {
 public:
  /// Throws IoError.
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  /// Makes a folder in it, in place of one of that name. Throws IoError.
  std::string make(const std::string& name) const;

 private:
  std::string path_;
};

}  // namespace weir
