// The file of `--report`: there with the whole report, or not there.
#pragma once

#include <fstream>
#include <ostream>
#include <string>

#include "stages/sinks/temporary_files.hpp"

namespace weir {

/// Writes under a temporary name beside the target and renames. Made before the run, so that a report that
/// cannot be written is known before the work is done. One thread.
class ReportFile {
 public:
  /// Empty: no report. `-`: `out`, which outlives this. Throws IoError where the file cannot be made.
  ReportFile(std::string path, std::ostream& out);
  ~ReportFile();
  ReportFile(const ReportFile&) = delete;
  ReportFile& operator=(const ReportFile&) = delete;

  bool wanted() const noexcept { return !path_.empty(); }
  /// Throws IoError. Once.
  void publish(const std::string& text);

 private:
  std::string path_;
  TemporaryName temporary_;  // empty: there is none
  std::ostream& out_;
  std::ofstream stream_;
};

}  // namespace weir
