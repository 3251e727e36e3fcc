// Reads a CSV file range by range.
//
// `next` reads a block and cuts it where its last record ends: cheap, one thread, and where the cuts fall
// depends on the file alone. `decode` makes batches of a range, on many threads; its cursor is the byte of
// the range at which the next batch begins.
//
// A restarted source opens a file again and seeks. Of an input that can be read only once the incarnations
// share the bytes, and a call of `next` that throws has taken none of them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stages/formats/csv_decoder.hpp"
#include "stages/formats/csv_dialect.hpp"
#include "stages/formats/text_block.hpp"
#include "stages/sources/byte_input.hpp"
#include "weir/record_batch.hpp"
#include "weir/record_stage.hpp"
#include "weir/source.hpp"

namespace weir {

/// How much of a file is read and cut at once.
inline constexpr std::size_t kCsvBlockBytes = std::size_t{1} << 20;
/// A record longer than this is taken for a quote that was never closed.
inline constexpr std::size_t kCsvRecordBytesMax = std::size_t{64} << 20;
/// Rows a batch, fewer where there are many columns: a batch's index should stay in the second-level cache.
inline constexpr std::size_t kCsvBatchRows = 4096;
inline constexpr std::size_t kCsvBatchFieldsMax = std::size_t{1} << 17;

/// What a reader was configured to do. Immutable once running; shared by incarnations, ranges and batches.
struct CsvReading {
  std::string stage;  ///< the reader's name, for the mends in messages
  std::shared_ptr<const std::string> path;
  csv::Dialect dialect;
  bool header = true;
  std::shared_ptr<const Schema> schema;
  bool schema_is_given = false;  ///< by `schema:`, which a mend of a type then names instead of `types:`
  Needs needs;
  bool check_all = false;  ///< refuse values that do not fit also in columns that nobody computes with
  std::size_t block_bytes = kCsvBlockBytes;
  std::size_t record_bytes_max = kCsvRecordBytesMax;
  std::size_t batch_rows = kCsvBatchRows;
};

class CsvSource final : public Source {
 public:
  /// `stream`: the input, where it can be read only once and all incarnations share it; else null.
  CsvSource(std::shared_ptr<const CsvReading> reading, std::shared_ptr<ByteInput> stream);

  void open() override;
  std::optional<Work> next() override;
  Cursor decode(const Batch& work, Cursor at, Emitter& out) const override;
  std::string position() const override;
  void seek(const std::string& position) override;
  void stop() noexcept override;
  SourceProgress progress() const noexcept override;

 private:
  class BorrowedText;
  // Records in a text: behind the header in a file's first piece.
  struct Extent {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  std::optional<Extent> read_records(BorrowedText& borrowed) const;
  std::size_t data_begin(std::string_view text) const;
  std::shared_ptr<TextBlock> grown(const TextBlock& block) const;

  const std::shared_ptr<const CsvReading> reading_;
  const std::shared_ptr<ByteInput> stream_;
  TextBlockPool blocks_;
  std::shared_ptr<ByteInput> input_;      ///< set by open, before any other thread looks
  std::uint64_t line_ = 1;                ///< of the next range; as offset_, of next's thread
  std::atomic<std::uint64_t> offset_{0};  ///< of the next range; read by progress()
};

}  // namespace weir
