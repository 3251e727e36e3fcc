// Reads files line by line, into batches of one column of text.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "stages/sources/range_source.hpp"
#include "weir/record_batch.hpp"
#include "weir/record_stage.hpp"

namespace weir {

/// Rows a batch.
inline constexpr std::size_t kLinesBatchRows = 4096;

/// What a reader was configured to do. Immutable once running; shared by incarnations, ranges and batches.
struct LinesReading : RangeReading {
  std::shared_ptr<const Schema> schema;  ///< the line, and perhaps the file's path
  Needs needs;
  std::size_t batch_rows = kLinesBatchRows;
};

class LinesSource final : public RangeSource {
 public:
  explicit LinesSource(std::shared_ptr<const LinesReading> reading)
      : RangeSource(reading), reading_(std::move(reading)) {}

  Cursor decode(const Batch& work, Cursor at, Emitter& out) const override;

 private:
  std::size_t records_begin(std::string_view /*text*/) const override { return 0; }
  std::size_t end_of_last_record(std::string_view text) const override;

  const std::shared_ptr<const LinesReading> reading_;
};

}  // namespace weir
