#include "stages/sources/csv_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "stages/sources/text_range.hpp"
#include "tests/stages/formats/naive_csv.hpp"
#include "tests/stages/testing/collecting_emitter.hpp"
#include "tests/stages/testing/temporary_folder.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Strings without a header.
std::shared_ptr<CsvReading> reading_of(const std::string& path, std::size_t columns) {
  std::vector<Field> fields;
  for (std::size_t column = 0; column < columns; ++column)
    fields.push_back({"c" + std::to_string(column), Type::string});
  auto reading = std::make_shared<CsvReading>();
  reading->stage = "in";
  reading->files = {{std::make_shared<const std::string>(path)}};
  reading->header = false;
  reading->schema = std::make_shared<const Schema>(std::move(fields));
  reading->needs = Needs(columns, Need::value);
  return reading;
}

std::string shown(const Work& work) {
  const auto& range = static_cast<const TextRange&>(*work.payload);
  return std::to_string(work.origin.byte_offset) + ":" + std::to_string(work.origin.line) + " " +
         std::string(range.text());
}

std::vector<std::string> ranges_of(CsvSource& source) {
  std::vector<std::string> ranges;
  while (const auto work = source.next())
    ranges.push_back(shown(*work));
  return ranges;
}

void decode_all(CsvSource& source, CollectingEmitter& out) {
  while (const auto work = source.next())
    for (Cursor at = 0; at != kDone;)
      at = source.decode(work->payload, at, out);
}

TEST(CsvSource, CutsAtRecordsAndKnowsTheirLines) {
  testing::TemporaryFolder folder;
  const auto reading = reading_of(folder.write("f.csv", "h,h\n1,a\n2,\"b\nb\"\n3,c\n4,d"), 2);
  reading->header = true;
  reading->block_bytes = 12;
  CsvSource source(reading);
  source.open();
  EXPECT_THAT(ranges_of(source), ElementsAre("4:2 1,a\n", "8:3 2,\"b\nb\"\n3,c\n", "20:6 4,d"));
}

TEST(CsvSource, GrowsABlockForALongRecordUpToALimit) {
  testing::TemporaryFolder folder;
  const std::string record = std::string(100, 'x') + ",y\n";
  const auto reading = reading_of(folder.write("f.csv", "a,b\n" + record + "c,d\n"), 2);
  reading->block_bytes = 8;
  CsvSource source(reading);
  source.open();
  EXPECT_THAT(ranges_of(source), ElementsAre("0:1 a,b\n", "4:2 " + record + "c,d\n"));

  reading->record_bytes_max = 64;
  CsvSource limited(reading);
  limited.open();
  EXPECT_TRUE(limited.next());
  try {
    limited.next();
    FAIL() << "the record is longer than the limit";
  } catch (const RecordError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the record at line 2"));
    EXPECT_THAT(error.what(),
                HasSubstr("does not end within 64 bytes; is a quote opened there and never closed?"));
  }
}

TEST(CsvSource, GoesOnFromAPositionWithTheSameRanges) {
  testing::TemporaryFolder folder;
  std::string text = "h,h\n";
  for (std::size_t record = 0; record < 50; ++record)
    text += std::to_string(record) + ",\"x\n" + std::string(record % 7, 'y') + "\"\n";
  const auto reading = reading_of(folder.write("f.csv", text), 2);
  reading->header = true;
  reading->block_bytes = 40;

  CsvSource first(reading);
  first.open();
  std::vector<std::string> positions{first.position()};
  std::vector<std::string> all;
  while (const auto work = first.next()) {
    all.push_back(shown(*work));
    positions.push_back(first.position());
  }
  ASSERT_GT(all.size(), 10u);
  for (const std::string& position : positions) {
    CsvSource again(reading);
    again.open();
    again.seek(position);
    EXPECT_EQ(ranges_of(again), all) << "from " << position;
    if (!all.empty()) all.erase(all.begin());
  }
}

TEST(CsvSource, RefusesPositionsThatAreNone) {
  CsvSource source(reading_of("f.csv", 1));
  for (const char* position :
       {"", "somewhere", "0", "0 12", "0 12 ", "0 12 x", "0 12 0", "1 12 1", " 1 1", "0 1 1 "})
    EXPECT_THROW(source.seek(position), UsageError) << position;
}

TEST(CsvSource, TellsItsProgressInBytes) {
  testing::TemporaryFolder folder;
  const auto reading = reading_of(folder.write("f.csv", "a\nb\nc\n"), 1);
  reading->block_bytes = 4;
  CsvSource source(reading);
  source.open();
  EXPECT_EQ(source.progress().total_bytes, 6u);
  source.next();
  EXPECT_EQ(source.progress().done_bytes, 4u);
}

