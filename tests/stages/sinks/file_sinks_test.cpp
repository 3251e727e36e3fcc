#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "stages/builtin_stages.hpp"
#include "stages/sources/byte_input.hpp"
#include "tests/stages/testing/batches.hpp"
#include "tests/stages/testing/collecting_emitter.hpp"
#include "tests/stages/testing/configured.hpp"
#include "tests/stages/testing/temporary_folder.hpp"

namespace weir {
namespace {

using testing::batch_of;
using testing::CollectingEmitter;
using ::testing::ElementsAre;
using testing::integers;
using ::testing::IsEmpty;
using testing::map_of;
using testing::messages_of;
using testing::scalar;
using testing::strings;

using Entries = std::vector<std::pair<std::string, ConfigValue>>;
using RecordsPtr = std::shared_ptr<const RecordBatch>;

class FileSinks : public ::testing::Test {
 protected:
  std::unique_ptr<Sink> make(const StageDescription& description, const Schema& schema,
                             const Entries& options) {
    const ConfigValue config = map_of(options);
    plan_ = description.plan(Options("out", config, problems_, {}));
    plan_->bind({&schema, 1}, problems_);
    needs_ = plan_->needs({}).at(0);
    spec_ = std::get<SinkSpec>(plan_->make().body);
    return spec_.make();
  }

  void write(Sink& sink, const std::vector<RecordsPtr>& batches) {
    sink.open();
    for (const RecordsPtr& batch : batches) {
      const Batch encoded = sink.encode(batch, out_);
      EXPECT_EQ(encoded->rows(), batch->rows());
      sink.write(encoded, out_);
    }
    sink.prepare();
  }

