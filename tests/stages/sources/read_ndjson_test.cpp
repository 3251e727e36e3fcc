#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/collecting_emitter.hpp"
#include "tests/stages/testing/planned_reader.hpp"
#include "tests/stages/testing/record_table.hpp"
#include "tests/stages/testing/temporary_folder.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::lines_of;
using testing::PlannedReader;
using ::testing::StartsWith;

// What one line gives when the column `a` is read as a type, or in what words it is refused.
struct LineCase {
  std::string line;
  std::string type;
  std::string expected;  ///< the record, or `! ` and the beginning of the refusal
};

// One column of the records.
std::vector<std::string> lines_of(const std::vector<Batch>& batches, std::string_view column) {
  std::vector<std::string> lines;
  for (const Batch& batch : batches) {
    const RecordBatch& records = as_records(batch);
    const std::size_t place = *records.schema().find(column);
    const auto alone =
        records.with_columns(std::make_shared<const Schema>(std::vector<Field>{records.schema()[place]}),
                             {records.columns()[place]});
    for (std::string& line : lines_of(*alone))
      lines.push_back(std::move(line));
  }
  return lines;
}

std::string read_line(const LineCase& each) {
  const testing::TemporaryFolder folder;
  // The line stands between two good ones, so that it can be seen whether it takes them with it.
  const std::string path = folder.write("f.ndjson", "{\"a\":null}\n" + each.line + "\n{\"a\":null}\n");
  const PlannedReader reader(describe_read_ndjson(), "path: " + path + "\ntypes: {a: " + each.type + "}\n");
  if (!reader.problems().empty()) return reader.problems();
  testing::CollectingEmitter out;
  Needs needs(reader.schema().size(), Need::none);
  needs[*reader.schema().find("a")] = Need::value;
  reader.read(out, needs);
  std::vector<std::string> lines = lines_of(out.batches(), "a");
  const std::size_t good = out.rejections.empty() ? 3 : 2;
  if (lines.size() != good || lines.front() != "~" || lines.back() != "~") return "neighbours are lost";
  if (out.rejections.empty()) return lines[1];
  if (out.rejections[0].record->origin_of(0).line != 2) return "at the wrong line";
  return "! " + out.rejections[0].error.message;
}

