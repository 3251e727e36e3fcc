// Where a sink's bytes go: a file that appears whole or not at all, or a pipe.
//
// A file is written under a temporary name beside its target and renamed by `commit`, so that nobody ever
// sees half of it under the target's name. A symbolic link is followed first: what it names is replaced, the
// link stays. FIFOs, devices and standard output are written directly. Used by one thread at a time; errors
// are IoErrors with path and reason.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stages/formats/file_descriptor.hpp"
#include "stages/sinks/temporary_files.hpp"

namespace weir {

class OutputFile {
 public:
  enum class Mode : unsigned char {
    replace,     ///< an existing target is replaced by commit
    create_new,  ///< an existing target is an error
  };

  /// `path`: "-" is standard output. Touches nothing yet.
  explicit OutputFile(std::string path, Mode mode = Mode::replace) : path_(std::move(path)), mode_(mode) {}
  /// Aborts unless committed.
  ~OutputFile() { abort(); }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Whether writing to `path` may wait for something outside.
  static bool may_block(const std::string& path);

  /// Makes the temporary file, and the folders above it that are missing. Throws where the target cannot be
  /// made.
  void open();
  /// In place of `open`: goes on where `failed` stands, with all that its calls of `write` that returned have
  /// written. The temporary file is opened anew; a pipe, whose reader would take its end for the end of the
  /// input, is taken over. `failed` must be of the same path. When it throws, `failed` can be adopted again.
  void adopt(OutputFile& failed);
  /// Writes all of `bytes`. A call that throws may be repeated with the same bytes, and then writes none of
  /// them twice. What is half in a pipe and is then given up cannot be taken back: the next call with other
  /// bytes throws. Answers false when the reader of a pipe has gone away: nothing more need be written.
  bool write(std::string_view bytes);
  /// Closes: after it, only commit can fail. May be repeated.
  void prepare();
  /// Gives the file its name.
  void commit();
  /// Removes what was written. Does nothing after commit.
  void abort() noexcept;

 private:
  // Of the bytes of a call for a pipe that threw: how many came out, and which.
  struct Torn {
    std::size_t size = 0;
    std::size_t hash = 0;
  };

  void open_directly();
  void open_temporary();
  void adopt_temporary(OutputFile& failed);
  void write_file(std::string_view bytes);
  bool write_stream(std::string_view bytes);
  void close();
  std::string name() const;
  [[noreturn]] void fail(const char* what, int errno_value) const;

  std::string path_;
  Mode mode_;
  std::string target_;         ///< the path with symbolic links followed
  TemporaryName temporary_;    ///< empty: nothing to rename or remove
  FileDescriptor owned_;       ///< not standard output's
  int descriptor_ = -1;        ///< from open on
  int close_error_ = 0;        ///< closing has failed, and what was written may be lost
  Torn torn_;                  ///< from a call of write that threw to the next
  std::uint64_t written_ = 0;  ///< bytes in the temporary file
};

}  // namespace weir
