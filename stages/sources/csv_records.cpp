#include "stages/sources/csv_records.hpp"

#include <cstring>
#include <utility>

#include "stages/sources/csv_range.hpp"
#include "stages/sources/memory_source.hpp"

namespace weir {
namespace {

class CsvRecords final : public MemorySource {
 public:
  CsvRecords(std::shared_ptr<const CsvReading> reading, std::shared_ptr<const std::vector<Work>> pieces)
      : MemorySource(std::move(pieces)), reader_(std::move(reading), nullptr) {}

  Cursor decode(const Batch& work, Cursor at, Emitter& out) const override {
    return reader_.decode(work, at, out);
  }

 private:
  const CsvSource reader_;  // never opened: it only decodes
};

Work piece_of(const RawRecord& record) {
  auto block = std::make_shared<TextBlock>(record.text.size());
  std::memcpy(block->data(), record.text.data(), record.text.size());
  block->set_size(record.text.size());
  return {std::make_shared<CsvRange>(std::move(block), 0, record.text.size(), record.origin), record.origin};
}

}  // namespace

SourceSpec csv_records_source(std::shared_ptr<const CsvReading> reading,
                              const std::vector<RawRecord>& records) {
  auto pieces = std::make_shared<std::vector<Work>>();
  for (const RawRecord& record : records)
    pieces->push_back(piece_of(record));
  SourceSpec source;
  source.make = [reading = std::move(reading),
                 pieces = std::shared_ptr<const std::vector<Work>>(std::move(pieces))] {
    return std::make_unique<CsvRecords>(reading, pieces);
  };
  return source;
}

}  // namespace weir