TEST(ReadNdjson, ReadsEachOfTheseLinesOrSaysWhyNot) {
  const std::vector<LineCase> cases = {
      // Values of each type.
      {R"({"a":1})", "int64", "1"},
      {R"({"a":-0})", "int64", "0"},
      {R"({"a":9223372036854775807})", "int64", "9223372036854775807"},
      {R"({"a":-9223372036854775808})", "int64", "-9223372036854775808"},
      {R"({"a":1})", "double", "1"},
      {R"({"a":-1.5e3})", "double", "-1500"},
      {R"({"a":12345678901234567890})", "double", "12345678901234567168"},
      {R"({"a":true})", "bool", "true"},
      {R"({"a":false})", "bool", "false"},
      {R"({"a":"2001-01-01T00:00:00Z"})", "timestamp", "2001-01-01 00:00:00"},
      {R"({"a":"\u0032001-01-01 00:00"})", "timestamp", "2001-01-01 00:00:00"},
      {R"({"a":"x"})", "string", "x"},
      {R"({"a":""})", "string", ""},
      {R"({"a":null})", "int64", "~"},
      {R"({})", "int64", "~"},
      {R"({"b":1})", "int64", "~"},
      // Strings.
      {R"({"a":"a longer string than a slot holds"})", "string", "a longer string than a slot holds"},
      {R"({"a":"q\"b\\s\/n\n"})", "string", "q\"b\\s/n\n"},
      {R"({"a":"\u00e9\u0000"})", "string", std::string("\xC3\xA9\0", 3)},
      {R"({"a":"\ud83d\ude00"})", "string", "\xF0\x9F\x98\x80"},
      {"{\"a\":\"\xC3\xA9\"}", "string", "\xC3\xA9"},
      {R"({"a":"\ud83d"})", "string", "! a string has an escape that JSON does not have, or half of a surro"},
      {R"({"a":"\x"})", "string", "! a string has an escape that JSON does not have"},
      {"{\"a\":\"\t\"}", "string", "! a control character stands bare in a string; write it as \\u00XX"},
      {"{\"a\":\"\xE9\"}", "string", "! the line is not UTF-8; convert the file first, as `iconv -t UTF-8`"},
      {R"({"a":"x)", "string", "! a string is opened and never closed"},
      // To text, everything is as it is written.
      {R"({"a":1.10})", "string", "1.10"},
      {R"({"a":123456789012345678901234567890})", "string", "123456789012345678901234567890"},
      {R"({"a":true})", "string", "true"},
      {R"({"a": {"x": [1, 2]} })", "string", R"({"x": [1, 2]})"},
      {R"({"a":[ ]})", "string", "[ ]"},
      // Values that do not fit.
      {R"({"a":"x"})", "int64",
       "! column a: the string '\"x\"' is not an int64; add `types: {a: string}` to st"},
      {R"({"a":"1"})", "int64", "! column a: the string"},
      {R"({"a":1.5})", "int64",
       "! column a: the number '1.5' is not an int64; add `types: {a: double}` to stage"},
      {R"({"a":1.0})", "int64", "! column a: the number '1.0' is not an int64"},
      {R"({"a":9223372036854775808})", "int64",
       "! column a: the number '9223372036854775808' is not an int64"},
      {R"({"a":1e999})", "double",
       "! column a: the number '1e999' is not a double; add `types: {a: string}`"},
      {R"({"a":true})", "int64", "! column a: the bool 'true' is not an int64"},
      {R"({"a":1})", "bool", "! column a: the number '1' is not a bool"},
      {R"({"a":{}})", "int64", "! column a: the object '{' is not an int64; add `types: {a: string}`"},
      {R"({"a":[1]})", "int64", "! column a: the array '[' is not an int64"},
      {R"({"a":"yesterday"})", "timestamp", "! column a: the string '\"yesterday\"' is not a timestamp"},
      {R"({"a":1})", "timestamp", "! column a: the number '1' is not a timestamp"},
      // Keys.
      {R"({"\u0061":1})", "int64", "1"},
      {R"({"aa":2,"a":1,"a ":3})", "int64", "1"},
      {R"({"a":1,"a":2})", "int64", "2"},
      {R"({"a":1,"a":null})", "int64", "~"},
      {R"({"a":"x","a":2})", "int64", "2"},
      {R"({"a":2,"a":"x"})", "int64", "! column a: the string"},
      {R"({"b":{"a":2},"a":1})", "int64", "1"},
      // Blanks.
      {R"(  { "a" : 1 , "b" : 2 }  )", "int64", "1"},
      {"\t{\"a\":1}\r", "int64", "1"},
      // What is no JSON object.
      {"x", "int64", "! the line is not"},
      {"5", "int64", "! the line is not a JSON object"},
      {"[1]", "int64", "! the line is not a JSON object"},
      {R"("a")", "int64", "! the line is not a JSON object"},
      {"null", "int64", "! the line is not a JSON object"},
      {R"({"a":1)", "int64", "! the object does not end where its line does; write one object a line"},
      {R"({"a":1}})", "int64", "! "},
      {R"({"a":1} {"a":2})", "int64", "! text stands behind the object; write one object a line"},
      {R"({"a":1},)", "int64", "! "},
      {R"({"a":1 "b":2})", "int64", "! the line is not JSON"},
      {R"({"a" 1})", "int64", "! the line is not JSON"},
      {R"({"a":})", "int64", "! the line is not JSON"},
      {R"({"a":01})", "int64", "! the line is not JSON"},
      {R"({"a":+1})", "int64", "! the line is not JSON"},
      {R"({"a":.5})", "double", "! the line is not JSON"},
      {R"({"a":NaN})", "double", "! the line is not JSON"},
      {R"({"a":nul})", "int64", "! the line is not JSON"},
      {R"({"a":truth})", "string", "! the line is not JSON"},
      {R"({a:1})", "int64", "! the line is not JSON"},
      {std::string("{\"a\":1\0}", 8), "int64", "! "},
  };
  for (const LineCase& each : cases) {
    const std::string got = read_line(each);
    if (each.expected.starts_with("! "))
      EXPECT_THAT(got, StartsWith(each.expected)) << each.line;
    else
      EXPECT_EQ(got, each.expected) << each.line << " as " << each.type;
  }
}

