#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/collecting_emitter.hpp"
#include "tests/stages/testing/configured.hpp"
#include "tests/stages/testing/record_table.hpp"
#include "tests/stages/testing/temporary_folder.hpp"

namespace weir {
namespace {

using testing::CollectingEmitter;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::map_of;
using testing::messages_of;
using testing::scalar;

using Entries = std::vector<std::pair<std::string, ConfigValue>>;

class ReadCsv : public ::testing::Test {
 protected:
  // Plans the stage `flights` and gives its schema; problems are in problems_.
  Schema bind(const std::string& path, Entries options = {}) {
    options.insert(options.begin(), {"path", scalar(path)});
    config_ = map_of(options);
    plan_ = describe_read_csv().plan(Options("flights", config_, problems_, {}));
    std::vector<Schema> outputs = plan_->bind({}, problems_);
    return outputs.empty() ? Schema() : outputs.front();
  }

  SourceSpec make(const Needs& needs) {
    const std::vector<Needs> outputs{needs};
    plan_->needs(outputs);
    return std::get<SourceSpec>(plan_->make().body);
  }

  // Reads all with every column as a value.
  void read(const std::string& path, Entries options = {}) {
    const Schema schema = bind(path, std::move(options));
    ASSERT_THAT(messages_of(problems_), IsEmpty());
    read_to_the_end(*make(Needs(schema.size(), Need::value)).make());
  }

  void read_to_the_end(Source& source) {
    source.open();
    while (const auto work = source.next())
      for (Cursor at = 0; at != kDone;)
        at = source.decode(work->payload, at, out_);
  }

  std::vector<std::string> refusals() const {
    std::vector<std::string> refusals;
    for (const testing::Rejection& rejection : out_.rejections)
      refusals.push_back(std::to_string(rejection.record->origin_of(0).line) + " " +
                         rejection.record->describe(0) + " " + rejection.error.message);
    return refusals;
  }

