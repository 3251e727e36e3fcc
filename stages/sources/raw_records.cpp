#include "stages/sources/raw_records.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "stages/sources/memory_source.hpp"
#include "stages/sources/text_range.hpp"

namespace weir {
namespace {

class RawRecords final : public MemorySource {
 public:
  RawRecords(std::unique_ptr<const RangeSource> reader, std::shared_ptr<const std::vector<Work>> pieces)
      : MemorySource(std::move(pieces)), reader_(std::move(reader)) {}

  Cursor decode(const Batch& work, Cursor at, Emitter& out) const override {
    return reader_->decode(work, at, out);
  }

 private:
  const std::unique_ptr<const RangeSource> reader_;
};

// The number of the file that a record was read from; the first where the reader has it no longer.
std::size_t file_of(const RawRecord& record, const RangeReading& reading) {
  if (record.origin.input == nullptr) return 0;
  const auto found = std::find_if(reading.files.begin(), reading.files.end(),
                                  [&](const InputFile& file) { return *file.path == *record.origin.input; });
  return found == reading.files.end() ? 0 : static_cast<std::size_t>(found - reading.files.begin());
}

Work piece_of(const RawRecord& record, std::size_t file) {
  auto block = std::make_shared<TextBlock>(record.text.size());
  std::memcpy(block->data(), record.text.data(), record.text.size());
  block->set_size(record.text.size());
  return {std::make_shared<TextRange>(std::move(block), 0, record.text.size(), record.origin, file),
          record.origin};
}

}  // namespace

SourceSpec raw_records_source(MakeRangeSource make_reader, const RangeReading& reading,
                              const std::vector<RawRecord>& records) {
  auto pieces = std::make_shared<std::vector<Work>>();
  for (const RawRecord& record : records)
    pieces->push_back(piece_of(record, file_of(record, reading)));
  SourceSpec source;
  source.make = [make_reader = std::move(make_reader),
                 pieces = std::shared_ptr<const std::vector<Work>>(std::move(pieces))] {
    return std::make_unique<RawRecords>(make_reader(), pieces);
  };
  return source;
}

}  // namespace weir
