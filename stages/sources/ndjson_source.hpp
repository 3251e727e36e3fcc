// Reads files of JSON objects, one a line, into batches of columns.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "stages/formats/ndjson_decoder.hpp"
#include "stages/sources/range_source.hpp"
#include "weir/record_batch.hpp"
#include "weir/record_stage.hpp"

namespace weir {

/// Rows a batch: what belongs to it should stay in the second-level cache.
inline constexpr std::size_t kNdjsonBatchRows = 4096;

/// What a reader was configured to do. Immutable once running; shared by incarnations, ranges and batches.
struct NdjsonReading : RangeReading {
  std::shared_ptr<const Schema> schema;
  std::vector<JsonPath> paths;  ///< where each column's values lie
  Needs needs;
  bool check_all = false;  ///< refuse values that do not fit also in columns that nobody computes with
  bool has_source_column =
      false;  ///< the schema's last column is the file's path, and has no path in `paths`
  std::size_t batch_rows = kNdjsonBatchRows;
};

class NdjsonSource final : public RangeSource {
 public:
  explicit NdjsonSource(std::shared_ptr<const NdjsonReading> reading);

  Cursor decode(const Batch& work, Cursor at, Emitter& out) const override;

 private:
  class Decoders;

  std::size_t records_begin(std::string_view /*text*/) const override { return 0; }
  std::size_t end_of_last_record(std::string_view text) const override;

  const std::shared_ptr<const NdjsonReading> reading_;
  std::vector<std::size_t> wanted_;  ///< the columns that are decoded
  std::shared_ptr<Decoders> decoders_;
};

}  // namespace weir
