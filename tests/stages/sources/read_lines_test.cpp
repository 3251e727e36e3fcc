#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "stages/builtin_stages.hpp"
#include "tests/stages/testing/collecting_emitter.hpp"
#include "tests/stages/testing/planned_reader.hpp"
#include "tests/stages/testing/record_table.hpp"
#include "tests/stages/testing/temporary_folder.hpp"

namespace weir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::PlannedReader;

class ReadLines : public ::testing::Test {
 protected:
  void read(const std::string& options) {
    const PlannedReader reader(describe_read_lines(), options);
    ASSERT_EQ(reader.problems(), "");
    reader.read(out_);
  }

  testing::TemporaryFolder folder_;
  testing::CollectingEmitter out_;
};

TEST_F(ReadLines, GivesEachLineAsItIs) {
  read("path: " + folder_.write("f.log", "\xEF\xBB\xBF one\r\n\n\ta \"quoted\", longer \xC3\xA9 line\nlast"));
  EXPECT_THAT(lines_of(out_.batches()),
              ElementsAre(" one", "", "\ta \"quoted\", longer \xC3\xA9 line", "last"));
  EXPECT_EQ(out_.batches()[0]->origin_of(3).line, 4u);
}

TEST_F(ReadLines, ReadsAnEmptyFile) {
  read("path: " + folder_.write("f.log", ""));
  EXPECT_THAT(out_.batches(), IsEmpty());
}

TEST_F(ReadLines, RefusesLinesThatAreNotUtf8AndSaysWhatToDo) {
  read("path: " + folder_.write("f.log", "a\n\xE9t\xE9\nb\n"));
  EXPECT_THAT(lines_of(out_.batches()), ElementsAre("a", "b"));
  ASSERT_EQ(out_.rejections.size(), 1u);
  EXPECT_EQ(out_.rejections[0].record->origin_of(0).line, 2u);
  EXPECT_THAT(out_.rejections[0].error.message, HasSubstr("is not UTF-8; convert the file first, as `iconv"));
}

TEST_F(ReadLines, NamesTheFileOfEachLine) {
  folder_.write("2.log", "b\n");
  folder_.write("1.log", "a");
  read("path: " + folder_.file("*.log") + "\nsource_column: file\n");
  EXPECT_THAT(lines_of(out_.batches()),
              ElementsAre("a, " + folder_.file("1.log"), "b, " + folder_.file("2.log")));
}

TEST_F(ReadLines, SaysWhatIsWrongWithAConfig) {
  const auto problems = [](const std::string& options) {
    return PlannedReader(describe_read_lines(), options).problems();
  };
  const std::string path = folder_.write("f.log", "a\n");
  EXPECT_THAT(problems("path: " + path + "\nsource_column: line\n"),
              HasSubstr("has a column `line` already"));
  EXPECT_THAT(problems("path: " + path + "\nsource_column: ''\n"), HasSubstr("wants the name of a column"));
  EXPECT_THAT(problems("path: []\n"), HasSubstr("the list has no paths"));
  EXPECT_THAT(problems("path: {a: b}\n"), HasSubstr("a path, or a list of paths"));
  EXPECT_THAT(problems("path: [" + path + ", " + path + "x]\n"), HasSubstr("No such file"));
  EXPECT_THAT(problems("path: " + folder_.write("p", "PK\x03\x04")), HasSubstr("a zip archive"));
}

}  // namespace
}  // namespace weir