class Pipe {
 public:
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("cannot make a pipe");
    reader_ = FileDescriptor(ends[0]);
    writer_ = FileDescriptor(ends[1]);
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(reader_.get()); }
  void write(std::string_view text) {
    ASSERT_EQ(::write(writer_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void close() { writer_.close(); }

 private:
  FileDescriptor reader_;
  FileDescriptor writer_;
};

TEST(CsvSource, ReadsAPipeAsItReadsAFile) {
  Pipe pipe;
  pipe.write("1,a\n2,\"b\nb\"\n3,c\n4,d");
  pipe.close();
  const auto reading = reading_of(pipe.path(), 2);
  reading->block_bytes = 11;
  reading->files[0].stream = std::make_shared<ByteInput>(pipe.path());
  CsvSource source(reading);
  source.open();
  EXPECT_THAT(ranges_of(source), ElementsAre("0:1 1,a\n", "4:2 2,\"b\nb\"\n", "12:4 3,c\n4,d"));
}

TEST(CsvSource, LeavesAPipeThatHasNothingToSayWhenStopped) {
  Pipe pipe;
  pipe.write("1,a\n2");
  const auto reading = reading_of(pipe.path(), 2);
  reading->files[0].stream = std::make_shared<ByteInput>(pipe.path());
  CsvSource source(reading);
  source.open();
  auto next = std::async(std::launch::async, [&] { return source.next(); });
  source.stop();
  EXPECT_FALSE(next.get());
  EXPECT_FALSE(source.next()) << "stopped once is stopped for good";
}

TEST(CsvSource, LetsBatchesOutliveIt) {
  testing::TemporaryFolder folder;
  CollectingEmitter out;
  {
    CsvSource source(reading_of(folder.write("f.csv", "a long string in a column,b\n"), 2));
    source.open();
    decode_all(source, out);
  }
  EXPECT_THAT(out.records(), ElementsAre("{\"c0\": \"a long string in a column\", \"c1\": \"b\"}"));
  EXPECT_EQ(out.batches()[0]->origin_of(0).line, 1u);
}

using Record = std::vector<std::string>;

Record texts_of(const csv::testing::NaiveRecord& record) {
  Record texts;
  for (const csv::testing::NaiveField& field : record.fields)
    texts.push_back(field.text.empty() && !field.quoted ? "NULL" : field.text);
  return texts;
}

std::vector<Record> texts_of(const std::vector<Batch>& batches) {
  std::vector<Record> records;
  for (const Batch& each : batches) {
    const RecordBatch& batch = as_records(each);
    batch.row_set().for_each([&](std::size_t row) {
      records.emplace_back();
      for (const ColumnPtr& column : batch.columns())
        records.back().push_back(column->is_valid(row) ? std::string(column->text(row)) : "NULL");
    });
  }
  return records;
}

bool is_empty_line(const csv::testing::NaiveRecord& record) {
  return record.fields == std::vector<csv::testing::NaiveField>(1);
}

RC_GTEST_PROP(CsvSourceProperty, ReadsAnyTextAsANaiveReaderDoesWhereverItIsCut, ()) {
  const auto text = *rc::gen::container<std::string>(
      rc::gen::weightedElement<char>({{5, 'a'}, {4, ','}, {4, '"'}, {3, '\n'}, {1, '\r'}}));
  testing::TemporaryFolder folder;
  const auto reading = reading_of(folder.write("f.csv", text), *rc::gen::inRange<std::size_t>(2, 4));
  reading->block_bytes = *rc::gen::inRange<std::size_t>(1, 40);
  reading->batch_rows = *rc::gen::inRange<std::size_t>(1, 5);

  std::vector<Record> expected;
  std::size_t refused = 0;
  for (const csv::testing::NaiveRecord& record : csv::testing::NaiveReader(text, ',', '"').read()) {
    const bool broken = std::any_of(record.fields.begin(), record.fields.end(),
                                    [](const auto& field) { return field.text_after_quote; });
    if (record.fields.size() == reading->schema->size() && !broken && !record.open_quote)
      expected.push_back(texts_of(record));
    else if (!is_empty_line(record))
      ++refused;
  }

  CollectingEmitter out;
  CsvSource source(reading);
  source.open();
  decode_all(source, out);
  RC_ASSERT(texts_of(out.batches()) == expected);
  RC_ASSERT(out.rejections.size() == refused);
}

}  // namespace
}  // namespace weir