class ReadNdjsonFiles : public ::testing::Test {
 protected:
  std::vector<std::string> read(const std::string& text, const std::string& options = "") {
    const PlannedReader reader = plan(text, options);
    EXPECT_EQ(reader.problems(), "");
    reader.read(out_);
    return lines_of(out_.batches());
  }
  PlannedReader plan(const std::string& text, const std::string& options = "") {
    return PlannedReader(describe_read_ndjson(), "path: " + folder_.write("f.ndjson", text) + "\n" + options);
  }
  static std::string schema_of(const PlannedReader& reader) {
    std::string text;
    for (const Field& field : reader.schema())
      text += field.name + ": " + (field.always_null ? "null" : std::string(to_string(field.type))) + ", ";
    return text.substr(0, text.size() - std::min<std::size_t>(text.size(), 2));
  }

  testing::TemporaryFolder folder_;
  testing::CollectingEmitter out_;
};

TEST_F(ReadNdjsonFiles, SniffsAColumnForEachFieldAndForThoseOfObjectsInside) {
  const auto reader = plan(
      "{\"t\":\"2001-01-01 "
      "00:01\",\"n\":1,\"d\":1,\"b\":true,\"s\":\"1\",\"o\":{\"x\":{\"y\":1},\"z\":[1]}}\n"
      "{\"d\":1.5,\"big\":12345678901234567890,\"mixed\":1,\"none\":null,\"e\":{},\"m\":{\"k\":1}}\n"
      "{\"mixed\":\"x\",\"late\":false,\"m\":5}\n");
  EXPECT_EQ(reader.problems(), "");
  EXPECT_EQ(schema_of(reader),
            "t: timestamp, n: int64, d: double, b: bool, s: string, o.x.y: int64, o.z: string, big: string, "
            "mixed: string, none: null, e: string, m: string, late: bool");
}

TEST_F(ReadNdjsonFiles, ReadsPartsOfObjectsAndArrays) {
  const std::string text =
      "{\"r\":{\"s\":200,\"h\":[{\"n\":\"x\"},{\"n\":\"y\"}]},\"t\":[1,2,3]}\n"
      "{\"r\":{\"h\":[]},\"t\":[7]}\n"
      "{\"r\":null}\n"
      "{\"r\":{\"s\":1},\"r\":{\"h\":[{\"n\":\"last\"}]}}\n";
  EXPECT_THAT(read(text, "types: {\"r.h[0].n\": string, \"t[2]\": int64, r: string}\n"),
              ElementsAre(R"(200, [{"n":"x"},{"n":"y"}], [1,2,3], x, 3, {"s":200,"h":[{"n":"x"},{"n":"y"}]})",
                          R"(~, [], [7], ~, ~, {"h":[]})", "~, ~, ~, ~, ~, ~",
                          R"(~, [{"n":"last"}], ~, last, ~, {"h":[{"n":"last"}]})"));
}

TEST_F(ReadNdjsonFiles, RefusesAScalarWhereAnObjectShouldBe) {
  EXPECT_THAT(read("{\"r\":{\"s\":1}}\n{\"r\":7}\n", "sniff_rows: 1\n"), ElementsAre("1"));
  ASSERT_EQ(out_.rejections.size(), 1u);
  EXPECT_EQ(out_.rejections[0].error.message,
            "column r.s: the number '7' stands where something else should be that this column lies in");
}

TEST_F(ReadNdjsonFiles, PassesOverEmptyLinesAndAByteOrderMarkAndKnowsWhereEachRecordIs) {
  EXPECT_THAT(read("\xEF\xBB\xBF{\"a\":1}\r\n\r\n  \n {\"a\":2}\nx\n{\"a\":3}"), ElementsAre("1", "2", "3"));
  const Batch& batch = out_.batches().at(0);
  EXPECT_EQ(batch->origin_of(0).byte_offset, 3u);
  EXPECT_EQ(batch->origin_of(1).line, 4u);
  EXPECT_EQ(batch->origin_of(2).line, 6u);
  ASSERT_EQ(out_.rejections.size(), 1u);
  EXPECT_EQ(out_.rejections[0].record->origin_of(0).line, 5u);
  EXPECT_EQ(out_.rejections[0].record->describe(0), "x");
}