  testing::TemporaryFolder folder_;
  Problems problems_;
  ConfigValue config_;
  std::unique_ptr<StagePlan> plan_;
  CollectingEmitter out_;
};

TEST_F(ReadCsv, SniffsTypesAndReadsRecords) {
  read(folder_.write("f.csv",
                     "date,delay,origin\n2001-01-01 00:01:00,33,LAS\n2001-01-01 00:01:00,,\"A,B\"\n"));
  EXPECT_THAT(out_.records(),
              ElementsAre("{\"date\": \"2001-01-01 00:01:00\", \"delay\": 33, \"origin\": \"LAS\"}",
                          "{\"date\": \"2001-01-01 00:01:00\", \"delay\": null, \"origin\": \"A,B\"}"));
}

TEST_F(ReadCsv, ReadsFilesOfOnlyAHeader) {
  read(folder_.write("f.csv", "a,b\r\n"));
  EXPECT_THAT(out_.records(), IsEmpty());
  read(folder_.write("f.csv", "a,b"));
  EXPECT_THAT(out_.records(), IsEmpty());
}

TEST_F(ReadCsv, CopiesColumnsWithoutValues) {
  read(folder_.write("f.csv", "a,b\n,1\n,2\n"));
  EXPECT_THAT(out_.records(), ElementsAre("{\"a\": null, \"b\": 1}", "{\"a\": null, \"b\": 2}"));
}

TEST_F(ReadCsv, RefusesAValueThatCameAfterItsColumnWasSniffedToHaveNone) {
  const std::string path = folder_.write("f.csv", "delay,name\n,a\n");
  ASSERT_TRUE(bind(path)[0].always_null);
  const SourceSpec spec = make({Need::value, Need::text});
  folder_.write("f.csv", "delay,name\n,a\n17,b\nlate,c\n\xE9,d\n,e\n");
  read_to_the_end(*spec.make());
  EXPECT_THAT(lines_of(out_.batches()), ElementsAre("~, a", "~, e"));
  EXPECT_THAT(
      refusals(),
      ElementsAre(EndsWith("column delay: '17' came after the columns were sniffed, when this one had no "
                           "value; add `types: {delay: int64}` to stage flights"),
                  EndsWith("add `types: {delay: string}` to stage flights"),
                  HasSubstr("column delay: '\\xE9' is not UTF-8")));
}

TEST_F(ReadCsv, CopiesAValueThatCameLateWhereNobodyComputesWithIt) {
  const std::string path = folder_.write("f.csv", "delay,name\n,a\n");
  bind(path);
  const SourceSpec spec = make({Need::text, Need::text});
  folder_.write("f.csv", "delay,name\n,a\n17,b\n");
  read_to_the_end(*spec.make());
  EXPECT_THAT(lines_of(out_.batches()), ElementsAre("~, a", "17, b"));
}

TEST_F(ReadCsv, TakesTheTypeOfAColumnWithoutValuesFromTheConfig) {
  const Schema schema = bind(folder_.write("f.csv", "a,b\n"), {{"types", map_of({{"a", scalar("int64")}})}});
  EXPECT_EQ(schema, (Schema({{"a", Type::int64}, {"b", Type::string, true}})));
}

TEST_F(ReadCsv, ReadsBehindAByteOrderMark) {
  read(folder_.write("f.csv",
                     "\xEF\xBB\xBF"
                     "a\n1\n"));
  EXPECT_THAT(out_.records(), ElementsAre("{\"a\": 1}"));
  EXPECT_EQ(out_.batches()[0]->origin_of(0).byte_offset, 5u);
}

TEST_F(ReadCsv, ReadsAnEmptyFileWithASchema) {
  read(folder_.write("f.csv", ""), {{"schema", map_of({{"a", scalar("int64")}})}});
  EXPECT_THAT(out_.records(), IsEmpty());
}

TEST_F(ReadCsv, TakesNamesAndTypesFromASchema) {
  const Entries schema = {{"schema", map_of({{"x", scalar("string")}, {"y", scalar("double")}})}};
  read(folder_.write("f.csv", "a,b\n1,2\n"), schema);
  EXPECT_THAT(out_.records(), ElementsAre("{\"x\": \"1\", \"y\": 2}"));
}

TEST_F(ReadCsv, ReadsWithoutAHeader) {
  read(folder_.write("f.csv", "1;x\n2;y\n"), {{"header", scalar("false")}, {"delimiter", scalar(";")}});
  EXPECT_THAT(out_.records(),
              ElementsAre("{\"column1\": 1, \"column2\": \"x\"}", "{\"column1\": 2, \"column2\": \"y\"}"));
}

TEST_F(ReadCsv, RefusesValuesThatDoNotFitAndSaysTheMend) {
  read(folder_.write("f.csv", "delay,name\n1,a\nabc,b\n2,c\n\"x\ny\",d\n3,\xE9\n"),
       {{"types", map_of({{"delay", scalar("int64")}})}});
  EXPECT_THAT(out_.records(),
              ElementsAre("{\"delay\": 1, \"name\": \"a\"}", "{\"delay\": 2, \"name\": \"c\"}"));
  EXPECT_THAT(refusals(), ElementsAre("3 abc,b column delay: 'abc' is not an int64; add `types: {delay: "
                                      "string}` to stage flights if it is text",
                                      "5 \"x\ny\",d column delay: 'x\\x0Ay' is not an int64; add `types: "
                                      "{delay: string}` to stage flights if it is text",
                                      "7 3,\xEF\xBF\xBD column name: '\\xE9' is not UTF-8; convert the file "
                                      "first, as `iconv -t UTF-8` does"));
  EXPECT_EQ(out_.rejections[0].error.error_class, ErrorClass::data);
}

TEST_F(ReadCsv, NamesTheSchemaInTheMendWhereItGaveTheType) {
  read(folder_.write("f.csv", "delay,2nd\nabc,1\n1,x\n"),
       {{"schema", map_of({{"delay", scalar("int64")}, {"2nd", scalar("double")}})}});
  EXPECT_THAT(refusals(),
              ElementsAre(EndsWith("column delay: 'abc' is not an int64; say `delay: string` in the "
                                   "`schema:` of stage flights if it is text"),
                          EndsWith("column 2nd: 'x' is not a double; say `'2nd': string` in the "
                                   "`schema:` of stage flights if it is text")));
}

TEST_F(ReadCsv, RefusesRecordsOfTheWrongShapeInTheirPlaceAmongOthers) {
  read(folder_.write("f.csv", "a,b\n1,2\n3\nx,4\n5,6,7\n\"8\"9,1\n10,11\n12,\"13"),
       {{"types", map_of({{"a", scalar("int64")}})}});
  EXPECT_THAT(out_.records(), ElementsAre("{\"a\": 1, \"b\": 2}", "{\"a\": 10, \"b\": 11}"));
  EXPECT_THAT(refusals(), ElementsAre(HasSubstr("3 3 the record has 1 field, not 2; put quotes around "
                                                "fields with line ends in them"),
                                      HasSubstr("4 "),
                                      HasSubstr("5 5,6,7 the record has 3 fields, not 2; put quotes around "
                                                "fields with ',' in them"),
                                      HasSubstr("text stands behind a closing quote"),
                                      HasSubstr("a quote is opened and never closed")));
}

TEST_F(ReadCsv, HandsOverARefusedRecordAsItWasRead) {
  const std::string record = "7,\"a \"\"quoted\"\"\r\n,line\", z\xC3\xBC\trich";
  read(folder_.write("f.csv", "a,b\r\n1,2\r\n" + record + "\r\n3,4"));
  ASSERT_EQ(out_.rejections.size(), 1u);
  const Payload& refused = *out_.rejections[0].record;
  EXPECT_EQ(refused.describe(0), record);
  EXPECT_EQ(refused.rows(), 1u);
  EXPECT_GE(refused.bytes(), record.size());
  EXPECT_EQ(refused.slice(0, 1)->describe(0), record);
  EXPECT_EQ(refused.clone()->origin_of(0).line, 3u);
}

TEST_F(ReadCsv, RefusesARecordOnceHoweverMuchIsWrongWithIt) {
  read(folder_.write("f.csv", "a,b\nx,y\n"),
       {{"types", map_of({{"a", scalar("int64")}, {"b", scalar("int64")}})}});
  EXPECT_THAT(refusals(), ElementsAre(HasSubstr("column a: 'x'")));
  EXPECT_THAT(out_.records(), IsEmpty());
}

TEST_F(ReadCsv, ConvertsOnlyTheColumnsThatAreNeeded) {
  const std::string path = folder_.write("f.csv", "a,b,c\nx,1.10,x\n");
  bind(path, {{"types", map_of({{"a", scalar("int64")}, {"b", scalar("double")}, {"c", scalar("int64")}})}});
  read_to_the_end(*make({Need::none, Need::text, Need::text}).make());
  EXPECT_THAT(refusals(), IsEmpty());
  const RecordBatch& batch = as_records(out_.batches().at(0));
  EXPECT_EQ(batch.columns()[0], nullptr);
  EXPECT_EQ(batch.column(1).encoding(), Encoding::text);
  EXPECT_EQ(batch.column(1).text(0), "1.10");
}

TEST_F(ReadCsv, ChecksAllColumnsWhereAskedTo) {
  const std::string path = folder_.write("f.csv", "a,b\n1,x\n2,3\n");
  bind(path, {{"types", map_of({{"b", scalar("int64")}})}, {"check", scalar("all")}});
  read_to_the_end(*make({Need::value, Need::none}).make());
  EXPECT_THAT(refusals(), ElementsAre(HasSubstr("column b: 'x'")));
  EXPECT_EQ(out_.batches().at(0)->rows(), 1u);
}

TEST_F(ReadCsv, KnowsWhereEachRecordWasRead) {
  read(folder_.write("f.csv", "a,b\n1,\"x\ny\"\n2\n\n3,z\n"));
  const Batch& batch = out_.batches().at(0);
  ASSERT_EQ(batch->rows(), 2u);
  EXPECT_EQ(batch->origin_of(0).line, 2u);
  EXPECT_EQ(batch->origin_of(0).byte_offset, 4u);
  EXPECT_EQ(batch->origin_of(1).line, 6u);
  EXPECT_EQ(batch->origin_of(1).byte_offset, 15u);
  EXPECT_EQ(*batch->origin_of(1).input, folder_.file("f.csv"));
}

TEST_F(ReadCsv, ReadsAFifoWithoutASchemaAndKeepsWhatItSniffed) {
  const std::string path = folder_.file("fifo");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(path) << "a\n1\n2\n"; });
  const Schema schema = bind(path);
  writer.join();
  ASSERT_THAT(messages_of(problems_), IsEmpty());
  const SourceSpec spec = make(Needs(schema.size(), Need::value));
  EXPECT_TRUE(spec.traits.blocking);
  read_to_the_end(*spec.make());
  EXPECT_THAT(out_.records(), ElementsAre("{\"a\": 1}", "{\"a\": 2}"));
}

