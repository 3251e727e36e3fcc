// The files that a reader's option `path` names: one, those that a pattern fits, or a list of both.
//
// Part of a reader's plan. One thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/formats/text_block.hpp"
#include "stages/sources/range_source.hpp"
#include "weir/options.hpp"

namespace weir {

/// More files than this are taken for a pattern that was not meant.
inline constexpr std::size_t kInputFilesMax = 100'000;

/// What every reader says of its option `path`.
inline constexpr std::string_view kPathSummary =
    "The file; `-` is standard input. A pattern (`data/*.csv`) stands for all files that it fits, in the "
    "order of their bytes; a list, for all of its own. What ends in `.gz` or `.zst` is decompressed, and so "
    "is "
    "standard input where it is compressed.";

/// The first bytes of a file.
struct FileHead {
  TextBlock block;
  bool is_whole = false;  ///< there is no more in it
};

class ReaderFiles {
 public:
  /// Reads the option, and reports what is wrong with it.
  explicit ReaderFiles(const Options& options);

  /// Finds the files and looks at each. Reports what is missing or unreadable, and a terminal where `sniffs`:
  /// nobody who has a config checked expects that it waits for rows to be typed; `terminal_mend` is then the
  /// mend. Answers whether all can be read.
  bool open(bool sniffs, std::string_view terminal_mend, Problems& problems);

  /// From open on; at least one.
  const std::vector<InputFile>& files() const noexcept { return files_; }
  /// Whether one can be read only once.
  bool has_stream() const noexcept;
  /// "standard input", or the path in quotes.
  std::string name(std::size_t file) const;

  /// Reads the first bytes of a file. What was read of one that can be read only once stays there for the
  /// run. Reports, and gives nothing, where they cannot be read or are no text.
  std::optional<FileHead> head(std::size_t file, std::size_t bytes, Problems& problems) const;

  /// Reports what is wrong with a file, at its place in the config.
  void report(std::size_t file, std::string message, std::string mend, Problems& problems,
              ProblemKind kind = ProblemKind::missing_input) const;

 private:
  void add_files_of(const ConfiguredPath& path, Problems& problems);
  void open_file(std::size_t file, bool sniffs, std::string_view terminal_mend, Problems& problems);
  FileHead read_head(std::size_t file, std::size_t bytes) const;
  void report_at(const ConfiguredPath& path, std::string message, std::string mend, Problems& problems,
                 ProblemKind kind) const;

  std::string stage_;
  std::vector<ConfiguredPath> paths_;
  std::vector<InputFile> files_;
  std::vector<std::size_t> path_of_file_;  ///< which of paths_ named it
};

}  // namespace weir