TEST_F(ReadNdjsonFiles, RefusesAFileThatBreaksOffInTheMiddleOfItsLastLine) {
  EXPECT_THAT(read("{\"a\":1}\n{\"a\":2"), ElementsAre("1"));
  ASSERT_EQ(out_.rejections.size(), 1u);
  EXPECT_THAT(out_.rejections[0].error.message, HasSubstr("the object does not end where its line does"));
}

TEST_F(ReadNdjsonFiles, LooksUpNothingThatNobodyNeeds) {
  const auto reader =
      plan("{\"a\":1,\"b\":1.10,\"c\":1}\n{\"a\":\"x\",\"b\":2.50,\"c\":\"x\"}\n", "sniff_rows: 1\n");
  reader.read(out_, Needs{Need::none, Need::text, Need::none});
  EXPECT_TRUE(out_.rejections.empty());
  const RecordBatch& batch = as_records(out_.batches().at(0));
  EXPECT_EQ(batch.columns()[0], nullptr);
  EXPECT_EQ(batch.column(1).encoding(), Encoding::text);
  EXPECT_EQ(batch.column(1).text(0), "1.10");
}

TEST_F(ReadNdjsonFiles, ChecksEverythingWhereAskedTo) {
  const auto reader = plan("{\"a\":1}\n{\"a\":\"x\"}\n", "sniff_rows: 1\ncheck: all\n");
  reader.read(out_, Needs{Need::none});
  EXPECT_EQ(out_.rejections.size(), 1u);
}

TEST_F(ReadNdjsonFiles, RefusesAValueThatCameWhereTheSniffedFileHadNone) {
  const auto reader = plan("{\"a\":null,\"b\":1}\n");
  folder_.write("f.ndjson", "{\"a\":1.5,\"b\":1}\n{\"b\":2}\n");
  reader.read(out_);
  EXPECT_THAT(lines_of(out_.batches()), ElementsAre("~, 2"));
  EXPECT_EQ(out_.rejections.at(0).error.message,
            "column a: the number '1.5' came after the fields were sniffed, when this one had no value; add "
            "`types: {a: double}` to stage read_ndjson");
}

TEST_F(ReadNdjsonFiles, NamesTheFileOfEachRecord) {
  folder_.write("g.ndjson", "{\"a\":2,\"b\":1}\n");
  folder_.write("f.ndjson", "{\"a\":1}\n");
  const PlannedReader reader(
      describe_read_ndjson(),
      "path: [" + folder_.file("g.ndjson") + ", " + folder_.file("f*.ndjson") + "]\nsource_column: file\n");
  EXPECT_EQ(reader.problems(), "");
  reader.read(out_);
  EXPECT_THAT(lines_of(out_.batches()),
              ElementsAre("2, 1, " + folder_.file("g.ndjson"), "1, ~, " + folder_.file("f.ndjson")));
}

struct WrongPlan {
  std::string text;
  std::string options;
  std::string problem;
};

TEST_F(ReadNdjsonFiles, SaysWhatIsWrongWithAConfig) {
  const std::vector<WrongPlan> cases = {
      {"", "", "no JSON object was found, so that the fields are not known"},
      {"x\n", "", "no JSON object was found"},
      {"\x1F\x8B\x08", "", "is compressed by gzip"},
      {"{\"a\":1}\n", "types: {b: int64}\n", "has the field `b`"},
      {"{\"a\":1}\n", "types: {\"a..b\": int64}\n", "`a..b` is no path of fields"},
      {"{\"a\":1}\n", "types: {\"a[x]\": int64}\n", "`a[x]` is no path of fields"},
      {"{\"a\":1}\n", "source_column: a\n", "the input has a column `a` already"},
      {"{\"a\":{\"b\":1},\"a.b\":1}\n", "", "has two different fields that would be the column `a.b`"},
  };
  for (const WrongPlan& each : cases)
    EXPECT_THAT(plan(each.text, each.options).problems(), HasSubstr(each.problem))
        << each.text << each.options;
}

}  // namespace
}  // namespace weir
