#include "stages/sources/memory_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "stages/sources/csv_source.hpp"
#include "stages/sources/raw_records.hpp"
#include "tests/stages/testing/batches.hpp"
#include "tests/stages/testing/collecting_emitter.hpp"
#include "weir/error.hpp"

namespace weir {
namespace {

using testing::batch_of;
using testing::CollectingEmitter;
using ::testing::ElementsAre;
using testing::integers;

void decode_all(Source& source, CollectingEmitter& out) {
  source.open();
  while (const auto work = source.next())
    for (Cursor at = 0; at != kDone;)
      at = source.decode(work->payload, at, out);
}

std::shared_ptr<const std::vector<Work>> three_batches() {
  auto pieces = std::make_shared<std::vector<Work>>();
  for (const std::int64_t value : {1, 2, 3})
    pieces->push_back({batch_of({{"n", integers({value})}}), {}});
  return pieces;
}

TEST(MemorySource, GivesOutItsPiecesInOrder) {
  CollectingEmitter out;
  MemorySource source(three_batches());
  decode_all(source, out);
  EXPECT_THAT(out.records(), ElementsAre("{\"n\": 1}", "{\"n\": 2}", "{\"n\": 3}"));
}

TEST(MemorySource, GoesOnFromAPosition) {
  const auto pieces = three_batches();
  MemorySource failed(pieces);
  failed.next();
  MemorySource source(pieces);
  source.seek(failed.position());
  CollectingEmitter out;
  decode_all(source, out);
  EXPECT_THAT(out.records(), ElementsAre("{\"n\": 2}", "{\"n\": 3}"));
  for (const char* position : {"", "x", "1 ", "4", "-1"})
    EXPECT_THROW(source.seek(position), UsageError) << position;
}

TEST(CsvRecords, AreDecodedEachByItselfAndKeepTheirOrigins) {
  auto reading = std::make_shared<CsvReading>();
  reading->stage = "in";
  reading->files = {{std::make_shared<const std::string>("f.csv")}};
  reading->schema =
      std::make_shared<const Schema>(std::vector<Field>{{"n", Type::int64}, {"s", Type::string}});
  reading->needs = Needs(2, Need::value);
  const auto input = std::make_shared<const std::string>("old.csv");
  const SourceSpec spec = raw_records_source(
      [reading] { return std::make_unique<CsvSource>(reading); }, *reading,
      {{"1,\"a\nb\"", {input, 120, 7}}, {"x,c\n", {input, 240, 13}}, {"2,d", {input, 360, 21}}});
  CollectingEmitter out;
  const auto source = spec.make();
  decode_all(*source, out);
  EXPECT_THAT(out.records(), ElementsAre("{\"n\": 1, \"s\": \"a\\nb\"}", "{\"n\": 2, \"s\": \"d\"}"));
  EXPECT_EQ(out.batches()[0]->origin_of(0).line, 7u);
  EXPECT_EQ(out.batches()[1]->origin_of(0).byte_offset, 360u);
  ASSERT_EQ(out.rejections.size(), 1u);
  EXPECT_EQ(*out.rejections[0].record->origin_of(0).input, "old.csv");
  EXPECT_EQ(out.rejections[0].record->origin_of(0).line, 13u);
}

}  // namespace
}  // namespace weir