  const RecordsPtr batch_ = batch_of({{"n", integers({1, std::nullopt})}, {"s", strings({"a,b", ""})}});
  testing::TemporaryFolder folder_;
  Problems problems_;
  std::unique_ptr<StagePlan> plan_;
  SinkSpec spec_;
  Needs needs_;
  CollectingEmitter out_;
};

TEST_F(FileSinks, WriteCsvWritesAHeaderAndThenRecords) {
  const auto sink =
      make(describe_write_csv(), batch_->schema(), {{"path", scalar(folder_.file("out/o.csv"))}});
  write(*sink, {batch_, batch_});
  EXPECT_FALSE(folder_.has("out/o.csv"));
  sink->commit();
  EXPECT_EQ(folder_.read("out/o.csv"), "n,s\n1,\"a,b\"\n,\"\"\n1,\"a,b\"\n,\"\"\n");
  EXPECT_FALSE(spec_.traits.blocking);
  EXPECT_EQ(needs_, Needs(2, Need::text));
}

TEST_F(FileSinks, WriteCsvWritesAHeaderForNoRecords) {
  const auto sink = make(describe_write_csv(), batch_->schema(), {{"path", scalar(folder_.file("o.csv"))}});
  write(*sink, {});
  sink->commit();
  EXPECT_EQ(folder_.read("o.csv"), "n,s\n");
}

TEST_F(FileSinks, WriteCsvTakesItsOptions) {
  const auto sink = make(describe_write_csv(), batch_->schema(),
                         {{"path", scalar(folder_.file("o.csv"))},
                          {"header", scalar("false")},
                          {"delimiter", scalar("\\t")},
                          {"null", scalar("-")}});
  write(*sink, {batch_});
  sink->commit();
  EXPECT_EQ(folder_.read("o.csv"), "1\ta,b\n-\t\"\"\n");
}

TEST_F(FileSinks, WriteCsvRefusesOptionsThatNoReaderCouldUndo) {
  make(describe_write_csv(), batch_->schema(),
       {{"path", scalar("o.csv")}, {"delimiter", scalar("\"")}, {"null", scalar("a\nb")}});
  EXPECT_THAT(messages_of(problems_),
              ElementsAre("a line end or a quote cannot be the delimiter",
                          "delimiters, quotes and line ends cannot stand for NULL: 'a\nb'"));
}

TEST_F(FileSinks, LeaveNothingBehindWhenAborted) {
  for (const auto& description : {describe_write_csv, describe_write_ndjson}) {
    const auto sink = make(description(), batch_->schema(), {{"path", scalar(folder_.file("o"))}});
    write(*sink, {batch_});
    sink->abort();
    sink->abort();
    EXPECT_EQ(folder_.entries(), 0u);
  }
}

TEST_F(FileSinks, WriteNdjsonWritesOneObjectALine) {
  const auto sink =
      make(describe_write_ndjson(), batch_->schema(), {{"path", scalar(folder_.file("o.ndjson"))}});
  write(*sink, {batch_});
  sink->commit();
  EXPECT_EQ(folder_.read("o.ndjson"), "{\"n\":1,\"s\":\"a,b\"}\n{\"n\":null,\"s\":\"\"}\n");
  EXPECT_EQ(needs_, Needs(2, Need::value));
}

TEST_F(FileSinks, RefuseToReplaceAFileThatMustBeNew) {
  folder_.write("o.csv", "old");
  const auto sink = make(describe_write_csv(), batch_->schema(),
                         {{"path", scalar(folder_.file("o.csv"))}, {"mode", scalar("new")}});
  EXPECT_THROW(sink->open(), IoError);
}

TEST_F(FileSinks, GetAThreadOfTheirOwnForStandardOutput) {
  make(describe_write_csv(), batch_->schema(), {{"path", scalar("-")}});
  EXPECT_TRUE(spec_.traits.blocking);
}

TEST_F(FileSinks, PrintShowsATableWhenTheRunHasSucceeded) {
  const auto sink = make(describe_print(), batch_->schema(), {{"limit", scalar("3")}});
  ::testing::internal::CaptureStdout();
  write(*sink, {batch_, batch_});
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  ::testing::internal::CaptureStdout();
  sink->commit();
  EXPECT_EQ(::testing::internal::GetCapturedStdout(),
            "   n  s\n"
            "----  ---\n"
            "   1  a,b\n"
            "NULL  \n"
            "   1  a,b\n"
            "… 1 more row\n");
}

TEST_F(FileSinks, WriteLinesWritesOneColumnAsItIs) {
  const auto batch =
      batch_of({{"n", integers({1, 2, 3})}, {"line", strings({"a \"b\", c", "", std::nullopt})}});
  const auto sink = make(describe_write_lines(), batch->schema(), {{"path", scalar(folder_.file("o.txt"))}});
  EXPECT_EQ(needs_, (Needs{Need::none, Need::text}));
  write(*sink, {batch});
  sink->commit();
  EXPECT_EQ(folder_.read("o.txt"), "a \"b\", c\n\n\n");
}

TEST_F(FileSinks, WriteLinesWritesNumbersToo) {
  const auto sink = make(describe_write_lines(), batch_->schema(),
                         {{"path", scalar(folder_.file("o.txt"))}, {"column", scalar("n")}});
  write(*sink, {batch_});
  sink->commit();
  EXPECT_EQ(folder_.read("o.txt"), "1\n\n");
}

TEST_F(FileSinks, WriteLinesRefusesTextThatWouldBeMoreThanOneLine) {
  const auto batch = batch_of({{"line", strings({"a", "b\nc", "d"})}});
  const auto sink = make(describe_write_lines(), batch->schema(), {{"path", scalar(folder_.file("o.txt"))}});
  sink->open();
  const Batch encoded = sink->encode(batch, out_);
  EXPECT_EQ(encoded->rows(), 2u);
  sink->write(encoded, out_);
  sink->commit();
  EXPECT_EQ(folder_.read("o.txt"), "a\nd\n");
  ASSERT_EQ(out_.rejections.size(), 1u);
  EXPECT_EQ(out_.rejections[0].row, 1u);
  EXPECT_EQ(out_.rejections[0].error.message,
            "column line: the text has a line end in it, and would be more than one line; use write_csv or "
            "write_ndjson, which quote it");
}

TEST_F(FileSinks, WriteLinesNamesTheNearestColumn) {
  const Schema schema({{"lines", Type::string}});
  const ConfigValue config = map_of({{"path", scalar("o.txt")}});
  describe_write_lines().plan(Options("out", config, problems_, {}))->bind({&schema, 1}, problems_);
  ASSERT_EQ(problems_.all().size(), 1u);
  EXPECT_EQ(problems_.all()[0].message, "there is no column `line`");
  EXPECT_EQ(problems_.all()[0].mend, "did you mean `lines`?");
}

TEST_F(FileSinks, DiscardNeedsNothing) {
  const auto sink = make(describe_discard(), batch_->schema(), {});
  EXPECT_EQ(needs_, Needs(2, Need::none));
  write(*sink, {batch_});
  sink->commit();
}

TEST_F(FileSinks, CompressByTheEndingOfTheName) {
  for (const std::string name : {"o.csv.gz", "o.csv.zst", "empty.csv.gz", "empty.csv.zst"}) {
    const bool is_empty = name.starts_with("empty");
    const std::string path = folder_.file(name);
    const auto sink = make(describe_write_csv(), batch_->schema(),
                           {{"path", scalar(path)}, {"header", scalar(is_empty ? "false" : "true")}});
    write(*sink, is_empty ? std::vector<RecordsPtr>{} : std::vector<RecordsPtr>{batch_, batch_});
    sink->commit();
    ByteInput input(path);
    std::string text(100, '\0');
    text.resize(input.read_at(0, text.data(), text.size()));
    EXPECT_EQ(text, is_empty ? "" : "n,s\n1,\"a,b\"\n,\"\"\n1,\"a,b\"\n,\"\"\n") << name;
    EXPECT_GT(folder_.read(name).size(), 8u) << "an empty file is no compressed one";
  }
}

}  // namespace
}  // namespace weir
