// Reads files of records range by range: what the readers of all text formats share.
//
// `next` reads a block and cuts it where its last record ends: cheap, one thread, and where the cuts fall
// depends on the files alone. A format says where records begin and end, and makes batches of a range in
// `decode`, on many threads; its cursor is the byte of the range at which the next batch begins.
//
// A restarted source opens a file again and seeks. Of an input that can be read only once the incarnations
// share the bytes, and a call of `next` that throws has taken none of them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/formats/text_block.hpp"
#include "stages/sources/byte_input.hpp"
#include "weir/source.hpp"

namespace weir {

/// How much of a file is read and cut at once.
inline constexpr std::size_t kReadBlockBytes = std::size_t{1} << 20;
/// A record longer than this is refused.
inline constexpr std::size_t kRecordBytesMax = std::size_t{64} << 20;

/// A file that a reader reads.
struct InputFile {
  std::shared_ptr<const std::string> path;
  /// The input, where it can be read only once and all incarnations share it; null: each opens it again.
  std::shared_ptr<ByteInput> stream = nullptr;
};

/// What readers of all formats were configured to do. Immutable once running; shared by incarnations, ranges
/// and batches.
struct RangeReading {
  std::string stage;             ///< the reader's name, for the mends in messages
  std::vector<InputFile> files;  ///< in the order in which they are read
  std::size_t block_bytes = kReadBlockBytes;
  std::size_t record_bytes_max = kRecordBytesMax;
};

class RangeSource : public Source {
 public:
  void open() override;
  std::optional<Work> next() override;
  std::string position() const override;
  void seek(const std::string& position) override;
  void stop() noexcept override;
  SourceProgress progress() const noexcept override;

 protected:
  explicit RangeSource(std::shared_ptr<const RangeReading> reading);

  /// Where the records begin in a file's first bytes, behind its byte order mark: behind a header, say. The
  /// text's size where it ends before that.
  virtual std::size_t records_begin(std::string_view text) const = 0;
  /// Where the last record that is whole in `text` ends; 0 where none is. `text` begins where a record does.
  virtual std::size_t end_of_last_record(std::string_view text) const = 0;
  /// What may be the matter with a record that has no end, for a message; empty: nobody knows.
  virtual std::string_view why_endless() const { return {}; }

 private:
  class BorrowedText;
  // Records in a text.
  struct Extent {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  const InputFile& file() const { return reading_->files[file_]; }
  void open_file();
  void begin_next_file();
  std::optional<Work> next_of_file();
  std::optional<Extent> read_records(BorrowedText& borrowed) const;
  std::size_t data_begin(std::string_view text) const;
  std::shared_ptr<TextBlock> grown(const TextBlock& block) const;

  const std::shared_ptr<const RangeReading> reading_;
  TextBlockPool blocks_;

  // Of the thread that calls next.
  std::size_t file_ = 0;              ///< which is read
  std::uint64_t offset_ = 0;          ///< of the next range in it
  std::uint64_t line_ = 1;            ///< of the next range
  std::uint64_t finished_bytes_ = 0;  ///< of the files before it

  std::mutex input_mutex_;  ///< guards changes of input_: `stop` comes from another thread
  std::shared_ptr<ByteInput> input_;
  std::atomic<bool> stopped_{false};
  std::atomic<std::uint64_t> done_bytes_{0};
  std::atomic<std::uint64_t> total_bytes_{0};
};

}  // namespace weir