TEST_F(ReadCsv, DoesNotWaitForAFifoWhoseSchemaIsGiven) {
  const std::string path = folder_.file("fifo");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(bind(path, {{"schema", map_of({{"a", scalar("int64")}})}}).size(), 1u);
}

// A terminal that nobody types at.
class Terminal {
 public:
  Terminal() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    if (master_ >= 0 && ::grantpt(master_) == 0 && ::unlockpt(master_) == 0) path_ = ::ptsname(master_);
  }
  ~Terminal() {
    if (master_ >= 0) ::close(master_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Empty where this machine gives out none.
  const std::string& path() const noexcept { return path_; }

 private:
  int master_;
  std::string path_;
};

TEST_F(ReadCsv, WaitsForNobodyToTypeTheRowsThatItWouldSniff) {
  const Terminal terminal;
  if (terminal.path().empty()) GTEST_SKIP() << "there are no terminals here";
  EXPECT_EQ(bind(terminal.path()).size(), 0u);
  ASSERT_EQ(problems_.all().size(), 1u);
  const Diagnostic& problem = problems_.all().front();
  EXPECT_EQ(problem.message,
            "'" + terminal.path() + "' is a terminal, and columns cannot be sniffed from one");
  EXPECT_EQ(problem.mend,
            "give all names and types: `schema: {name: type, ...}`, or redirect a file into it");
  EXPECT_EQ(problem.kind, ProblemKind::config);

  problems_ = {};
  EXPECT_EQ(bind(terminal.path(), {{"schema", map_of({{"a", scalar("int64")}})}}).size(), 1u);
  EXPECT_THAT(messages_of(problems_), IsEmpty());
}

struct BadFile {
  std::string name;
  std::string message;
  std::string mend;
};

TEST_F(ReadCsv, SaysAtThePathWhatIsWrongWithAFile) {
  folder_.write("flights.csv", "a\n");
  folder_.write("packed.csv", "\x1F\x8B\x08");
  folder_.write("empty.csv", "");
  folder_.write("twice.csv", "a,a\n");
  const std::vector<BadFile> cases = {
      {"flihgts.csv", "cannot open '" + folder_.file("flihgts.csv") + "': No such file or directory",
       "did you mean `flights.csv`?"},
      {"", "cannot read '" + folder_.file("") + "': Is a directory", ""},
      {"packed.csv", "'" + folder_.file("packed.csv") + "' is compressed by gzip, not text in UTF-8",
       "let its name end in `.gz`: then it is decompressed"},
      {"empty.csv",
       "'" + folder_.file("empty.csv") + "': the file is empty, so that its columns are not known",
       "give all names and types: `schema: {name: type, ...}`"},
      {"twice.csv", "'" + folder_.file("twice.csv") + "': the header has the name `a` twice",
       "give all names and types: `schema: {name: type, ...}`"},
  };
  for (const BadFile& each : cases) {
    problems_ = {};
    bind(folder_.file(each.name));
    ASSERT_EQ(problems_.all().size(), 1u) << each.name;
    const Diagnostic& problem = problems_.all().front();
    EXPECT_EQ(problem.message, each.message);
    EXPECT_EQ(problem.mend, each.mend);
    EXPECT_EQ(problem.kind, ProblemKind::missing_input);
    EXPECT_EQ(problem.field, "flights.path");
    EXPECT_EQ(problem.where.line, 1u);
  }
}

TEST_F(ReadCsv, ReadsTheFilesOfAPatternInTheOrderOfTheirBytes) {
  folder_.write("b.csv", "a,s\n3,z");
  folder_.write("B.csv", "a,s\n1,x\n");
  folder_.write("a[1].csv", "a,s\n2,y\n");
  folder_.write("c.txt", "");
  folder_.write("a.csv", "");
  read(folder_.file("*.csv"));
  EXPECT_THAT(lines_of(out_.batches()), ElementsAre("1, x", "2, y", "3, z"));
  EXPECT_EQ(*out_.batches().back()->origin_of(0).input, folder_.file("b.csv"));
  EXPECT_EQ(out_.batches().back()->origin_of(0).line, 2u);
}

TEST_F(ReadCsv, TakesANameWithSpecialCharactersForAFileWhereThereIsOne) {
  folder_.write("a1.csv", "a\n1\n");
  read(folder_.write("a[1].csv", "a\n2\n"));
  EXPECT_THAT(lines_of(out_.batches()), ElementsAre("2"));
}

TEST_F(ReadCsv, SaysWhereSeveralFilesDoNotFitTogether) {
  folder_.write("1.csv", "a,b\n1,2\n");
  folder_.write("2.csv", "a,c\n1,2\n");
  folder_.write("3.csv", "a\n1\n");
  bind(folder_.file("?.csv"));
  EXPECT_THAT(messages_of(problems_),
              ElementsAre(HasSubstr("column 2 of '" + folder_.file("2.csv") + "' is `c`, that of '" +
                                    folder_.file("1.csv") + "' is `b`"),
                          HasSubstr("3.csv' has 1 columns, ")));
  problems_ = {};
  bind(folder_.file("x*.csv"));
  EXPECT_THAT(messages_of(problems_), ElementsAre("no file fits '" + folder_.file("x*.csv") + "'"));
  EXPECT_EQ(problems_.all()[0].kind, ProblemKind::missing_input);
}

TEST_F(ReadCsv, BringsTheColumnsOfFilesTogetherByTheirNames) {
  folder_.write("1.csv", "a,b\n1,x\n");
  folder_.write("2.csv", "c,a\n,1.5\n,y,\n");
  folder_.write("3.csv", "b,a\nz\n,z\n");
  read(folder_.file("?.csv"), {{"columns", scalar("union")},
                               {"source_column", scalar("file")},
                               {"types", map_of({{"a", scalar("double")}})}});
  const auto file = [&](const char* name) { return ", " + folder_.file(name); };
  EXPECT_THAT(lines_of(out_.batches()), ElementsAre("1, x, ~" + file("1.csv"), "1.5, ~, ~" + file("2.csv")));
  EXPECT_THAT(refusals(), ElementsAre(HasSubstr("3 ,y, the record has 3 fields, not 2"),
                                      HasSubstr("2 z the record has 1 field, not 2"),
                                      HasSubstr("3 ,z column a: 'z' is not a double")));
}

TEST_F(ReadCsv, GivesAColumnOfSeveralFilesATypeThatFitsAllOfThem) {
  folder_.write("1.csv", "a,b,c,d\n1,1,,\n");
  folder_.write("2.csv", "a,b,c,d\n1.5,x,2,\n");
  EXPECT_EQ(
      bind(folder_.file("?.csv"), {{"columns", scalar("union")}}),
      (Schema({{"a", Type::float64}, {"b", Type::string}, {"c", Type::int64}, {"d", Type::string, true}})));
}

TEST_F(ReadCsv, RefusesOptionsForColumnsThatContradictOneAnother) {
  const std::string path = folder_.write("f.csv", "a\n1\n");
  bind(path, {{"columns", scalar("union")}, {"header", scalar("false")}});
  bind(path, {{"source_column", scalar("a")}});
  EXPECT_THAT(messages_of(problems_),
              ElementsAre("columns are brought together by the names in the files' headers",
                          "the input has a column `a` already"));
}

TEST_F(ReadCsv, GoesOnAfterARestartInTheFileWhereItStood) {
  folder_.write("1.csv", "a\n1\n");
  folder_.write("2.csv", "a\n2\n");
  folder_.write("3.csv", "a\n3\n");
  const Schema schema = bind(folder_.file("?.csv"));
  const SourceSpec spec = make(Needs(schema.size(), Need::value));
  auto failed = spec.make();
  failed->open();
  failed->next();
  failed->next();
  auto source = spec.make();
  source->open();
  source->seek(failed->position());
  const auto work = source->next();
  ASSERT_TRUE(work);
  EXPECT_EQ(*work->origin.input, folder_.file("3.csv"));
  EXPECT_FALSE(source->next());
  EXPECT_EQ(source->progress().done_bytes, source->progress().total_bytes);
}

TEST_F(ReadCsv, SuggestsTheNearestColumnForATypeOfNone) {
  bind(folder_.write("f.csv", "delay,origin\n1,a\n"),
       {{"types", map_of({{"origin", scalar("string")}, {"dealy", scalar("int64")}})}});
  ASSERT_EQ(problems_.all().size(), 1u);
  EXPECT_THAT(problems_.all()[0].message, EndsWith("has no column `dealy`"));
  EXPECT_EQ(problems_.all()[0].mend, "did you mean `delay`?");
  EXPECT_EQ(problems_.all()[0].where.line, 2u);
}

TEST_F(ReadCsv, RefusesDialectsThatContradictThemselves) {
  const std::string path = folder_.write("f.csv", "a\n");
  bind(path, {{"quote", scalar(",")}});
  bind(path, {{"delimiter", scalar("\n")}});
  bind(path, {{"types", map_of({{"a", scalar("string")}})}, {"schema", map_of({{"a", scalar("string")}})}});
  EXPECT_THAT(messages_of(problems_),
              ElementsAre("delimiter and quote are the same: ','", "a line end cannot be the delimiter",
                          "`schema:` gives all types already"));
}

}  // namespace
}  // namespace weir
